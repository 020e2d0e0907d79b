"""The table itself: every row is sound, and the literals that the first pass looks for are really in every match."""

import re
from pathlib import Path

import pytest

from gpuproof.core.logs import checks
from gpuproof.core.logs.model import COMPONENTS
from gpuproof.core.logs.search import anchor
from gpuproof.core.logs.signals import table

KINDS = {"gpu", "cpu", "error", "oom", "host_oom", "work", "neutral"}


def test_ids_are_unique():
    ids = [signal.id for signal in table()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("signal", table(), ids=lambda signal: signal.id)
def test_a_row_is_sound(signal):
    re.compile(signal.pattern)
    assert signal.kind in KINDS
    assert signal.component in COMPONENTS
    assert signal.says.endswith(".")
    assert all(key == key.lower() and len(key) >= 2 for key in signal.keys)
    assert not signal.check or signal.check in checks.NAMES
    if signal.kind in ("error", "oom") and signal.decisive and signal.component == "model":
        assert signal.says


def test_few_first_letters_begin_all_that_is_searched_for():
    keys = [key.encode().decode("latin-1") for signal in table() if "end" not in signal.flags for key in signal.keys]
    assert all(anchor(key) in key for key in keys)
    assert len({anchor(key)[0] for key in keys}) <= 11


def test_every_excerpt_line_that_a_pattern_matches_contains_one_of_its_keys():
    folder = Path(__file__).resolve().parents[2] / "log_excerpts"
    lines = {line for file in folder.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines()}
    for signal in table():
        pattern = re.compile(signal.pattern)
        for line in lines:
            if pattern.search(line):
                assert any(key in line.lower() for key in signal.keys), (signal.id, line)


def test_every_sentence_of_the_table_has_its_chinese():
    from gpuproof.core.words import translations

    chinese = translations("zh")
    assert {words for signal in table() for words in (signal.says, signal.remedy) if words} <= set(chinese)
