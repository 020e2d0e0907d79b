"""Preflight: repeats a good verdict only while nothing that decides has changed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gpuproof.core.cli.commands import preflight as command
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.launch.model import Target
from gpuproof.core.preflight import LastGood, differences, fingerprint, forget, recall, recall_latest, remember


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def environment(tmp_path: Path) -> Target:
    """A Python environment by its files alone."""
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    (site / "torch-2.13.0+cpu.dist-info").mkdir(parents=True)
    (tmp_path / "env" / "bin").mkdir()
    python = tmp_path / "env" / "bin" / "python"
    python.write_text("")
    return Target("python", str(python))


def _remember(target: Target) -> None:
    seen = fingerprint(target)
    assert seen is not None
    remember(LastGood(target=str(target), checked_at="2026-11-20T10:00:00+00:00", report="r.json", fingerprint=seen))


def _run(target: Target) -> tuple[int, dict[str, object]]:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    code = main(["preflight", "--target", str(target), "--json"], terminal)
    return code, json.loads(terminal.out.getvalue())  # type: ignore[attr-defined]


def test_an_unchanged_machine_passes(environment: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_target", lambda given: environment)
    _remember(environment)
    code, document = _run(environment)
    assert (code, document["unchanged"], document["changed"]) == (0, True, [])


def test_a_replaced_torch_fails_and_is_named(environment: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_target", lambda given: environment)
    _remember(environment)
    site = Path(environment.name).parent.parent / "lib" / "python3.11" / "site-packages"
    (site / "torch-2.13.0+cpu.dist-info").rename(site / "torch-2.15.0.dist-info")
    code, document = _run(environment)
    changed = document["changed"]
    assert code == 1
    assert isinstance(changed, list)
    assert {entry["what"] for entry in changed} == {"package torch-2.13.0+cpu", "package torch-2.15.0"}


def test_hidden_gpus_fail(environment: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    before = fingerprint(environment)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    now = fingerprint(environment)
    assert before is not None
    assert now is not None
    assert differences(before, now) == {"variable CUDA_VISIBLE_DEVICES": ("not set", "")}


def test_without_a_good_check_on_record_it_fails(environment: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_target", lambda given: environment)
    code, document = _run(environment)
    assert (code, document["last_good"]) == (1, None)


def test_a_check_that_was_not_good_is_forgotten(environment: Target) -> None:
    _remember(environment)
    forget(environment)
    assert recall(environment) is None


@pytest.mark.parametrize("content", ["", "[]", '{"format": "other"}', '{"format": "gpuproof-last-good", "version": 9}'])
def test_a_damaged_record_is_no_record(environment: Target, data_folder: Path, content: str) -> None:
    _remember(environment)
    for file in data_folder.rglob("*.json"):
        file.write_text(content)
    assert recall(environment) is None


def test_a_target_elsewhere_is_refused() -> None:
    assert fingerprint(Target("ssh", "host")) is None


def test_without_a_target_the_newest_good_check_counts(environment: Target) -> None:
    _remember(Target("self"))
    seen = fingerprint(environment)
    assert seen is not None
    remember(LastGood(target=str(environment), checked_at="2026-11-21T00:00:00+00:00", report="", fingerprint=seen))
    latest = recall_latest()
    assert latest is not None
    assert latest.target == str(environment)
