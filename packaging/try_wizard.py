"""Drives a built or installed gpuproof through its whole wizard with real keys, and reads the report that it wrote.

    python packaging/try_wizard.py dist/gpuproof/gpuproof /path/to/python-with-torch

Needs Linux, Xvfb and xdotool; takes a few minutes, as the sample workload really runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
LONGEST_S = 480.0


def main() -> int:
    """Start a display, walk through the five steps, close, and judge what was left behind."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, python = (str(Path(word).absolute()) for word in sys.argv[1:])
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        display = f":{os.read(read, 16).decode().strip()}"
        with tempfile.TemporaryDirectory() as folder:
            return walk(program, python, display, Path(folder))
    finally:
        server.terminate()
        server.wait(10)


def walk(program: str, python: str, display: str, folder: Path) -> int:
    """Press the keys that a person would, each when the window's title says that its page is there."""
    root = str(Path(python).parent.parent)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"},
        "DISPLAY": display,
        "HOME": str(folder),
        "GPUPROOF_DATA_DIR": str(folder / "data"),
        "VIRTUAL_ENV": root,
        "PATH": f"{root}/bin:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    said = folder / "stderr.txt"
    with said.open("wb") as stream:
        app = subprocess.Popen([program], env=environment, cwd=folder, stderr=stream)
    try:
        keys = Keys(environment, said)
        keys.until("Home", None, 60)
        for page, key in (("Start", "space"), ("Inspect", "space"), ("Recommend", "alt+n"), ("Benchmark", "alt+n")):
            keys.until(page, key, 120)
        time.sleep(1.0)
        keys.press("alt+s")
        report = wait(lambda: next(iter(sorted((folder / "data" / "reports").glob("*.json"))), None), LONGEST_S)
        keys.until("Report", "alt+n", 60)
        keys.press("ctrl+q")
        code = app.wait(30)
    finally:
        app.kill()
    found = json.loads(report.read_text(encoding="utf-8"))
    result, proof, words = found.get("result"), found.get("proof"), said.read_text(encoding="utf-8", errors="replace")
    print(f"report {report.name}: benchmark {'ran' if result else 'did not run'}, "
          f"verdict {proof['verdict'] if proof else None}, exit code {code}")  # fmt: skip
    print(words[-2000:], file=sys.stderr, end="")
    return 0 if code == 0 and result and proof and "Traceback" not in words else 1


class Keys:
    """The keyboard of the one window of this display."""

    def __init__(self, environment: dict[str, str], said: Path) -> None:
        self._environment = environment
        self._said = said

    def until(self, page: str, key: str | None, longest_s: float) -> None:
        """Press the key now and then until the title names the page: a button works when its step is done."""
        begun = time.monotonic()

        def arrived() -> bool:
            words = self._said.read_text(encoding="utf-8", errors="replace")
            if "Traceback" in words:
                raise RuntimeError(f"on the way to {page}:\n{words[-2000:]}")
            if page in self.title():
                return True
            if key is not None:
                self.press(key)
                time.sleep(0.5)
            return page in self.title()

        wait(arrived, longest_s, f"the page {page}; the title is {self.title()!r}")
        print(f"{page}: {time.monotonic() - begun:.1f} s", flush=True)

    def press(self, key: str) -> None:
        """Press a key in the window."""
        self._do("windowfocus", "--sync", self._window())
        self._do("key", key)

    def title(self) -> str:
        """Return the window's title."""
        return self._do("getwindowname", self._window()) if self._window() else ""

    def _window(self) -> str:
        return self._do("search", "--onlyvisible", "--name", "gpuproof").partition("\n")[0]

    def _do(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()


def wait(look: Callable[[], T], longest_s: float, what: str = "the report") -> T:
    """Look until there is something; RuntimeError when it takes too long."""
    deadline = time.monotonic() + longest_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise RuntimeError(f"waited {longest_s:g} s for {what}")


if __name__ == "__main__":
    sys.exit(main())
