"""Words: templates, values, and a complete Simplified Chinese."""

from __future__ import annotations

import ast
import errno
import json
import os
import re
from pathlib import Path

import pytest

from gpuproof.core.words import Text, literal, text, translations

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted((ROOT / "assets" / "translations" / "zh").glob("*.json"))


def _templates() -> dict[str, str]:
    """Every literal template in the sources, with the place where it stands."""
    found: dict[str, str] = {}
    for path in sorted((*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "tr"):
                template = node.args[0] if node.args else None
                if isinstance(template, ast.Constant) and isinstance(template.value, str):
                    found[template.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def _placeholders(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def test_every_template_has_a_chinese_one() -> None:
    missing = {template: place for template, place in _templates().items() if template not in translations("zh")}
    assert missing == {}


def test_every_template_is_a_literal() -> None:
    places = []
    for path in sorted((*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text"
            if is_text and not (node.args and isinstance(node.args[0], ast.Constant)):  # type: ignore[attr-defined]
                places.append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    assert places == []


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_chinese_keeps_the_placeholders(table: Path) -> None:
    different = {
        english: chinese
        for english, chinese in json.loads(table.read_text(encoding="utf-8")).items()
        if _placeholders(english) != _placeholders(chinese)
    }
    assert different == {}


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_chinese_is_chinese(table: Path) -> None:
    """A template with words in it has Chinese characters in its translation."""
    entries = json.loads(table.read_text(encoding="utf-8"))
    suspects = [
        english
        for english, chinese in entries.items()
        if re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", english)) and english == chinese and " " in english.strip()
    ]
    assert suspects == []


def test_a_text_is_filled_when_it_is_shown() -> None:
    assert text("Driver {version} is fine", version="580.1").render("en") == "Driver 580.1 is fine"


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOENT, errno.EISDIR, errno.ENOSPC, errno.EROFS])
def test_the_systems_own_reasons_are_told_in_the_readers_language(number: int) -> None:
    words = text("{file} cannot be read: {detail}", file="Permission denied.txt", detail=os.strerror(number))
    assert os.strerror(number) in words.render("en")
    assert not re.search(r"[a-z]{4}", words.render("zh").replace("Permission denied.txt", ""))
    assert "Permission denied.txt" in words.render("zh")


def test_a_missing_value_stays_visible() -> None:
    assert Text("Driver {version}", (("other", "x"),)).render() == "Driver {version}"


def test_a_strangers_template_cannot_ask_for_memory_or_attributes() -> None:
    hostile = "{a:>999999999} {a.__class__} {a!r}"
    assert Text(hostile, (("a", "x"),)).render() == hostile


def test_braces_in_values_are_data() -> None:
    assert literal("{0!r} {missing}").render("zh") == "{0!r} {missing}"
