"""Makes the pictures of the documentation anew: ``docs_images.py [--out docs/images]``.

They show the example report of an H100 (``docs/examples/h100.json``) in the real window, its run being replayed for
``benchmark.png``, and a constructed machine with a CPU-only wheel for ``inspect.png``. Needs a display (Xvfb will do);
without one Qt's offscreen platform draws them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "examples" / "h100.json"
MOST_BYTES = 250_000
# picture: look, and what gui_screenshots.py is asked for
PICTURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "benchmark": ("en-light", ("--pages", "benchmark", "--replay", "0.8")),
    "result": ("en-light", ("--pages", "result")),
    "result-zh-dark": ("zh-dark", ("--pages", "result")),
    "recommend": ("en-light", ("--pages", "recommend")),
    "report": ("en-light", ("--pages", "report")),
    "inspect": ("en-light", ("--pages", "--scenes", "inspect-broken")),
}


def main() -> int:
    """Make them all; a picture that is too large for the repository is an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    too_large = []
    for name, (look, arguments) in PICTURES.items():
        picture = make(name, look, arguments, wanted.out)
        print(f"{picture} {picture.stat().st_size // 1000} kB")
        if picture.stat().st_size > MOST_BYTES:
            too_large.append(name)
    if too_large:
        print(f"larger than {MOST_BYTES // 1000} kB: {', '.join(too_large)}", file=sys.stderr)
    return int(bool(too_large))


def make(name: str, look: str, arguments: tuple[str, ...], out: Path) -> Path:
    """Take one picture and put it in its place."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "gui_screenshots.py"), folder, "--plain-names",
                   "--report", str(REPORT), "--looks", look, "--scales", "1", *arguments]  # fmt: skip
        subprocess.run(command, check=True, cwd=ROOT)
        (picture,) = Path(folder).glob("*.png")
        return Path(shutil.copyfile(picture, out / f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
