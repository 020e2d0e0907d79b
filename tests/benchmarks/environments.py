"""How long finding all environments takes on a disk with thirty of them, and what starting an agent costs.

Run: python tests/benchmarks/environments.py [count]
The environments are made with the files of real ones (several thousand each), in a folder that is removed again.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from helpers.environments import add_torch, make_venv  # noqa: E402  the path comes first

from gpuproof.core.launch.discover import find_environments  # noqa: E402
from gpuproof.core.launch.model import Target  # noqa: E402
from gpuproof.core.launch.run import run_agent  # noqa: E402

FILES_EACH = 3_000


def make_environments(home: Path, count: int) -> None:
    """Spread environments over the places that tools use, with many files each."""
    places = (
        ".virtualenvs/{}",
        "projects/app{}/.venv",
        ".local/share/uv/tools/{}",
        "miniconda3/envs/{}",
        "ai/ui{}/venv",
    )
    for number in range(count):
        prefix = home / places[number % len(places)].format(number)
        site = add_torch(make_venv(prefix), "2.13.0+cu130", cuda="13.0")
        if "conda" in str(prefix):
            (prefix / "conda-meta").mkdir()
        for index in range(FILES_EACH):
            folder = site / f"package{index % 60}"
            folder.mkdir(exist_ok=True)
            (folder / f"module{index}.py").touch()


def seconds(action: object, repeats: int) -> str:
    """Return median and worst of an action's duration."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()  # type: ignore[operator]
        taken.append(time.perf_counter() - began)
    return f"median {statistics.median(taken):.3f} s, worst {max(taken):.3f} s"


def cancelled_run() -> None:
    """Start the watch job and cancel it at its hello."""
    cancel = threading.Event()
    run_agent(
        Target("self"), "watch", {"interval_s": 0.1}, deadline_s=30, cancel=cancel, on_message=lambda m: cancel.set()
    )


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_environments(home, count)
        found = find_environments(home=home, folder=home)
        inside = [environment for environment in found if environment.prefix.startswith(folder)]
        print(f"{len(inside)} of {count} environments found, {sum(e.torch is not None for e in inside)} with torch")
        print("finding them: ", seconds(lambda: find_environments(home=home, folder=home), 7))
    bare = [sys.executable, "-c", "pass"]
    print("python -c pass:", seconds(lambda: subprocess.run(bare, check=True), 7))
    facts = {"import_torch": False}
    print("inspect job:   ", seconds(lambda: run_agent(Target("self"), "inspect", facts, deadline_s=60), 7))
    print("start + cancel:", seconds(cancelled_run, 7))


if __name__ == "__main__":
    main()
