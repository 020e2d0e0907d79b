"""The pip that is used, whoever owns it."""

import os
import subprocess
import sys

import pytest
from helpers.fake_agent import program

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup import tools
from gpuproof.core.setup.hardware import has_nvidia_gpu
from gpuproof.core.setup.resolve import size_of
from gpuproof.core.setup.tools import find_uv, pip_for


def test_an_environments_own_pip_comes_first():
    pip = pip_for(sys.executable)
    assert pip.command == (sys.executable, "-m", "pip")
    assert pip.version >= (22, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="bin/python")
def test_our_pip_works_for_an_environment_without_one(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    python = str(tmp_path / "v" / "bin" / "python")
    assert pip_for(python).command == (sys.executable, "-m", "pip", "--python", python)


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a shebang line")
def test_a_pip_that_is_too_old_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(tools, "_bundled_pip", lambda interpreter: None)
    monkeypatch.setattr(tools, "is_frozen", lambda: True)
    old = program(tmp_path, "#!/bin/sh\necho pip 20.0.2 from /x\n", "python")
    with pytest.raises(CouldNotFinish, match="No usable pip"):
        pip_for(str(old))


def test_uv_beside_this_python_is_found_before_the_path(monkeypatch, tmp_path):
    (tmp_path / "uv").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert find_uv() == str(tmp_path / "uv")
    (tmp_path / "uv").unlink()
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find_uv() is None


@pytest.mark.parametrize("url", ["file:///nonexistent.whl", "ftp://x/y", "http://127.0.0.1:9/x.whl", "nonsense"])
def test_a_size_that_cannot_be_known_stays_unknown(url):
    assert size_of(url) is None


def test_the_size_of_a_local_file(tmp_path):
    file = tmp_path / "torch-2.13.0+cpu.whl"
    file.write_bytes(b"x" * 7)
    assert size_of(file.as_uri()) == 7


@pytest.mark.skipif(sys.platform == "win32", reason="files of Linux")
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, False),
        ({"proc/driver/nvidia/version": "NVRM"}, True),
        ({"dev/nvidia0": ""}, True),
        ({"dev/dxg": ""}, False),
        ({"dev/dxg": "", "usr/lib/wsl/lib/libcuda.so.1": ""}, True),
        ({"sys/bus/pci/devices/0/vendor": "0x10de\n", "sys/bus/pci/devices/0/class": "0x030000\n"}, True),
        ({"sys/bus/pci/devices/0/vendor": "0x10de\n", "sys/bus/pci/devices/0/class": "0x040300\n"}, False),
        ({"sys/bus/pci/devices/0/vendor": "0x1002\n", "sys/bus/pci/devices/0/class": "0x030000\n"}, False),
        ({"sys/bus/pci/devices/0/vendor": "0x10de\n"}, False),
    ],
)
def test_an_nvidia_gpu_is_known_by_its_files(tmp_path, files, expected):
    for name, words in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words)
    assert os.path.isdir(tmp_path)
    assert has_nvidia_gpu(tmp_path) is expected
