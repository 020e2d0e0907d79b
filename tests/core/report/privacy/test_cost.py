"""Redaction of a stranger's file takes time in proportion to its size, whatever stands in it."""

from __future__ import annotations

import time

import pytest

from gpuproof.core.report.privacy.identities import identities_in
from gpuproof.core.report.privacy.replacer import Replacer
from gpuproof.core.report.privacy.scan import scan

SIZE = 100_000
COSTLY = {
    "letters": "a" * SIZE,
    "letters-and-an-at": "a" * SIZE + "@",
    "dots": "a." * (SIZE // 2),
    "digits": "1" * SIZE,
    "dotted-digits": "1." * (SIZE // 2),
    "colons": "a:" * (SIZE // 2),
    "one-colon": "a" * SIZE + ":" + "b" * SIZE,
    "slashes": "/" * SIZE,
    "path": "/a" * (SIZE // 2),
    "quotes": "'/" * (SIZE // 2),
    "open-quote": "'/" + "a" * SIZE,
    "urls": "http://" * (SIZE // 7),
    "logins": "http://a:" * (SIZE // 9),
    "homes": "/home/x" * (SIZE // 7),
    "long-home": "/home/" + "x" * SIZE + "/y",
    "many-homes": "".join(f"/home/name{number}/x " for number in range(SIZE // 20)),
    "tokens": "token" * (SIZE // 5),
    "token-spaces": "token" + " " * SIZE,
    "keys": "-----BEGIN PRIVATE KEY-----" * (SIZE // 27),
    "uuid-parts": "GPU-" + "a-" * (SIZE // 2),
    "percent": "%41" * (SIZE // 3),
    "escapes": "\\u0041" * (SIZE // 6),
    "tags": "<serial>" * (SIZE // 8),
    "spaces": " " * SIZE + "=",
    "mail": "a@" * (SIZE // 2),
    "library": "/x/lib" + ".so" * (SIZE // 3) + "!",
}


@pytest.mark.parametrize("words", COSTLY.values(), ids=COSTLY.keys())
def test_no_text_takes_long(words: str) -> None:
    started = time.thread_time()
    replaced = Replacer(identities_in({"note": words}))(words)
    scan(replaced.encode("utf-8", "replace"), ["somebody"])
    assert time.thread_time() - started < 5.0
