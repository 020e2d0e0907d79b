"""The first lines of a recommendation: the answer that a person copies."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from helpers.reports import a_recommendation

from gpuproof.core.cli.main import main
from gpuproof.core.cli.show_recommendation import show_recommendation
from gpuproof.core.cli.terminal import Terminal

ON_LINUX = ("--os", "linux", "--python", "3.12")


def lines(*words: str) -> list[str]:
    out = io.StringIO()
    main(["recommend", *words, *ON_LINUX], Terminal(out=out, err=io.StringIO()))
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("driver", "first"), [("560.35.03", "upgrade it to 580"), ("none", "install one, 580")], ids=["old", "none"]
)
def test_a_gpu_that_waits_for_its_driver_comes_before_the_cpu_build(driver: str, first: str) -> None:
    shown = lines("--gpu", "NVIDIA GeForce RTX 5090", "--driver", driver, "--machine", "x86_64")
    assert first in shown[0]
    assert shown[1].endswith("/whl/cu132")
    assert shown[3] == "Take torch 2.15.0, build cpu."


@pytest.mark.parametrize("gpu", ["none", "NVIDIA GeForce GTX 1080"])
def test_where_no_driver_is_waited_for_the_choice_is_the_first_line(gpu: str) -> None:
    assert lines("--gpu", gpu, "--driver", "580.65.06", "--machine", "x86_64")[0].startswith("Take torch")


def test_a_jetson_is_not_told_that_only_the_cpu_can_work() -> None:
    shown = lines("--gpu", "Jetson AGX Orin", "--driver", "540.4.0", "--machine", "aarch64")
    assert shown[0].startswith("Take torch")
    assert any("NVIDIA's own torch wheels" in line for line in shown)


def test_a_missing_fact_is_not_called_a_misfit() -> None:
    shown = lines("--gpu", "Foo 9000", "--driver", "580.65.06", "--machine", "x86_64")
    assert "not known" in shown[0]
    assert not any("Nothing published" in line for line in shown)


def test_nobody_is_told_to_install_and_not_to_install() -> None:
    out = io.StringIO()
    answer = replace(a_recommendation(), installed_fits=True, is_installed=False)
    show_recommendation(answer, Terminal(out=out, err=io.StringIO()))
    assert out.getvalue().startswith("Nothing to install")
    assert "Take torch" not in out.getvalue()
