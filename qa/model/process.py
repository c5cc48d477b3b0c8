"""The language model's server as a child process, so that its crash or hang costs an answer's wording and never the chat."""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from queue import Empty, SimpleQueue

from ingest.errors import ShirabeError
from qa.model.server import KEY

CONTEXT = 4096  # tokens: a prompt has some 700, and more would only take memory
START_SECONDS = 120  # for reading a gigabyte from a slow disk; two cores and a warm cache take 3 s
HEALTH_SECONDS = 5.0  # the server says that it is well from a thread of its own, also while it computes
BESIDE = 600_000_000  # bytes that the context and the server take beside the weights
ROOT = Path(__file__).parents[2]


class ModelError(ShirabeError):
    """The language model can't be had, failed, or took too long: the extractive answer stands."""


class ModelProcess:
    """llama.cpp's server for one GGUF file; started when first needed, and again after it has died."""

    def __init__(self, model: Path, threads: int | None = None) -> None:
        self.model, self.threads = model, threads or os.cpu_count() or 1
        self.key = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[str] | None = None
        self._address = ""
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The id of the running process, None where there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def address(self) -> str:
        """Where it answers (``http://127.0.0.1:port/v1``), started if need be; raises ModelError when it can't be."""
        with self._lock:
            if self.pid is None:
                self._start()
            return self._address

    def stop(self) -> None:
        """End it at once, whatever it is doing; the next question starts it anew."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()

    def end_if_hung(self) -> None:
        """After an answer that failed: end a process that is dead or doesn't say that it is well; one that is only slow goes on, warm."""
        import httpx

        try:
            if self.pid is not None and httpx.get(self._address.removesuffix("v1") + "health", timeout=HEALTH_SECONDS, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        self.stop()

    def _start(self) -> None:
        if not self.model.is_file():
            raise ModelError(f"言語モデル {self.model} がありません。設定 model のパスを確かめるか、`make model` で用意してください")
        refuse_short_memory(self.model.stat().st_size)
        command = [sys.executable, "-m", "qa.model.server", str(self.model.resolve()), "--context", str(CONTEXT), "--threads", str(self.threads)]
        # Threads that wait by spinning take the cores from whatever else runs: measured 3 s a token beside two busy processes, 0.05 s without.
        environment = os.environ | {KEY: self.key, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(self.threads)}
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True)
            line = self._first_line(self._process)
            if not re.match(r"http://127\.0\.0\.1:\d+", line):
                self.stop()
                said.seek(0)
                why = (said.read().strip().splitlines() or ["応答なし"])[-1]
                raise ModelError(f"言語モデル {self.model.name} を起動できません: {why[:200]}。ファイルが GGUF 形式か、メモリーが足りているか確かめてください")
        self._address = f"{line.strip()}/v1"

    @staticmethod
    def _first_line(process: subprocess.Popen[str]) -> str:
        lines: SimpleQueue[str] = SimpleQueue()
        assert process.stdout is not None
        threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
        try:
            return lines.get(timeout=START_SECONDS)
        except Empty:
            return ""


def refuse_short_memory(size: int) -> None:
    """Raise ModelError when the machine hasn't the memory for ``size`` bytes of weights; where it doesn't say, nothing is raised."""
    try:
        told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        available = int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return
    if available < size + BESIDE:
        raise ModelError(f"言語モデルに使えるメモリーが足りません(必要 {(size + BESIDE) / 1e9:.1f} GB、空き {available / 1e9:.1f} GB)。ほかのプログラムを閉じるか、設定 model = \"\" にしてください")
