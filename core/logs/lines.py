"""One log line as a person reads it: without colours, container names and the wrapping of container log files."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_DOCKER_JSON = re.compile(r'^\s*\{"log":"((?:[^"\\]|\\.)*)"')
_CRI = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] ")
_COMPOSE = re.compile(r"^[A-Za-z0-9][\w.-]{1,60}\s{0,40}\| ?")
_PROMPT = re.compile(r"^\s*[\"']?(?:(?:positive|negative|user|text)[ _]?)?prompt[\"']?\s*[:=]", re.IGNORECASE)
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\t": " ", "\\n": "", "\\r": " ", "\\u001b": "\x1b", "\\/": "/"}
_ESCAPE = re.compile(r'\\(?:u001b|["\\tnr/])')
SHOWN = 300


def clean(line: str) -> str:
    """Return the line without what surrounds it; patterns are searched in this form. A prompt is no log."""
    if "\\" in line or '{"log"' in line:
        wrapped = _DOCKER_JSON.match(line)
        if wrapped:
            line = _ESCAPE.sub(lambda found: _ESCAPES[found.group()], wrapped.group(1))
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    if "|" in line[:100]:
        line = _COMPOSE.sub("", line, count=1)
    if line[:2] == "20":
        line = _CRI.sub("", line, count=1)
    if "rompt" in line[:24].lower() and _PROMPT.match(line):
        return ""  # a person's words to a model
    return line.rstrip()


def shown(line: str) -> str:
    """Return the line short and printable, as evidence."""
    printable = "".join(letter if letter.isprintable() else " " for letter in line.strip())
    return printable if len(printable) <= SHOWN else printable[: SHOWN - 1] + "…"
