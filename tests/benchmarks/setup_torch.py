"""Set-up and undo for real with torch, several hundred megabytes: too slow for the tests.

Run: python tests/benchmarks/setup_torch.py
Makes an environment with an older numpy, brings the torch into it that the reachable sources have, kills that once in
the middle and undoes it, then lets it finish and undoes it; compares every file each time, and prints the durations.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from helpers.setups import state_of  # noqa: E402  the path comes first

GPUPROOF = [sys.executable, "-c", "from gpuproof.core.cli.main import entry; entry()"]


def gpuproof(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run([*GPUPROOF, *words], env=environment(data), capture_output=True, text=True, check=False)


def environment(data: Path) -> dict[str, str]:
    """Return the environment of a command with a data folder of its own."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "GPUPROOF_DATA_DIR": str(data)}


def killed_in_the_middle(python: str, data: Path) -> None:
    """Start a set-up and kill it while torch is being written."""
    words = ["setup", "--target", f"python:{python}", "--yes"]
    with subprocess.Popen([*GPUPROOF, *words], env=environment(data), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Installing torch:") and int(line.split("%")[0].split()[-1]) > 30:
                process.send_signal(signal.SIGKILL)
                break


def check(name: str, before: dict[str, str], prefix: Path, began: float) -> None:
    """Compare an environment with what it was."""
    same = state_of(prefix) == before
    print(f"{name}: {time.monotonic() - began:.1f} s, {'every file as before' if same else 'NOT as before'}")
    if not same:
        sys.exit(1)


def main() -> None:
    """Run the three acts."""
    with tempfile.TemporaryDirectory() as folder:
        prefix, data = Path(folder) / "venv", Path(folder) / "data"
        python = str(prefix / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", str(prefix)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "numpy<2.4"], check=True)
        before = state_of(prefix)
        began = time.monotonic()
        killed_in_the_middle(python, data)
        print(f"killed after {time.monotonic() - began:.1f} s, {len(state_of(prefix)) - len(before)} files more")
        refused = gpuproof("setup", "--target", f"python:{python}", "--yes", data=data)
        print("the next start says:", refused.stderr.strip().splitlines()[-2])
        began = time.monotonic()
        gpuproof("setup", "--undo", data=data)
        check("undo of the killed one", before, prefix, began)
        began = time.monotonic()
        done = gpuproof("setup", "--target", f"python:{python}", "--yes", data=data)
        print(
            f"set-up: {time.monotonic() - began:.1f} s, exit {done.returncode}: {done.stdout.strip().splitlines()[-2]}"
        )
        began = time.monotonic()
        gpuproof("setup", "--undo", data=data)
        check("undo of the finished one", before, prefix, began)


if __name__ == "__main__":
    main()
