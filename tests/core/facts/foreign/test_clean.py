"""Bytes to text: what a Windows or a Chinese console writes is read, and what is damaged stays what it was."""

from __future__ import annotations

import pytest

from gpuproof.core.facts.foreign.clean import decode

CHINESE = "错误：显卡驱动版本太低，CUDA driver version is insufficient for CUDA runtime version\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk"])
def test_a_chinese_console_is_read_in_each_of_its_encodings(encoding: str) -> None:
    assert decode((CHINESE * 40).encode(encoding)).lstrip("\ufeff") == CHINESE * 40


def test_gbk_that_begins_late_is_read() -> None:
    text = "frame 1 ok\n" * 10_000 + CHINESE
    assert decode(text.encode("gbk")) == text


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(CHINESE.encode()[:-60][:-1] + "驱".encode()[:2], id="utf-8-cut-inside-a-character"),
        pytest.param("Défaut : périphérique introuvable, code arrêt 0x1\n".encode("latin-1"), id="western-accents"),
        pytest.param(b"nvcc: NVIDIA \xae Cuda compiler driver, Copyright \xa9 2005-2024\n", id="marks-of-a-brand"),
        pytest.param(b"torch \xff\n", id="one-damaged-byte"),
    ],
)
def test_what_is_no_gbk_is_not_taken_for_it(raw: bytes) -> None:
    assert decode(raw) == raw.decode("utf-8", errors="replace")
