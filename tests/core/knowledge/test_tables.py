"""Loading: one table alone, rows of an update merged in, damage survived; a new CUDA version is rows only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpuproof.core import knowledge
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import tables
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.model import Subject
from gpuproof.core.recommend.subject import named_card


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path))
    knowledge.forget()
    yield tmp_path
    monkeypatch.undo()
    knowledge.forget()


def test_data_folder_follows_the_variable(data_folder: Path) -> None:
    assert knowledge.data_folder() == data_folder


def test_rows_of_an_update_are_merged(data_folder: Path) -> None:
    _overlay(data_folder, "torch_releases", [_release("2.99.0")])
    assert knowledge.torch_releases()[0].version == "2.99.0"


def test_a_shipped_row_outranks_the_same_row_of_an_update(data_folder: Path) -> None:
    _overlay(data_folder, "torch_releases", [_release("2.15.0")])
    found = knowledge.torch_release("2.15.0")
    assert found is not None
    assert found.source == "pypi"


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        '{"torch_releases": 3}',
        '{"torch_releases": [1, "x", {}]}',
        '{"torch_releases": [{"version": "new", "source": "x", "certainty": "confirmed"}]}',
        '{"torch_releases": [{"version": "9.9.9", "source": "x", "certainty": "confirmed", "pythons": {"a": 1}}]}',
        '{"torch_builds": [{"release": "2.15.0", "platforms": "x", "source": "", "certainty": "confirmed"}]}',
        '{"torch_releases": [{"version": "9.9.9", "source": "x", "certainty": "confirmed", "pythons": {}, '
        '"released": "", "requires_python": "", "minimum_glibc": {"linux_x86_64": 3}}]}',
    ],
)
def test_damaged_update_is_passed_over(data_folder: Path, damage: str) -> None:
    (data_folder / "knowledge").mkdir()
    (data_folder / "knowledge" / "from_index.json").write_text(damage, encoding="utf-8")
    assert knowledge.torch_releases()[0].version == "2.15.0"


def test_only_refreshed_tables_take_an_overlay(data_folder: Path) -> None:
    _overlay(data_folder, "driver_branches", [{"branch": 9999}])
    assert knowledge.driver_branches()[-1].number == 620


def test_a_new_release_and_a_new_cuda_family_are_rows_alone(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "tables"
    copy.mkdir()
    for file in tables.tables_folder().glob("*.json"):
        (copy / file.name).write_bytes(file.read_bytes())
    _append(copy / "torch_releases.json", "rows", _release("2.20.0"))
    _append(copy / "torch_builds.json", "rows", _build("2.20.0", "cu141"))
    codes = {"torch": "2.20", "variant": "cu141", "platform": "linux_x86_64", "code": "sm_90 sm_120 sm_130"}
    _append(copy / "torch_archs.json", "rows", {**codes, "source": "test", "certainty": "confirmed"})
    family = {"family": "14", "linux": "700.10", "windows": "701.20", "source": "test", "certainty": "confirmed"}
    _append(copy / "cuda_drivers.json", "families", family)
    monkeypatch.setattr(tables, "tables_folder", lambda: copy)
    knowledge.forget()

    def choice(driver: str) -> str:
        card = named_card("NVIDIA GeForce RTX 5090")
        found = recommend(
            Subject(system="linux", machine="x86_64", python="3.12", cards=(card,), driver=DottedVersion(driver))
        )
        assert found.choice is not None
        return f"{found.choice.torch} {found.choice.variant} {found.driver.action} {found.driver.minimum}"

    assert choice("700.10") == "2.20.0 cu141 keep 700.10"
    assert choice("700.09") == "2.15.0 cu132 upgrade 700.10"


def _release(version: str) -> dict[str, object]:
    return {
        "version": version,
        "released": "2027-01-01",
        "requires_python": ">=3.11",
        "pythons": {"linux_x86_64": "3.11 3.12"},
        "source": "from index, 2027-01-02",
        "certainty": "confirmed",
    }


def _build(release: str, variant: str) -> dict[str, object]:
    return {
        "release": release,
        "variant": variant,
        "platforms": ["linux_x86_64"],
        "source": "from index, 2027-01-02",
        "certainty": "confirmed",
    }


def _append(path: Path, key: str, row: dict[str, object]) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    found[key].append(row)
    path.write_text(json.dumps(found), encoding="utf-8")


def _overlay(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / "knowledge").mkdir(exist_ok=True)
    (folder / "knowledge" / "from_index.json").write_text(json.dumps({name: rows}), encoding="utf-8")
