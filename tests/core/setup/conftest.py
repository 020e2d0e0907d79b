"""An own data folder, an own pip configuration and wheels on loopback: tests of set-up touch nothing else."""

import os
import shutil
from pathlib import Path

import pytest
from helpers.setups import make_environment
from helpers.wheels import make_torch, make_wheel, served

from gpuproof.core.setup import apply, bench_environment, bench_plan, install, plan, running, sources


@pytest.fixture(autouse=True)
def own_world(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(install, "find_uv", lambda: None)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """What a closed network may hold: a CPU torch with its label, and plain ones that bring CUDA parts."""
    folder = tmp_path_factory.mktemp("wheels")
    make_torch(folder, "2.13.0+cpu", requires=("helper>=1",))
    make_torch(folder, "2.12.0+cpu", fill=3)
    make_torch(folder, "2.15.0", requires=("nvidia-cublas",))
    make_wheel(folder, "nvidia-cublas", "13.0.0")
    make_wheel(folder, "helper", "1.0")
    make_wheel(folder, "numpy", "2.4.6")
    make_wheel(folder, "bystander", "1.0")
    return folder


@pytest.fixture(scope="session")
def index(wheels, tmp_path_factory):
    with served(wheels, tmp_path_factory.mktemp("index")) as url:
        yield url


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, wheels):
    """An environment with an older torch and other packages, made once."""
    return make_environment(
        tmp_path_factory.mktemp("prepared") / "venv", wheels, "torch==2.12.0+cpu", "numpy", "bystander"
    )


@pytest.fixture
def venv(tmp_path, prepared):
    """A copy of it, to be changed."""
    return Path(shutil.copytree(prepared, tmp_path / "venv", symlinks=True))


@pytest.fixture
def light_venv(monkeypatch):
    """Environments without a pip of their own are made 30 times as fast; ours then installs into them."""
    real = running.run_tool

    def run_tool(command, **more):
        words = [*command, "--without-pip"] if list(command[1:3]) == ["-m", "venv"] else command
        return real(words, **more)

    for module in (apply, bench_environment):
        monkeypatch.setattr(module, "run_tool", run_tool)


@pytest.fixture(scope="session")
def asked_before():
    """What pip answered in this session, by everything that the answer depends on."""
    return {}


@pytest.fixture
def ask_once(asked_before, monkeypatch):
    """Ask pip for the same source only once: for tests of what is made of the answer."""
    real = sources.choose_source

    def choose(pip, wanted, companions, *, fresh=True, **more):
        key = (wanted.torch, wanted.variant, wanted.index_url, companions(wanted.torch), fresh)
        if key not in asked_before:
            asked_before[key] = real(pip, wanted, companions, fresh=fresh, **more)
        return asked_before[key]

    for module in (plan, bench_plan):
        monkeypatch.setattr(module, "choose_source", choose)
