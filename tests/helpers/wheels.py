"""Small wheels, and a folder of them served as a package index on loopback."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# enough of a torch to multiply two matrices of ones
TORCH = """
__version__ = {version!r}
class Tensor:
    def __init__(self, value): self.value = value
    def __matmul__(self, other): return Tensor(self.value * other.value * 64)
    def __eq__(self, other): return Tensor(self.value == other)
    def all(self): return self.value
def ones(*size): return Tensor({one})
"""


def make_wheel(
    folder: Path, name: str, version: str, *, files: Mapping[str, str] | None = None, requires: Sequence[str] = ()
) -> Path:
    """Write a pure wheel; returns its file."""
    base = f"{name.replace('-', '_')}-{version}"
    info = f"{base}.dist-info"
    metadata = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    content = {
        **(files or {f"{name.replace('-', '_')}/__init__.py": f"__version__ = {version!r}\n"}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{base}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, words in content.items():
            archive.writestr(path, words)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"]))
    return file


def make_torch(folder: Path, version: str, *, one: str = "1", requires: Sequence[str] = (), fill: int = 0) -> Path:
    """Write a stand-in for torch; ``one`` may be a wrong number, ``fill`` makes it that many files larger."""
    label = version.partition("+")[2]
    cuda = f"{label[2:-1]}.{label[-1]}" if label.startswith("cu") else None
    files = {
        "torch/__init__.py": TORCH.format(version=version, one=one),
        "torch/version.py": f"__version__ = {version!r}\ncuda = {cuda!r}\n",
        **{f"torch/part{number}.py": f"N = {number}\n" for number in range(fill)},
    }
    return make_wheel(folder, "torch", version, files=files, requires=requires)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files; once ``cut`` is set, the connection is lost in the middle of every wheel."""

    def __init__(self, *arguments: Any, cut: threading.Event | None = None, **more: Any) -> None:
        self._cut = cut
        super().__init__(*arguments, **more)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, or its first half."""
        data = source.read()
        is_cut = self._cut is not None and self._cut.is_set() and self.path.split("#")[0].endswith(".whl")
        with contextlib.suppress(OSError):
            outputfile.write(data[: len(data) // 2] if is_cut else data)
        if is_cut:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Say nothing: stray output fails tests."""


@contextlib.contextmanager
def served(wheels: Path, root: Path, cut: threading.Event | None = None) -> Iterator[str]:
    """Serve a folder of wheels as a simple index; yields its URL."""
    for file in sorted(wheels.glob("*.whl")):
        page = root / "simple" / file.name.split("-")[0].replace("_", "-") / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        target = page.parent / file.name
        if not target.exists():
            target.write_bytes(file.read_bytes())
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        link = f'<a href="{file.name.replace("+", "%2B")}#sha256={digest}">{file.name}</a>\n'
        page.write_text((page.read_text() if page.exists() else "") + link)
    handler = functools.partial(_Quiet, directory=str(root), cut=cut)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
        server.shutdown()
        thread.join()
