"""The desktop entry for a pip-installed gpuproof, and opening a file from the file manager."""

from __future__ import annotations

import configparser
import io
from pathlib import Path

import pytest

from gpuproof.core.cli import desktop_entry
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(out=io.StringIO(), err=io.StringIO())


def test_the_entry_starts_this_gpuproof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    if not (Path(__file__).resolve().parents[3] / "assets" / "icons" / "gpuproof.svg").exists():
        pytest.fail("the application icon is missing")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(desktop_entry.shutil, "which", lambda name: "/opt/my programs/gpuproof")
    assert main(["--install-desktop-entry"], terminal) == 0
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(tmp_path / "applications" / "io.github.gpuproof.gpuproof.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["Exec"] == '"/opt/my programs/gpuproof" open %f'
    assert (tmp_path / "icons/hicolor/scalable/apps/io.github.gpuproof.gpuproof.svg").read_text().startswith("<")


def test_other_systems_are_refused_in_words(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert main(["--install-desktop-entry"], terminal) == 2
    assert "Linux" in terminal.err.getvalue()  # type: ignore[attr-defined]


def test_an_unwritable_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(blocked))
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["--install-desktop-entry"], terminal) == 3


def test_a_missing_file_is_said_before_qt_loads(terminal: Terminal) -> None:
    assert main(["open", "/no/such.gpuproof"], terminal) == 2
    assert "There is no file /no/such.gpuproof." in terminal.err.getvalue()  # type: ignore[attr-defined]
