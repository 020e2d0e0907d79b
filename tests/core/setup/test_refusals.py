"""Environments that set-up leaves alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.environments import make_venv

from gpuproof.core.problems import UserProblem
from gpuproof.core.setup.refusals import processes_using, refuse_new_folder, refuse_running, refuse_unsuitable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


def test_an_own_venv_may_be_changed(tmp_path):
    make_venv(tmp_path)
    refuse_unsuitable(tmp_path)


@pytest.mark.parametrize("prefix", ["/usr", "/usr/lib/python3"])
def test_a_python_of_the_system_is_left_alone(prefix):
    with pytest.raises(UserProblem, match="belongs to the operating system") as caught:
        refuse_unsuitable(Path(prefix))
    assert "--new" in str(caught.value.hint)


def test_an_externally_managed_python_is_left_alone(tmp_path):
    (tmp_path / "lib" / "python3.12").mkdir(parents=True)
    (tmp_path / "lib" / "python3.12" / "EXTERNALLY-MANAGED").touch()
    with pytest.raises(UserProblem, match="belongs to the operating system"):
        refuse_unsuitable(tmp_path)


def test_a_torch_of_conda_is_left_to_conda(tmp_path):
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "pytorch-2.5.1-py3.11_cuda12.4_cudnn9.1.0_0.json").touch()
    with pytest.raises(UserProblem, match="installed by conda"):
        refuse_unsuitable(tmp_path)


def test_a_conda_environment_without_torch_may_be_changed(tmp_path):
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "python-3.11.9-h955ad1f_0.json").touch()
    refuse_unsuitable(tmp_path)


def test_a_folder_that_may_not_be_written_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    with pytest.raises(UserProblem, match="may not be written by you"):
        refuse_unsuitable(tmp_path)


def test_an_environment_that_runs_is_left_alone(tmp_path):
    make_venv(tmp_path)
    (tmp_path / "bin" / "python").unlink()
    os.symlink(sys.executable, tmp_path / "bin" / "python")
    code = "import time; print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([str(tmp_path / "bin" / "python"), "-ISc", code], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        assert [pid for pid, _ in processes_using(tmp_path)] == [process.pid]
        with pytest.raises(UserProblem, match=rf"Programs are running from .*\({process.pid}\)"):
            refuse_running(tmp_path)
        refuse_unsuitable(tmp_path)  # it may be changed once the program is closed
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert list(processes_using(tmp_path)) == []


def test_this_process_itself_does_not_count():
    assert os.getpid() not in [pid for pid, _ in processes_using(Path(sys.prefix))]


def test_a_new_environment_goes_into_an_empty_folder(tmp_path):
    refuse_new_folder(tmp_path / "fresh")
    (tmp_path / "empty").mkdir()
    refuse_new_folder(tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").touch()
    for taken in (tmp_path / "full", tmp_path / "full" / "photo.jpg"):
        with pytest.raises(UserProblem, match="is there already"):
            refuse_new_folder(taken)
