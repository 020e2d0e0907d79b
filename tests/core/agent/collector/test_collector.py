"""The collector as one file: small, the same bytes again, run by old and new Pythons, opened like a machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gpuproof.core.agent.collector import build
from gpuproof.core.agent.collector import main as collector
from gpuproof.core.facts.answers_file import read_recording
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.unknown import Unknown

PYTHONS = Path.home() / ".pyenv" / "versions"


@pytest.fixture(scope="module")
def collector_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("collector") / "gpuproof-collector.pyz"
    path.write_bytes(build.build("the licence"))
    return path


def run(python: str, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, str(file), "--no-import", *arguments]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=file.parent, env=environment)


def test_it_is_small_readable_and_carries_both_licences(collector_file: Path) -> None:
    assert collector_file.stat().st_size <= build.MAX_BYTES
    archive = zipfile.ZipFile(collector_file)
    assert "NVIDIA Corporation" in archive.read("LICENSE-nvidia-ml-py.txt").decode()
    assert archive.read("LICENSE.txt") == b"the licence"
    names = archive.namelist()
    assert "gpuproof_agent/questions/driver.py" in names
    assert not [name for name in names if "workload" in name or "bench" in name]


def test_the_same_sources_give_the_same_bytes() -> None:
    assert build.build("x") == build.build("x")


@pytest.mark.parametrize("version", ["3.8.18", "3.13.0", "self"])
def test_a_python_from_3_8_on_writes_a_file_that_opens_like_a_machine(collector_file: Path, version: str) -> None:
    python = sys.executable if version == "self" else str(PYTHONS / version / "bin" / "python")
    if not Path(python).exists():
        pytest.skip("not on this machine")
    out = collector_file.parent / f"{version}.json"
    before = {path.name for path in collector_file.parent.iterdir()}
    done = run(python, collector_file, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in collector_file.parent.iterdir()} == {*before, out.name}
    recording = read_recording(out.read_bytes())
    assert (recording.kind, recording.redacted) == ("collected", True)
    machine = read_machine(recording.answers)
    assert not isinstance(machine.python, Unknown)
    assert version in (machine.python.version, "self")
    assert not isinstance(machine.os, Unknown)


@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.7.16"])
def test_an_older_python_is_refused_in_one_line(collector_file: Path, version: str) -> None:
    python = PYTHONS / version / "bin" / "python"
    if not python.exists():
        pytest.skip("not on this machine")
    done = run(str(python), collector_file)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "3.8 or newer is needed" in done.stderr


def test_an_existing_file_is_never_overwritten(collector_file: Path) -> None:
    out = collector_file.parent / "there.json"
    out.write_text("mine")
    done = run(sys.executable, collector_file, "--out", str(out))
    assert done.returncode == 3
    assert out.read_text() == "mine"


def test_a_folder_that_is_not_there_is_one_line_and_leaves_nothing(collector_file: Path) -> None:
    done = run(sys.executable, collector_file, "--out", str(collector_file.parent / "nowhere" / "x.json"))
    assert done.returncode == 3
    assert "cannot be written" in done.stdout
    assert done.stderr == ""


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "out.json").mkdir()
    with pytest.raises(IsADirectoryError):
        collector.write(str(tmp_path / "out.json"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_written_through_and_stays_a_pipe(collector_file: Path) -> None:
    pipe = collector_file.parent / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, str(collector_file), "--no-import", "--out", str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert json.loads(pipe.read_text())["redacted"] is True
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (0, b"")
    assert b"Wrote" in err
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="Windows names its devices otherwise")
def test_standard_output_gets_the_file_alone(collector_file: Path) -> None:
    done = run(sys.executable, collector_file, "--out", "/dev/stdout")
    assert done.returncode == 0
    assert json.loads(done.stdout)["format"] == "gpuproof-answers"


def test_the_words_follow_the_language(collector_file: Path) -> None:
    environment = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(collector_file), "--no-import", "--out", str(collector_file.parent / "zh.json")]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert "不做任何改动" in done.stdout.decode()
    assert json.loads((collector_file.parent / "zh.json").read_text())["redacted"] is True
