"""An own data folder, an own pip configuration and wheels on loopback: tests of set-up touch nothing else."""

import os

import pytest
from helpers.wheels import make_torch, make_wheel, served

from gpuproof.core.setup import install


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
    make_torch(folder, "2.12.0+cpu")
    make_torch(folder, "2.15.0", requires=("nvidia-cublas",))
    make_wheel(folder, "nvidia-cublas", "13.0.0")
    make_wheel(folder, "helper", "1.0")
    make_wheel(folder, "numpy", "2.4.6")
    return folder


@pytest.fixture(scope="session")
def index(wheels, tmp_path_factory):
    with served(wheels, tmp_path_factory.mktemp("index")) as url:
        yield url
