"""The key of the stand-ins: made once, kept private, and never a reason to fail."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gpuproof.core.report.privacy import key as module
from gpuproof.core.report.privacy.key import machine_pseudonym, pseudonym


@pytest.fixture(autouse=True)
def forget_keys() -> None:
    module._key_in.cache_clear()


def test_the_key_is_kept_and_private(own_data_folder: Path) -> None:
    first = pseudonym("host", "lab")
    path = own_data_folder / "pseudonym.key"
    assert len(path.read_bytes()) == 32
    if sys.platform != "win32":
        assert os.stat(path).st_mode & 0o077 == 0
    module._key_in.cache_clear()
    assert pseudonym("host", "lab") == first
    assert pseudonym("host", "LAB") == first
    assert pseudonym("user", "lab") != first


def test_a_key_that_another_process_made_first_is_taken(own_data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, reads = b"k" * 32, iter([None, b"k" * 32])
    own_data_folder.mkdir(exist_ok=True)
    (own_data_folder / "pseudonym.key").write_bytes(other)
    monkeypatch.setattr(module, "_kept", lambda path: next(reads))
    assert module._key_in(own_data_folder) == other


def test_a_folder_that_cannot_be_written_still_gives_stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "file" / "below"))
    assert pseudonym("host", "lab") == pseudonym("host", "lab")


def test_remote_machines_have_stand_ins_of_their_own() -> None:
    assert machine_pseudonym("ssh:gpu-box") != machine_pseudonym("self")
    assert machine_pseudonym("self") == machine_pseudonym("python:/usr/bin/python3")
    assert "gpu-box" not in machine_pseudonym("ssh:gpu-box")
