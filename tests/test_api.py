"""The Python interface: what ``import gpuproof`` promises."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.machines import a_machine

import gpuproof
from gpuproof import api
from gpuproof.core.problems import UserProblem

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "examples" / "h100.json"


@pytest.mark.parametrize("name", api.__all__)
def test_every_function_is_offered_typed_and_documented(name: str) -> None:
    function = getattr(gpuproof, name)
    assert function is getattr(api, name)
    assert function.__doc__
    assert "return" in inspect.get_annotations(function)


def test_importing_costs_nothing() -> None:
    code = "import sys, gpuproof; print(sorted(name for name in sys.modules if name.startswith('gpuproof.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        gpuproof.fly  # noqa: B018


def test_facts_can_be_diagnosed_and_recommended_for() -> None:
    assert gpuproof.diagnose(a_machine()).cause == "healthy"
    assert gpuproof.recommend(a_machine()).choice is not None


def test_pasted_text_can_be_diagnosed() -> None:
    pasted = "AssertionError: Torch not compiled with CUDA enabled\ntorch 2.4.0+cpu\nNVIDIA GeForce RTX 4070"
    assert gpuproof.diagnose(pasted).cause == "cpu_wheel"


def test_a_report_file_can_be_diagnosed_again() -> None:
    assert gpuproof.diagnose(REPORT).cause == "healthy"


def test_a_report_compared_with_itself_shows_no_difference() -> None:
    comparison = gpuproof.compare(REPORT, REPORT)
    verdicts = {result.metric: result.verdict for result in comparison.results}
    assert verdicts["gpu.frames_per_second"] == "no_difference"
    assert not comparison.changes


def test_an_inspection_without_torch_gives_facts_of_this_machine() -> None:
    machine = gpuproof.inspect(import_torch=False)
    assert getattr(machine.python, "version", None) == ".".join(map(str, sys.version_info[:3]))


def test_a_target_that_is_none_is_a_problem_in_words() -> None:
    with pytest.raises(UserProblem):
        gpuproof.inspect("python:/no/such/python")
