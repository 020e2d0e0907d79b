"""Builds what this machine can build, into ``dist/``, and says in words what it cannot.

    python packaging/build.py            everything for this system
    python packaging/build.py wheel      the wheel and sdist alone

Needs ``pip install .[package]``; the .deb also needs dpkg-deb. Windows' installer and macOS' bundle are built on those
systems by the same command.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "packaging"
NAME = "io.github.gpuproof.gpuproof"
DEB_DEPENDS = (
    "libc6 (>= 2.28), libegl1, libgl1, libxkbcommon0, libxkbcommon-x11-0, libdbus-1-3, libfontconfig1, libxcb-cursor0, "
    "libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-render-util0, libxcb-shape0, libxcb-xkb1"
)


def main() -> int:
    """Run the chosen steps in order; a step that cannot run here says why and does not fail the others."""
    steps: dict[str, Callable[[], str]] = {
        "wheel": build_wheel,
        "folder": build_folder,
        "archive": build_archive,
        "deb": build_deb,
        "sbom": build_sbom,
        "checksums": write_checksums,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", choices=[*steps, []], help="which; all without one")
    chosen = parser.parse_args().steps or list(steps)
    DIST.mkdir(exist_ok=True)
    for step in chosen:
        print(f"{step}: {steps[step]()}", flush=True)
    return 0


def version() -> str:
    """Return the version of the package that is built."""
    words = (ROOT / "gpuproof" / "__init__.py").read_text(encoding="utf-8")
    return words.split('__version__ = "', 1)[1].split('"', 1)[0]


def build_wheel() -> str:
    """Build sdist and wheel."""
    run(sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT))
    wheel = next(DIST.glob(f"gpuproof-{version()}-*.whl"))
    return f"{wheel.name}, {wheel.stat().st_size / 1e6:.2f} MB"


def build_folder() -> str:
    """Build the one-folder program from the wheel."""
    stage = WORK / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    wheel = next(DIST.glob(f"gpuproof-{version()}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(stage)
    run(
        sys.executable,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level",
        "WARN",
        "--distpath",
        str(DIST),
        "--workpath",
        str(WORK),
        str(ROOT / "packaging" / "gpuproof.spec"),
    )
    size = sum(path.stat().st_size for path in (DIST / "gpuproof").rglob("*") if path.is_file())
    return f"dist/gpuproof, {size / 1e6:.0f} MB"


def build_archive() -> str:
    """Pack the folder; xz at its best, as it is downloaded more often than it is packed."""
    if not sys.platform.startswith("linux"):
        return "skipped: made for Linux only"
    target = DIST / f"gpuproof-linux-{platform.machine()}.tar.xz"
    with tarfile.open(target, "w:xz", preset=6) as archive:
        archive.add(DIST / "gpuproof", arcname="gpuproof", filter=_owned_by_root)
    return f"{target.name}, {target.stat().st_size / 1e6:.1f} MB"


def build_deb() -> str:
    """Build the Debian package around the one-folder program."""
    if shutil.which("dpkg-deb") is None:
        return "skipped: dpkg-deb is not here"
    root = WORK / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(DIST / "gpuproof", root / "opt" / "gpuproof", symlinks=True)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "gpuproof").symlink_to("/opt/gpuproof/gpuproof")
    _desktop_files(root / "usr" / "share")
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    installed_kib = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    control.write_text(
        f"Package: gpuproof\nVersion: {version()}\nArchitecture: {architecture}\nSection: utils\nPriority: optional\n"
        f"Maintainer: The gpuproof maintainers <gpuproof@users.noreply.github.com>\nInstalled-Size: {installed_kib}\n"
        f"Depends: {DEB_DEPENDS}\nRecommends: shared-mime-info, desktop-file-utils\n"
        "Description: proves that your GPU is doing the work\n"
        " Inspects the stack from the application down to the GPU, names the one root\n"
        " cause, recommends the torch wheel and driver, and benchmarks GPU and CPU.\n",
        encoding="utf-8",
    )
    target = DIST / f"gpuproof_{version()}_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(target))
    return f"{target.name}, {target.stat().st_size / 1e6:.1f} MB"


def _desktop_files(share: Path) -> None:
    linux = ROOT / "packaging" / "linux"
    for source, folder in (
        (linux / f"{NAME}.desktop", share / "applications"),
        (linux / f"{NAME}.metainfo.xml", share / "metainfo"),
        (linux / f"{NAME}.xml", share / "mime" / "packages"),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / source.name)
    icon = ROOT / "assets" / "icons" / "gpuproof.svg"
    folder = share / "icons" / "hicolor" / "scalable" / "apps"
    folder.mkdir(parents=True)
    shutil.copy(icon, folder / f"{NAME}.svg")
    for png in sorted((ROOT / "assets" / "icons").glob("gpuproof-*.png")):
        size = png.stem.removeprefix("gpuproof-")
        folder = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
        folder.mkdir(parents=True)
        shutil.copy(png, folder / f"{NAME}.png")


def build_sbom() -> str:
    """Write what is inside, as CycloneDX JSON, from an environment that holds the wheel and its needs alone."""
    tool = Path(sys.executable).parent / "cyclonedx-py"
    if not tool.exists():
        return "skipped: cyclonedx-bom is not installed"
    target = DIST / f"gpuproof-{version()}.cdx.json"
    run(str(tool), "environment", "--of", "JSON", "-o", str(target), str(_python_with_wheel()))
    return target.name


def _python_with_wheel() -> Path:
    clean = WORK / "handed-out"
    shutil.rmtree(clean, ignore_errors=True)
    run(sys.executable, "-m", "venv", "--without-pip", str(clean))
    python = clean / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wheel = next(DIST.glob(f"gpuproof-{version()}-*.whl"))
    run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", str(wheel))
    return python


def write_checksums() -> str:
    """Write SHA-256 sums of everything that is handed out."""
    files = sorted(path for path in DIST.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]
    (DIST / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{len(lines)} files"


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def run(*command: str) -> None:
    """Run a tool; its failure is the build's."""
    subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
