"""How fast scan-log reads: several kinds of log, whole files, one core (CPU time, so that other load does not count).

Run: python tests/benchmarks/scan_log_speed.py [MEGABYTES]. Also compared: the literal search alone (pyahocorasick)
against one alternation of Python's re, and against hyperscan where it is installed.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time

from gpuproof.core.logs.scan import scan_stream
from gpuproof.core.logs.search import automaton
from gpuproof.core.logs.signals import table


class Repeated:
    """A stream of one block, again and again."""

    def __init__(self, block: bytes, megabytes: int) -> None:
        self._block, self._left = block, megabytes * 1_000_000 // len(block)

    def read(self, size: int, /) -> bytes:
        """Return the block until all was read."""
        self._left -= 1
        return self._block if self._left >= 0 else b""


def logs() -> dict[str, bytes]:
    """Return about one megabyte of each kind."""
    source = random.Random(1)
    plain = "".join(
        f"2026-11-20 10:{i // 60 % 60:02d}:{i % 60:02d},{i % 1000:03d} - worker.loop - INFO - step {i}/5000 "
        f"loss=0.{i % 97:02d} lr=1e-4 elapsed={i * 0.1:.1f}s\n"
        for i in range(10_000)
    )
    bars = "".join(
        f"\r {i % 100}%|{'#' * (i % 40):<40}| {i}/10000 [00:{i % 60:02d}<00:10, 12.3it/s]" for i in range(12_000)
    )
    devices = "".join(
        source.choice(
            (
                "INFO Using device: cuda:0\n",
                "frame {0} rendered on GPU in {0} ms, memory 1{0} MiB\n",
                "llm_load_tensors: offloaded {0}/33 layers to GPU\n",
                "GET /status 200 {0}\n",
                "saved to out/{0}.png\n",
            )
        ).format(i % 30 + 1)
        for i in range(24_000)
    )
    chinese = "".join(f"[信息] 第 {i} 帧处理完成，用时 {i % 90} 毫秒\n" for i in range(20_000))
    names = "".join(
        f"2026-11-20T10:{i // 60 % 60:02d}:{i % 60:02d}.{i % 1000:03d}Z request {source.getrandbits(128):032x} from "
        f"{''.join(source.choices('abcdefghijklmnopqrstuvwxyz', k=12))} took {i % 977} ms\n"
        for i in range(10_000)
    )
    device_names = "".join(
        f"2026-11-20 10:{i // 60 % 60:02d}:{i % 60:02d},{i % 1000:03d} [{source.getrandbits(64):016x}] INFO worker: "
        + source.choice(
            (
                f"moved clip_{i}.mp4 to GPU, {i % 79} % of VRAM used",
                f"llm_load_tensors: offloaded {i % 34}/33 layers to GPU",
                f"Using device: cuda:{i % 8}",
                f"cudaMalloc of {i} bytes took {i % 91} us",
            )
        )
        + "\n"
        for i in range(10_000)
    )
    long_line = "x" * 1_000_000
    return {
        name: text.encode()
        for name, text in (
            ("plain", plain),
            ("progress bars", bars),
            ("device words in every line", devices),
            ("another name in every line", names),
            ("devices, names and times", device_names),
            ("chinese", chinese),
            ("one endless line", long_line),
        )
    }


def main() -> None:
    """Print megabytes a second for each kind of log, and the search alone."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for name, block in logs().items():
        begun = time.process_time()
        verdict = scan_stream(Repeated(block, megabytes))
        took = time.process_time() - begun
        print(f"{name:28s} {megabytes / took:8.0f} MB/s  {verdict.verdict}")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most")
    search_alone(logs()["plain"])


def search_alone(block: bytes) -> None:
    """Compare three literal searches over the same block."""
    keys = sorted({key for signal in table() for key in signal.keys})
    lower = block.lower()
    view = lower.decode("latin-1")
    pattern = re.compile(b"|".join(re.escape(key.encode()) for key in keys))
    print(f"search alone: aho-corasick {speed(block, lambda: sum(1 for _ in automaton().iter(view))):.0f} MB/s")
    print(f"search alone: re alternation {speed(block, lambda: sum(1 for _ in pattern.finditer(lower))):.0f} MB/s")
    try:
        import hyperscan
    except ImportError:
        return
    database = hyperscan.Database()
    database.compile(
        expressions=[re.escape(key.encode()) for key in keys],
        ids=list(range(len(keys))),
        elements=len(keys),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(keys),
    )
    found: list[int] = []
    rate = speed(block, lambda: database.scan(block, match_event_handler=lambda *hit: found.append(hit[0])))
    print(f"search alone: hyperscan {rate:.0f} MB/s")


def speed(block: bytes, work: object) -> float:
    """Return megabytes a second, the best of five."""
    best = 1e9
    for _ in range(5):
        begun = time.process_time()
        work()  # type: ignore[operator]
        best = min(best, time.process_time() - begun)
    return len(block) / 1e6 / best


if __name__ == "__main__":
    main()
