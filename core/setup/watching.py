"""How far an installation is, seen from outside by the bytes on the disk, as old pips print nothing on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from gpuproof.core.setup.resolve import Resolution
from gpuproof.core.words import Text, text

SCRATCH_PREFIX = ".gpuproof-install-"  # the installer's temporary files, on the environment's own disk
_EVERY_S = 0.5
_SPEED_WINDOW = 10
_DOWNLOAD_WEIGHT = 0.75  # of the whole time, when every wheel comes over the network


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallProgress:
    """A moment of an installation. ``fraction`` grows from 0 to 1; what cannot be told is None."""

    phase: str  # downloading, installing
    package: str
    fraction: float
    done_bytes: int
    total_bytes: int
    bytes_per_s: float | None = None
    remaining_s: float | None = None

    def words(self) -> Text:
        """Say it as one line for a log."""
        values = {
            "package": self.package,
            "percent": round(100 * self.fraction),
            "done": round(self.done_bytes / 1e6),
            "total": round(self.total_bytes / 1e6),
        }
        if self.phase == "installing":
            return text("Installing {package}: {percent} %, {done} of about {total} MB on the disk", **values)
        if not self.bytes_per_s or self.remaining_s is None:
            return text("Downloading {package}: {percent} %, {done} of {total} MB", **values)
        return text(
            "Downloading {package}: {percent} %, {done} of {total} MB, {speed} MB/s, about {left} s left",
            speed=f"{self.bytes_per_s / 1e6:.1f}",
            left=round(self.remaining_s),
            **values,
        )


class InstallWatch:
    """Measures one installation. As a context it owns a folder for the installer's temporary files, on its own disk."""

    def __init__(
        self, prefix: Path, resolution: Resolution, on_progress: Callable[[InstallProgress], None] | None
    ) -> None:
        self._prefix = prefix
        self._resolution = resolution
        self._tell = on_progress or (lambda progress: None)
        self._package = ""
        self._is_installing = resolution.download_bytes == 0
        self._last_look = 0.0
        self._seen: deque[tuple[float, int]] = deque(maxlen=_SPEED_WINDOW)
        self._downloaded = 0
        self._last_seen = 0
        self._fraction = 0.0

    def __enter__(self) -> InstallWatch:
        self._folder = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=self._prefix))
        self._at_first = bytes_below(self._prefix)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that make the installer keep its temporary files where they are counted."""
        return {name: str(self._folder) for name in ("TMPDIR", "TEMP", "TMP")}

    def note_line(self, line: str) -> None:
        """Learn the package and the phase from the installer's words."""
        words = line.split()
        if len(words) > 1 and words[0] in ("Collecting", "Downloading", "Processing", "Using"):
            name = words[2] if words[:2] == ["Using", "cached"] and len(words) > 2 else words[1]
            self._package = os.path.basename(name).split("-")[0].split("==")[0]
        elif line.startswith(("Installing collected packages", "Prepared ", "Installed ")):
            self._is_installing = True
            self._seen.clear()
            self._package = "" if line.startswith("Installed ") else "torch"

    def tick(self) -> bool:
        """Look at the disk, at most twice a second; tells whether bytes have appeared since the last look."""
        now = time.monotonic()
        if now - self._last_look < _EVERY_S:
            return False
        self._last_look = now
        before = self._last_seen
        self._last_seen = self._installed_bytes() if self._is_installing else self._downloaded_bytes()
        # the installer takes the former files away at the end: that is no step back
        done = max(self._last_seen, self._seen[-1][1] if self._seen else 0)
        self._seen.append((now, done))
        self._tell(self._progress(done))
        return self._last_seen != before

    def _downloaded_bytes(self) -> int:
        # pip removes nothing before the end, but moves files: the largest sum that was seen counts
        self._downloaded = max(self._downloaded, bytes_below(self._folder))
        return min(self._downloaded, self._resolution.download_bytes)

    def _installed_bytes(self) -> int:
        return max(0, bytes_below(self._prefix) - bytes_below(self._folder) - self._at_first)

    def _progress(self, done: int) -> InstallProgress:
        resolution = self._resolution
        total = unpacked_bytes(resolution.total_bytes) if self._is_installing else resolution.download_bytes
        share = min(1.0, done / total) if total else 0.0
        download_weight = _DOWNLOAD_WEIGHT * resolution.download_bytes / max(1, resolution.total_bytes)
        weight, start = (1 - download_weight, download_weight) if self._is_installing else (download_weight, 0.0)
        self._fraction = min(0.99, max(self._fraction, start + weight * share))
        speed = self._speed()
        return InstallProgress(
            phase="installing" if self._is_installing else "downloading",
            package=self._package or "torch",
            fraction=self._fraction,
            done_bytes=done,
            total_bytes=max(total, done),
            bytes_per_s=speed,
            remaining_s=max(0.0, (total - done) / speed) if speed and not self._is_installing else None,
        )

    def _speed(self) -> float | None:
        if len(self._seen) < 2:
            return None
        (first_at, first), (last_at, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_at - first_at) if last > first and last_at > first_at else None


def unpacked_bytes(wheels_bytes: int) -> int:
    """Return about what wheels take when unpacked: torch alone 4.2 times its size, CUDA libraries only about twice."""
    return int(min(4.2 * wheels_bytes, 2.0 * wheels_bytes + 0.55e9))


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files in a folder; those that vanish meanwhile count nothing."""
    total, waiting = 0, [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total
