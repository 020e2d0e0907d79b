"""The figures of a check are for a person: stages have names, in both languages."""

from __future__ import annotations

import io

import pytest
from helpers.reports import a_result

from gpuproof.core.cli.show_checkup import show_result
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import Language


@pytest.mark.parametrize(("language", "stage"), [("en", "face encoding"), ("zh", "人脸编码")])
def test_stages_are_named_in_words(language: Language, stage: str) -> None:
    out = io.StringIO()
    show_result(a_result(), Terminal(language=language, out=out, err=io.StringIO()))
    assert f"{stage} " in out.getvalue()
    assert "face_encoding" not in out.getvalue()
