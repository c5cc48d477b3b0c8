"""``python -m qa.model.server``: llama.cpp's OpenAI-compatible server in a process of its own, for one GGUF file.

It listens on a free port of this machine only, prints its address on standard output, and ends when
its standard input closes, that is with the process that started it, however that one ended. The key that a caller
has to show comes in through the environment, so that it stands in no list of processes.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

KEY = "SHIRABE_SERVER_KEY"
CACHED_PROMPTS = 256  # MiB of prompts kept beside the running one; llama.cpp's default is 8 GiB


def serve(model: Path, context: int, threads: int) -> None:
    """Serve ``model`` until standard input closes."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx, parameters.n_parallel = context, 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.api_keys = [os.environ[KEY]] if os.environ.get(KEY) else []
    parameters.cache_ram_mib = CACHED_PROMPTS
    parameters.offline, parameters.ui, parameters.endpoint_slots = True, False, False
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)  # without the server's own end, which waits for the answer in progress


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m qa.model.server")
    parser.add_argument("model", type=Path)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    serve(given.model, given.context, given.threads)


if __name__ == "__main__":
    main()
