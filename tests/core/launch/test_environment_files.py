"""Environments described by their files alone."""

import pytest
from helpers.environments import add_torch, make_venv

from gpuproof.core.launch.environment_files import (
    InstalledTorch,
    installed_torch,
    is_externally_managed,
    python_version,
    site_packages,
    venv_settings,
)


def test_the_settings_of_a_venv_are_read(tmp_path):
    make_venv(tmp_path, version="3.11.7")
    assert venv_settings(tmp_path)["version"] == "3.11.7"


def test_a_folder_without_settings_is_no_venv(tmp_path):
    assert venv_settings(tmp_path) == {}


@pytest.mark.parametrize(
    ("line", "version"),
    [("version = 3.11.7", "3.11.7"), ("version_info = 3.12.1.final.0", "3.12.1"), ("version_info = 3.13.2", "3.13.2")],
)
def test_the_version_of_a_venv_is_what_its_settings_say(tmp_path, line, version):
    (tmp_path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{line}\n")
    assert python_version(tmp_path) == version


def test_the_version_of_a_conda_environment_is_in_its_records(tmp_path):
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "python-3.10.14-h955ad1f_1.json").write_text("{}")
    assert python_version(tmp_path) == "3.10.14"


@pytest.mark.parametrize(("name", "version"), [("lib/python3.13t", "3.13t"), ("python311._pth", "3.11")])
def test_the_version_of_a_portable_python_is_in_its_file_names(tmp_path, name, version):
    (tmp_path / name).mkdir(parents=True)
    assert python_version(tmp_path) == version


def test_an_unknown_version_stays_empty(tmp_path):
    assert python_version(tmp_path) == ""


def test_two_pythons_in_one_folder_give_no_version(tmp_path):
    for name in ("lib/python3.11", "lib/python3.12"):
        (tmp_path / name).mkdir(parents=True)
    assert python_version(tmp_path) == ""


@pytest.mark.parametrize(
    ("version", "cuda"), [("2.13.0+cpu", ""), ("2.11.0+cu130", "13.0"), ("2.5.1", "12.4"), ("2.6.0a0+git1234", "")]
)
def test_a_torch_is_read_with_its_cuda(tmp_path, version, cuda):
    folder = add_torch(make_venv(tmp_path), version, cuda=cuda)
    found = installed_torch(site_packages(tmp_path))
    assert found == InstalledTorch(version=version, cuda=cuda, folder=str(folder / "torch"))


def test_a_torch_for_rocm_says_so(tmp_path):
    add_torch(make_venv(tmp_path), "2.9.0+rocm6.4", hip="6.4.43484")
    found = installed_torch(site_packages(tmp_path))
    assert found is not None
    assert (found.cuda, found.other) == ("", "hip 6.4.43484")


def test_metadata_without_files_is_no_torch(tmp_path):
    site = make_venv(tmp_path)
    (site / "torch-2.13.0.dist-info").mkdir()
    assert installed_torch((site,)) is None


def test_a_torch_without_metadata_is_read_from_its_own_file(tmp_path):
    site = make_venv(tmp_path)
    add_torch(site, "2.4.0", cuda="12.1", metadata=False)
    found = installed_torch((site,))
    assert found is not None
    assert found.version == "2.4.0"


def test_torchvision_is_not_torch(tmp_path):
    site = make_venv(tmp_path)
    (site / "torchvision").mkdir()
    (site / "torchvision-0.20.0.dist-info").mkdir()
    assert installed_torch((site,)) is None


def test_a_python_of_the_system_is_known_by_its_mark(tmp_path):
    (tmp_path / "lib" / "python3.11").mkdir(parents=True)
    assert not is_externally_managed(tmp_path)
    (tmp_path / "lib" / "python3.11" / "EXTERNALLY-MANAGED").touch()
    assert is_externally_managed(tmp_path)


def test_a_venv_is_never_the_systems(tmp_path):
    make_venv(tmp_path)
    (tmp_path / "lib" / "python3.11" / "EXTERNALLY-MANAGED").touch()
    assert not is_externally_managed(tmp_path)
