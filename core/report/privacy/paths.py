"""Paths, kept readable and made anonymous: every folder that is not on the public list gets a stand-in."""

from __future__ import annotations

import re
from collections.abc import Callable

from gpuproof.core.report.privacy.public_words import public_words

StandIn = Callable[[str, str], str]  # (kind, value) -> stand-in

# Quoted paths may hold spaces; bare ones end at a space. A slash after ':' or a word belongs to a URL or a fraction.
PATHS = re.compile(
    r"(?<=[\"'`])(?:/|[A-Za-z]:[\\/])[^\"'`\n]+(?=[\"'`])"
    r"|(?<![\w./:~%&=?#-])(?:/[^\s/:\"'<>|;,()\[\]{}=`]+){2,}/?"
    r"|(?<![A-Za-z0-9])[A-Za-z]:(?:\\{1,2}|/)[^\s:\"'<>|;,()\[\]{}`*?]+"
    r"|(?<=[=:])/(?:[^\s/:\"'<>|;,()\[\]{}=`]+/)+[^\s/:\"'<>|;,()\[\]{}=`]*"
)
_SEPARATORS = re.compile(r"([\\/]+)")
_KEPT_FORM = re.compile(
    r"(?:(?:[a-z]+-[0-9a-f]{10}|\ue000\d+\ue001)(?:\.\w{1,8})?|python\d?(?:\.\d{1,2})?t?(?:\.exe)?|pip\d?(?:\.\d+)?(?:\.exe)?|cuda-\d+(?:\.\d+)?"
    r"|cp\d+|py\d+|python\d+\.zip|nvidia\d*|lib[\w+.-]*\.(?:so|dylib)(?:\.\d+)*|(?:nv|cu|lib|torch|c10|vulkan)\w*\.(?:dll|sys|exe)"
    r"|~|\.|\.\.|\.{3}|…|[A-Za-z]:|Python\d+|\d+(?:\.\d+)*|)\Z"
)
_LIBRARY = re.compile(r"(?:site-packages|dist-packages|lib[\\/]+python\d\.\d+t?)([\\/]+|\Z)")


def clean_path(path: str, stand_in: StandIn) -> str:
    """Return the path with stand-ins for private folders; what lies inside a Python library is public."""
    library = _LIBRARY.search(path)
    head, tail = (path[: library.end()], path[library.end() :]) if library else (path, "")
    if _is_public_root(head):
        return path
    parts = _SEPARATORS.split(head)
    cleaned = [_segment(part, index == len(parts) - 1, stand_in) for index, part in enumerate(parts)]
    return "".join(cleaned) + tail


def _segment(part: str, is_last: bool, stand_in: StandIn) -> str:
    if not part or part[0] in "\\/" or _KEPT_FORM.match(part) or part.casefold() in public_words("public_segments"):
        return part
    if is_last and part.casefold() in public_words("public_programs"):
        return part
    stem, dot, ending = part.rpartition(".")
    if is_last and dot and stem and ending.isalnum() and len(ending) <= 5:
        return f"{stand_in('file', part)}.{ending}"
    return stand_in("dir", part)


def _is_public_root(head: str) -> bool:
    folded = re.sub(r"\\+", "/", head).casefold()
    is_inside = any(folded == root or folded.startswith(f"{root}/") for root in public_words("public_roots"))
    return is_inside or folded.startswith("/usr/local/cuda-")
