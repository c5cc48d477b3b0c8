"""Low-rank adapters (LoRA, Hu et al. 2021) as safetensors files beside the code: what was learnt over the embedded embedder's weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


def read_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What was learnt, by name, in float32, and the settings that it was learnt with. Raises OSError, SafetensorError, KeyError or ValueError where the file can't be read."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name).float() for name in file.keys()}, json.loads(file.metadata()["settings"])  # noqa: SIM118 (not a dict)


def merge(network: nn.Module, learnt: Mapping[str, Tensor]) -> None:
    """Put learnt weights into a network: whole parameters by name, and ``NAME.lora_A`` (rank, in) with ``NAME.lora_B``
    (out, rank), whose product is added to ``NAME``, reckoned in float32 whatever the network's own precision is."""
    parameters = dict(network.named_parameters())
    with torch.no_grad():
        for name, values in learnt.items():
            base, _, part = name.rpartition(".")
            if part == "lora_B":
                parameters[base].copy_(parameters[base].float() + values @ learnt[f"{base}.lora_A"])
            elif part != "lora_A":
                parameters[name].copy_(values)
