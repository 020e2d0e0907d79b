"""One page of the simple index, in HTML (PEP 503) or JSON (PEP 691): data from a stranger, bounded and checked."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import unquote

from gpuproof.core.knowledge.refresh.wheels import Wheel, read_wheel
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import text

_MOST_LINKS = 200_000


def read_page(body: bytes, content_type: str, origin: str) -> list[Wheel]:
    """Return the torch wheels of a page; a page without any is refused, as an error page or a login form has none."""
    decoded = body.decode("utf-8", errors="replace")
    is_json = "json" in content_type.lower() or (not content_type and decoded.lstrip()[:1] == "{")
    found = _from_json(decoded, origin) if is_json else _from_html(decoded)
    if not found:
        raise CouldNotFinish(
            text("{origin} is no wheel index page: it names no wheel of torch.", origin=origin),
            text("Expected a page such as https://download.pytorch.org/whl/torch/. The tables stay as they are."),
        )
    return found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target and the Python bound of every link."""
        if tag != "a" or len(self.links) >= _MOST_LINKS:
            return
        found = dict(attrs)
        address = (found.get("href") or "").split("#", 1)[0]
        self.links.append((unquote(address.rsplit("/", 1)[-1]), found.get("data-requires-python") or ""))


def _from_html(page: str) -> list[Wheel]:
    parser = _Links()
    parser.feed(page)
    parser.close()
    read = (read_wheel(name, requires) for name, requires in parser.links)
    return [wheel for wheel in read if wheel is not None]


def _from_json(page: str, origin: str) -> list[Wheel]:
    try:
        found = json.loads(page)
    except (ValueError, RecursionError) as problem:
        raise CouldNotFinish(
            text("{origin} says that it sends JSON, and does not.", origin=origin),
            text("A proxy or login page may stand in between. The tables stay as they are."),
        ) from problem
    files = found.get("files") if isinstance(found, dict) else None
    wheels = []
    for file in (files if isinstance(files, list) else [])[:_MOST_LINKS]:
        if isinstance(file, dict) and isinstance(file.get("filename"), str):
            wheel = read_wheel(file["filename"], _words(file.get("requires-python")), _words(file.get("upload-time")))
            wheels.extend([wheel] if wheel else [])
    return wheels


def _words(found: object) -> str:
    return found if isinstance(found, str) else ""
