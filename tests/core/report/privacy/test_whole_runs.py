"""Whole runs as a canary person, every process watched: no network, and no canary in anything that is left or said."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from helpers.canaries import USER, leaks
from helpers.pdf import read_pdf
from helpers.watched_run import Watched, watched_run


def no_canary_is_left(run: Watched, folder: Path) -> None:
    """Look at every file, member, name and line; the person's own key and folder names are not for others."""
    for path in run.files():
        assert leaks(str(path.relative_to(folder / USER) if USER in path.parts else path.name)) == []
        data = path.read_bytes()
        if path.name == "pseudonym.key":
            continue
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = b"".join(archive.read(name) for name in archive.namelist())
        words = read_pdf(data).text if path.suffix == ".pdf" else data.decode("utf-8", "replace")
        found = leaks(words)
        if "upgrade" in path.parts:  # the state before an upgrade stays here, at level support: folders are readable
            found = [form for form in found if not form.casefold().startswith("secretpr")]
        assert found == [], path
    for name in (Path(name).name for name in (*run.of("written"), *run.of("made"))):
        assert name == USER or leaks(name) == [], name


def nobody_was_called(run: Watched) -> None:
    assert run.of("started")
    assert run.of("network") == []


@pytest.mark.torch
@pytest.mark.timeout(300)
def test_a_whole_check_opens_no_connection_and_leaves_no_name(tmp_path: Path) -> None:
    """Inspect, diagnose, recommend, benchmark, proof and report, with the real torch of this interpreter."""
    pytest.importorskip("torch")
    out = tmp_path / USER / "out"
    run = watched_run(tmp_path, "check", "--preset", "quick", "--out", str(out), "--json")
    assert run.code in (0, 1), run.err
    started = [" ".join(words) for words in run.of("started")]
    assert sum("start_agent.py" in words for words in started) >= 2, "the benchmark's child was watched too"
    nobody_was_called(run)
    assert {path.suffix for path in out.iterdir()} == {".json", ".html"}
    no_canary_is_left(run, tmp_path)
    assert list(run.temporary.iterdir()) == []
    document = json.loads(run.out)
    path = document.pop("report")
    assert Path(path).is_file()
    assert leaks(run.err.replace(str(tmp_path), "")) == []


@pytest.mark.parametrize(
    "arguments",
    [("inspect", "--no-import"), ("diagnose",), ("recommend",), ("targets",), ("collect", "--out", "answers.json")],
    ids=lambda arguments: arguments[0],
)
def test_a_light_command_opens_no_connection(arguments: tuple[str, ...], tmp_path: Path) -> None:
    run = watched_run(tmp_path, *arguments)
    assert run.code in (0, 1), run.err
    nobody_was_called(run)
    assert list(run.temporary.iterdir()) == []
    no_canary_is_left(run, tmp_path)


def test_every_export_and_a_case_leave_no_name(tmp_path: Path) -> None:
    program = Path(__file__).resolve().parents[3] / "helpers" / "write_everything.py"
    run = watched_run(tmp_path, "out", program=(str(program),))
    assert run.code == 0, run.err
    nobody_was_called(run)
    left = {path.suffix for path in (tmp_path / USER / "out").iterdir()}
    assert {".json", ".html", ".md", ".txt", ".csv", ".pdf", ".png", ".gpuproof"} <= left
    no_canary_is_left(run, tmp_path)
    assert list(run.temporary.iterdir()) == []
    assert leaks(run.out + run.err) == []
