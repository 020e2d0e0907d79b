"""What a child said in English is a sentence in both languages."""

from __future__ import annotations

import pytest

from gpuproof.core.bench.phrases import failure_words


@pytest.mark.parametrize(
    ("detail", "kept"),
    [
        ("torch 2.13.0+cpu sees no usable accelerator", ("2.13.0+cpu",)),
        ("cuda:5 is not there; usable: cuda:0, cuda:1", ("cuda:5", "cuda:0, cuda:1")),
        ("cuda:5 is not there; usable: none", ("cuda:5",)),
    ],
)
def test_a_missing_accelerator_is_said_in_chinese_too(detail: str, kept: tuple[str, ...]) -> None:
    words = failure_words("gpu", "no-accelerator", detail)
    said = words.render("zh")
    assert all(each in said for each in kept)
    assert not {"usable", "sees", "none", "there"} & set(said.replace("，", " ").replace("：", " ").split())
    assert words.render("en").startswith("The GPU could not be measured")


def test_an_unknown_reason_is_quoted_as_it_came() -> None:
    assert "no luck today" in failure_words("gpu", "no-accelerator", "no luck today").render("zh")
