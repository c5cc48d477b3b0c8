"""The trained weights as the file that Shirabe loads: half precision, the adapter's scale worked in, never pickle."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor


def exported(state: Mapping[str, Tensor], scale: float) -> dict[str, Tensor]:
    """Names as in a network without an adapter; ``lora_B`` times ``scale`` (alpha / rank), everything in float16."""
    found = {}
    for name, values in state.items():
        plain = name.replace(".base_layer", "")
        for part in ("lora_A", "lora_B"):
            plain = plain.replace(f".{part}.default.weight", f".weight.{part}")
        found[plain] = (values * scale if plain.endswith("lora_B") else values).to(torch.float16).contiguous()
    return found


def write_weights(state: Mapping[str, Tensor], settings: Mapping[str, Any], path: Path) -> None:
    """Write the file with its settings as metadata."""
    save_file(exported(state, settings["alpha"] / settings["rank"]), path, metadata={"format": "pt", "settings": json.dumps(settings)})


def imported(path: Path, scale: float) -> dict[str, Tensor]:
    """The inverse of ``exported``: a weights file under the names of a network with an adapter, to go on learning from."""
    found = {}
    for name, values in load_file(path).items():
        base, _, part = name.rpartition(".weight.")
        named = f"{base}.{part}.default.weight" if part in ("lora_A", "lora_B") else name
        found[named] = values.float() / scale if part == "lora_B" else values.float()
    return found
