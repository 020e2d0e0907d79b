"""Output of programs as text, whatever encoding they print in."""

from __future__ import annotations

import pytest

from gpuproof.core.agent.commands import decoded

WSL = "WSL version: 2.3.26.0\r\nKernel version: 5.15.167.4-1\r\n"
WSL_CHINESE = "WSL 版本: 2.3.26.0\r\n内核版本: 5.15.167.4-1\r\n"


@pytest.mark.parametrize("text", [WSL, WSL_CHINESE, "ok", ""], ids=["english", "chinese", "short", "empty"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_text_reads_the_same_in_every_encoding(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert "x" in decoded(b"x\xff\xfe\xff y")
