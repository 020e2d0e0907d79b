"""Things said in a person's own words: a word of each group in one sentence, and what looks like it and is not."""

from __future__ import annotations

import pytest

from gpuproof.core.facts.foreign import sentences


def _ids(text: str) -> set[str]:
    return {symptom.id for symptom in sentences.find(text)}


@pytest.mark.parametrize("form", sentences.forms(), ids=lambda form: f"{form.id}: {form.groups[0][0].strip()}")
def test_a_sentence_with_a_word_of_each_group_is_found(form: sentences.Form) -> None:
    for choice in (0, -1):
        words = " and ".join(group[choice].strip() for group in form.groups)
        if not any(word in f" {words} " for word in form.unless):
            assert form.id in _ids(f"It is so: {words} here.")


@pytest.mark.parametrize("form", sentences.forms(), ids=lambda form: f"{form.id}: {form.groups[0][0].strip()}")
def test_the_words_in_two_sentences_say_nothing(form: sentences.Form) -> None:
    """The last group's word stands alone in a sentence of its own."""
    first = " and ".join(group[0].strip() for group in form.groups[:-1])
    last = form.groups[-1][0].strip()
    alone = sentences.Form(form.id, form.groups, form.unless)
    assert not any(sentences._says(alone, f" {part} ") for part in (f"it is {first} here", f"it is {last} there"))


@pytest.mark.parametrize(
    "text",
    [
        "My nvidia driver can't load.",
        "My NVIDIA  driver\tcan’t load.".replace("’", "'"),
        "> my `nvidia driver` **cannot load**",
        "After the update of last night I saw on this machine that my nvidia driver\ncannot load at all",
        "装完之后显卡驱动无法加载。怎么办",
    ],
)
def test_quoting_wrapping_and_case_change_nothing(text: str) -> None:
    assert "driver.not-loaded" in _ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "I have an nvidia driver. My web page can't load.",
        "my nvidia driver\nthe web page can't load",
        "What should I do if your nvidia driver can't load?",
        "the nvidia_drm module of the nvidia driver can't load",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert _ids(text) == set()


def test_the_sentence_itself_is_the_evidence() -> None:
    (symptom,) = sentences.find("Hello all. On Fedora the NVIDIA driver won't load. Thanks!")
    assert symptom.line == "On Fedora the NVIDIA driver won't load."


def test_a_long_line_is_looked_at_in_parts_that_overlap() -> None:
    filler = "word " * 200
    assert "driver.not-loaded" in _ids(f"{filler}nvidia driver cannot load {filler}")
    assert _ids(f"nvidia driver {filler} cannot load") == set()
