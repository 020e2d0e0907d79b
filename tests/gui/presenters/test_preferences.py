"""What is remembered, and what a damaged file is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpuproof.gui.presenters.preferences import Preferences


def test_what_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    first = Preferences(tmp_path / "app.ini")
    first.language, first.look, first.text_scale = "zh", "dark", 1.3
    first.remember_file(tmp_path / "a.json")
    first.remember_file(tmp_path / "b.json")
    first.remember_file(tmp_path / "a.json")
    first.save()
    second = Preferences(tmp_path / "app.ini")
    assert (second.language, second.look, second.text_scale) == ("zh", "dark", 1.3)
    assert second.recent_files == (str(tmp_path / "a.json"), str(tmp_path / "b.json"))


def test_nothing_chosen_follows_the_system(tmp_path: Path) -> None:
    fresh = Preferences(tmp_path / "app.ini")
    assert (fresh.language, fresh.look, fresh.text_scale, fresh.geometry) == (None, "system", 1.0, None)
    assert fresh.recent_files == ()


@pytest.mark.parametrize("scale", ["", "big", "nan", "0.01", "900"])
def test_a_damaged_file_is_taken_for_the_defaults(tmp_path: Path, scale: str) -> None:
    file = tmp_path / "app.ini"
    file.write_text(f"[General]\nlanguage=tlh\nlook=pink\ntext_scale={scale}\ngeometry=7\n", encoding="utf-8")
    damaged = Preferences(file)
    assert (damaged.language, damaged.look, damaged.text_scale, damaged.geometry) == (None, "system", 1.0, None)


def test_every_page_of_the_help_can_be_read_and_nothing_else() -> None:
    from gpuproof.gui.presenters.help_pages import page_names, read_page

    names = page_names()
    assert names[0] == "index.md"
    assert all(read_page(name, language) for name in names for language in ("en", "zh"))
    assert [read_page(name, "en") for name in ("../README.md", "/etc/passwd", "gone.md", "index.txt")] == [None] * 4
