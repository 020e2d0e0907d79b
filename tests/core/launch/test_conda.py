"""Conda environments are found by name without running conda."""

import sys

import pytest

from gpuproof.core.launch import conda
from gpuproof.core.launch.conda import conda_prefixes, environment_name, interpreter_of_environment
from gpuproof.core.launch.starting import start_of
from gpuproof.core.launch.targets import parse_target
from gpuproof.core.problems import UserProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("CONDA_PREFIX", "CONDA_EXE", "MAMBA_ROOT_PREFIX", "CONDA_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(conda, "_SYSTEM_ROOTS", ())
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def make_conda(prefix):
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").symlink_to(sys.executable)
    return prefix


def test_base_and_named_environments_are_found(home):
    base = make_conda(home / "miniforge3")
    (base / "condabin").mkdir()
    named = make_conda(base / "envs" / "lipsync")
    assert conda_prefixes(home) == (base, named)
    assert [environment_name(prefix) for prefix in (base, named)] == ["base", "lipsync"]


def test_a_name_leads_to_the_interpreter(home):
    prefix = make_conda(home / "miniconda3" / "envs" / "lipsync")
    start = start_of(parse_target("conda:lipsync"))
    assert start.command[0] == str(prefix / "bin" / "python")
    assert start.changes["CONDA_PREFIX"] == str(prefix)
    assert start.is_local


def test_an_environment_elsewhere_is_known_from_condas_own_list(home):
    prefix = make_conda(home / "work" / "envs" / "far")
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{prefix}\n\n")
    assert interpreter_of_environment("far") == (str(prefix / "bin" / "python"), prefix)


def test_a_folder_that_conda_no_longer_fills_is_not_listed(home):
    (home / "miniconda3" / "envs" / "empty").mkdir(parents=True)
    assert conda_prefixes(home) == ()


def test_an_unknown_name_is_answered_with_the_known_ones(home):
    make_conda(home / "miniconda3" / "envs" / "lipsync")
    with pytest.raises(UserProblem, match="no conda environment named lipsinc") as caught:
        interpreter_of_environment("lipsinc")
    assert "lipsync" in str(caught.value.hint)


def test_where_no_environment_is_known_that_is_said(home):
    with pytest.raises(UserProblem) as caught:
        interpreter_of_environment("lipsync")
    assert "No conda environment was found here" in str(caught.value.hint)
