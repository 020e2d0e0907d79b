"""Signing with the person's own ssh key, and what a reader is told."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.reports import a_report

from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.signature import sign_report, signature_of
from gpuproof.core.report.store import save_report

needs_tool = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen on this machine")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "id_test"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True)
    return path


@needs_tool
def test_a_signed_report_names_the_key(tmp_path: Path, key: Path) -> None:
    path = save_report(a_report(), tmp_path)
    assert signature_of(path).state == "none"
    assert sign_report(path, key).name == path.name + ".sig"
    state = signature_of(path)
    assert state.state == "good"
    assert state.key.startswith("ED25519 SHA256:")


@needs_tool
def test_a_changed_report_or_a_foreign_signature_is_bad(tmp_path: Path, key: Path) -> None:
    path = save_report(a_report(), tmp_path)
    signature = sign_report(path, key)
    path.write_bytes(path.read_bytes() + b" ")
    assert signature_of(path).state == "bad"
    for nonsense in (b"", b"not a signature", signature.read_bytes()[:100]):
        signature.write_bytes(nonsense)
        assert signature_of(path).state == "bad"


@needs_tool
def test_a_file_that_is_no_key_signs_nothing(tmp_path: Path) -> None:
    path = save_report(a_report(), tmp_path)
    with pytest.raises(UserProblem, match="is not a key file"):
        sign_report(path, tmp_path / "none")
    (tmp_path / "other").write_text("hello")
    (tmp_path / "other").chmod(0o600)
    with pytest.raises(CouldNotFinish, match="was not signed"):
        sign_report(path, tmp_path / "other")
    assert not path.with_name(path.name + ".sig").exists()


def test_without_the_tool_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_report(a_report(), tmp_path)
    (tmp_path / "key").write_text("x")
    path.with_name(path.name + ".sig").write_text("x")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert signature_of(path).state == "unknown"
    with pytest.raises(CouldNotFinish, match="ssh-keygen was not found"):
        sign_report(path, tmp_path / "key")


def test_a_huge_signature_is_refused(tmp_path: Path) -> None:
    path = save_report(a_report(), tmp_path)
    path.with_name(path.name + ".sig").write_bytes(b"x" * 100_000)
    with pytest.raises(UserProblem, match="is not opened"):
        signature_of(path)
