"""Commands that can be pasted as they stand."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.commands import Shell, quoted
from gpuproof.core.recommend.model import Commands, Subject, TargetSystem
from gpuproof.core.recommend.subject import named_card


def commands(
    system: TargetSystem = "linux", gpu: str | None = "NVIDIA GeForce GTX 1080 Ti", driver: str = "580.65.06"
) -> Commands:
    cards = (named_card(gpu),) if gpu else ()
    found = recommend(
        Subject(system=system, machine="x86_64", python="3.11", cards=cards, driver=DottedVersion(driver))
    )
    assert found.choice is not None
    return found.choice.commands


def test_pip_names_the_index_and_every_companion() -> None:
    assert commands().pip == (
        "python -m pip install torch==2.14.1 torchvision==0.29.1 --index-url https://download.pytorch.org/whl/cu126"
    )


def test_extra_index_url_is_never_used() -> None:
    for system in ("linux", "windows", "wsl"):
        found = commands(system)
        for command in (found.pip, found.uv, found.conda, found.poetry, found.requirements, found.docker or ""):
            assert "--extra-index-url" not in command


def test_requirements_lines_are_a_requirements_file() -> None:
    lines = commands().requirements.splitlines()
    assert lines[1:] == [
        "--index-url https://download.pytorch.org/whl/cu126",
        "torch==2.14.1",
        "torchvision==0.29.1",
    ]


def test_conda_asks_conda_forge_by_cuda_version() -> None:
    assert commands().conda == "conda install -c conda-forge pytorch-gpu=2.14.1 cuda-version=12.6"


def test_conda_cpu_build_is_asked_for_by_name_and_quoted() -> None:
    assert commands(gpu=None).conda == "conda install -c conda-forge 'pytorch=2.15.0=cpu*'"
    assert commands("windows", gpu=None).conda == 'conda install -c conda-forge "pytorch=2.15.0=cpu*"'


def test_poetry_uses_an_explicit_source() -> None:
    assert commands().poetry == (
        "poetry source add --priority explicit pytorch-cu126 https://download.pytorch.org/whl/cu126 && "
        "poetry add --source pytorch-cu126 torch==2.14.1 torchvision==0.29.1"
    )


def test_poetry_on_windows_is_two_lines_as_old_powershell_has_no_and() -> None:
    assert "&&" not in commands("windows").poetry
    assert len(commands("windows").poetry.splitlines()) == 2


def test_docker_line_has_the_exact_tag_and_all_gpus() -> None:
    assert (commands().docker or "").startswith(
        "docker run --rm --gpus all pytorch/pytorch:2.14.1-cuda12.6-cudnn9-runtime "
    )
    assert commands(gpu=None).docker is None


def test_older_images_carry_cudnn_8() -> None:
    old = Subject(
        system="linux",
        machine="x86_64",
        python="3.10",
        cards=(named_card("Tesla K80"),),
        driver=DottedVersion("470.256.02"),
    )
    choice = recommend(old).choice
    assert choice is not None
    assert "2.3.1-cuda11.8-cudnn8-runtime" in (choice.commands.docker or "")


@pytest.mark.parametrize("argument", ["plain", "torch==2.5.1", "pytorch=2.15.0=cpu*", "a b", "it's", "", "<2.7", "a$b"])
def test_sh_passes_the_argument_on(argument: str) -> None:
    assert shlex.split(quoted(argument, "sh")) == [argument]


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs sh")
def test_sh_itself_agrees() -> None:
    argument = "pytorch=2.15.0=cpu* it's $HOME"
    found = subprocess.run(
        ["sh", "-c", f"printf %s {quoted(argument, 'sh')}"], capture_output=True, text=True, check=True
    )
    assert found.stdout == argument


@pytest.mark.parametrize(
    ("argument", "shell", "expected"),
    [
        ("torch<2.7", "cmd", '"torch<2.7"'),
        ("torch<2.7", "powershell", "'torch<2.7'"),
        ("it's", "powershell", "'it''s'"),
        ('say "x"', "cmd", '"say ""x"""'),
        ("torch==2.5.1", "cmd", "torch==2.5.1"),
        ("$env", "powershell", "'$env'"),
        ("", "cmd", '""'),
    ],
)
def test_windows_shells_quote_in_their_own_way(argument: str, shell: Shell, expected: str) -> None:
    assert quoted(argument, shell) == expected


def test_pyproject_lines_are_toml_with_an_explicit_index() -> None:
    found = tomllib.loads(commands().pyproject or "")
    assert found["project"]["dependencies"] == ["torch==2.14.1", "torchvision==0.29.1"]
    assert found["tool"]["uv"]["index"][0] == {
        "name": "pytorch-cu126",
        "url": "https://download.pytorch.org/whl/cu126",
        "explicit": True,
    }
    assert found["tool"]["uv"]["sources"]["torch"] == [{"index": "pytorch-cu126"}]


def test_conda_forge_has_no_rocm_build_so_pip_brings_it() -> None:
    found = commands(gpu="AMD Radeon RX 7900 XTX (gfx1100)").conda
    assert found == "conda run python -m pip install torch==2.14.1 --index-url https://download.pytorch.org/whl/rocm7.2"
