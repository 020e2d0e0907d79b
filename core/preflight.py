"""Preflight: is everything that the last good check saw still there? No child process, no network, no torch.

The fingerprint holds what decides whether a GPU set-up still works and what can be read in milliseconds: the driver's
version, the GPUs' addresses, the kernel, the interpreter, and the folder names and times of the packages that matter. A
changed fingerprint proves nothing but the need for a new check; an unchanged one repeats the last verdict.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gpuproof.core.launch.model import Target
from gpuproof.core.launch.places import data_folder

FORMAT = "gpuproof-last-good"
VERSION = 1
_DRIVER_FILES = ("/sys/module/nvidia/version", "/proc/driver/nvidia/version")
_GPU_FOLDER = Path("/proc/driver/nvidia/gpus")
_WINDOWS_DRIVER = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "nvcuda.dll"
_PACKAGES = ("torch-", "nvidia_", "triton-", "torchvision-", "torchaudio-", "onnxruntime")
_VARIABLES = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "NVIDIA_VISIBLE_DEVICES", "CUDA_HOME", "PYTHONPATH")

Fingerprint = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """What the last check with a good verdict saw."""

    target: str
    checked_at: str  # UTC, ISO 8601
    report: str
    fingerprint: Fingerprint


def fingerprint(target: Target) -> dict[str, str] | None:
    """Read the fingerprint of a target on this machine; None for a target elsewhere (ssh, docker, wsl)."""
    interpreter = _interpreter(target)
    if interpreter is None:
        return None
    found = {
        "kernel": platform.release(),
        "driver": _driver(),
        "gpus": _gpus(),
        "interpreter": _stamp(interpreter),
    }
    for site in _site_folders(interpreter, target):
        for name, stamp in _packages(site):
            found[f"package {name}"] = stamp
    for variable in _VARIABLES:
        found[f"variable {variable}"] = os.environ.get(variable, "not set")
    return found


def differences(before: Fingerprint, now: Fingerprint) -> dict[str, tuple[str, str]]:
    """Return what changed, by name: (before, now)."""
    names = sorted({*before, *now})
    pairs = {name: (before.get(name, "not there"), now.get(name, "not there")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def remember(last: LastGood) -> Path:
    """Keep a good check under the user's data, one file a target; replaces the older one in one step."""
    path = _file_for(last.target)
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "target": last.target,
        "checked_at": last.checked_at,
        "report": last.report,
        "fingerprint": dict(last.fingerprint),
    }
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(document, indent=1), encoding="utf-8")
    fresh.replace(path)
    return path


def recall(target: Target) -> LastGood | None:
    """Return the last good check of a target; None when there is none or the file is not ours."""
    return _read(_file_for(str(target)))


def recall_latest() -> LastGood | None:
    """Return the newest good check of any target."""
    records = [record for path in _folder().glob("*.json") if (record := _read(path)) is not None]
    return max(records, key=lambda record: record.checked_at, default=None)


def _read(path: Path) -> LastGood | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT or document["version"] != VERSION:
            return None
        seen = {str(name): str(value) for name, value in document["fingerprint"].items()}
        return LastGood(
            target=str(document["target"]),
            checked_at=str(document["checked_at"]),
            report=str(document["report"]),
            fingerprint=seen,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def forget(target: Target) -> None:
    """Drop the last good check, for instance after one that was not good."""
    _file_for(str(target)).unlink(missing_ok=True)


def _file_for(target: str) -> Path:
    import hashlib

    name = hashlib.sha256(target.encode("utf-8")).hexdigest()[:16]
    return _folder() / f"{name}.json"


def _folder() -> Path:
    return data_folder() / "last-good"


def _interpreter(target: Target) -> Path | None:
    if target.kind == "self":
        return Path(sys.executable)
    return Path(target.name) if target.kind == "python" else None


def _driver() -> str:
    for name in _DRIVER_FILES:
        try:
            return Path(name).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue
    return _stamp(_WINDOWS_DRIVER) if sys.platform == "win32" else "no NVIDIA driver"


def _gpus() -> str:
    try:
        return " ".join(sorted(entry.name for entry in _GPU_FOLDER.iterdir()))
    except OSError:
        return "not listed"


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "not there"
    return f"{status.st_size} bytes, {status.st_mtime_ns}"


def _site_folders(interpreter: Path, target: Target) -> Iterator[Path]:
    if target.kind == "self":
        yield from (Path(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages")))
        return
    root = interpreter.parent if os.name == "nt" else interpreter.parent.parent
    yield from sorted(root.glob("lib/python3*/site-packages"))
    yield from sorted(root.glob("Lib/site-packages"))
    yield from sorted(root.parent.glob("Lib/site-packages"))


def _packages(site: Path) -> Iterator[tuple[str, str]]:
    try:
        entries = list(os.scandir(site))
    except OSError:
        return
    for entry in sorted(entries, key=lambda item: item.name):
        if entry.name.endswith(".dist-info") and entry.name.lower().startswith(_PACKAGES):
            yield entry.name.removesuffix(".dist-info"), str(entry.stat().st_mtime_ns)
