"""The torch child: stages, and torches that hang, crash, exit, print or warn. Nothing but their own stage is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.kinds import Reply
from gpuproof.core.agent.torch_live import TorchLive

GOOD_START = """
import warnings
__version__ = "2.11.0+cu130"
class version:
    cuda = "13.0"; hip = None; xpu = None; debug = False
def get_num_threads(): return 4
class _C:
    @staticmethod
    def _cuda_getArchFlags(): return "sm_75 sm_80 sm_90"
class backends:
    class cudnn:
        enabled = True; benchmark = False; deterministic = False; allow_tf32 = True
        @staticmethod
        def is_available(): return True
        @staticmethod
        def version(): return 91900
class cuda:
    @staticmethod
    def is_available():
        warnings.warn("CUDA initialization: the driver is too old (found version 12020)")
        return False
    @staticmethod
    def device_count(): return 0
    @staticmethod
    def init(): raise RuntimeError("The NVIDIA driver on your system is too old (found version 12020).")
"""


def live(folder: Path, torch: str, **params: Any) -> dict[str, Reply]:
    """Ask a pretended torch."""
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text(torch)
    place = Place(environ={**os.environ, "PYTHONPATH": str(folder)})
    return stages(place, params)


def stages(place: Place, params: dict[str, Any]) -> dict[str, Reply]:
    replies: dict[str, Reply] = {}
    asked: list[str] = []

    def keep(question: str, reply: Reply, took_s: float) -> None:
        assert question not in replies, "answered twice"
        replies[question] = reply

    live = TorchLive(place, params, keep, asked.append)
    live.start()
    live.finish(lambda: False)
    assert asked[:1] in (["torch.import"], [])
    return replies


def test_every_stage_is_an_answer_of_its_own(tmp_path: Path) -> None:
    replies = live(tmp_path, GOOD_START)
    assert replies["torch.import"].value["version"] == "2.11.0+cu130"
    assert replies["torch.import"].value["cuda"] == "13.0"
    available = replies["torch.available"].value
    assert available["available"] is False
    assert available["error"].startswith("RuntimeError: The NVIDIA driver on your system is too old")
    assert available["warnings"] == ["CUDA initialization: the driver is too old (found version 12020)"]
    assert replies["torch.build"].value["arch_list"] == ["sm_75", "sm_80", "sm_90"]
    assert replies["torch.build"].value["cudnn_version"] == 91900
    assert replies["torch.device_names"].value == []


def test_a_torch_that_prints_does_not_disturb_the_messages(tmp_path: Path) -> None:
    replies = live(tmp_path, "import os, sys\nprint('{\"type\": \"hello\"}')\nos.write(1, b'noise\\n')\n" + GOOD_START)
    assert replies["torch.build"].status == "ok"


def test_an_import_that_raises_says_what_and_the_rest_was_not_reached(tmp_path: Path) -> None:
    replies = live(tmp_path, "raise OSError('libcudnn.so.9: cannot open shared object file')")
    assert replies["torch.import"] == Reply("failed", detail="OSError: libcudnn.so.9: cannot open shared object file")
    assert replies["torch.available"].detail == "not reached: torch.import did not succeed"


def test_an_import_that_exits_is_a_failure_and_not_an_end(tmp_path: Path) -> None:
    assert live(tmp_path, "raise SystemExit(3)")["torch.import"].detail == "SystemExit: 3"


def test_an_import_that_hangs_costs_its_patience(tmp_path: Path) -> None:
    replies = live(tmp_path, "import time\ntime.sleep(60)", torch_patience_s=0.4)
    assert replies["torch.import"].status == "timed_out"
    assert replies["torch.build"].status == "failed"


def test_an_import_that_crashes_names_the_signal_and_where_it_was(tmp_path: Path) -> None:
    replies = live(tmp_path, "import ctypes\nctypes.string_at(0)")
    assert replies["torch.import"].status == "failed"
    assert "SIGSEGV" in replies["torch.import"].detail
    assert "string_at" in replies["torch.import"].detail


def test_a_crash_after_the_import_keeps_what_came_before(tmp_path: Path) -> None:
    replies = live(tmp_path, GOOD_START.replace("return False", "import os; os.abort()", 1))
    assert replies["torch.import"].status == "ok"
    assert replies["torch.available"].status == "failed"
    assert "SIGABRT" in replies["torch.available"].detail


def test_a_python_without_torch_says_absent(tmp_path: Path) -> None:
    replies = live(tmp_path, "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')")
    assert replies["torch.import"].status == "absent"


def test_a_hostile_module_in_the_working_directory_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "json.py").write_text("raise SystemExit('hostile')")
    (tmp_path / "lib").mkdir()
    monkeypatch.chdir(here)
    assert live(tmp_path / "lib", GOOD_START)["torch.build"].status == "ok"


def test_a_cancel_ends_the_child_without_answers(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("import time\ntime.sleep(60)")
    replies: list[str] = []
    child = TorchLive(
        Place(environ={**os.environ, "PYTHONPATH": str(tmp_path)}),
        {},
        lambda question, reply, took_s: replies.append(question),
        lambda question: None,
    )
    child.start()
    child.finish(lambda: True)
    assert replies == []


@pytest.mark.torch
def test_the_real_torch_answers_every_stage() -> None:
    replies = stages(Place(), {})
    assert replies["torch.import"].value["version"].startswith("2.")
    assert replies["torch.available"].status == "ok"
    assert replies["torch.build"].value["threads"] >= 1
    assert any("libtorch" in path for path in replies["torch.mapped_libraries"].value)


@pytest.mark.torch
def test_a_kernel_that_computes_wrongly_is_found() -> None:
    import torch

    from gpuproof.core.agent import torch_child

    right = torch_child.kernels(torch, "cpu")
    assert right["ok"]
    assert right["max_difference"] < 1e-5

    class Wrong:
        """A torch whose matrix products on the device are off by a tenth."""

        def __getattr__(self, name: str) -> Any:
            return getattr(torch, name)

        @staticmethod
        def randn(*size: int, generator: Any) -> Any:
            return torch.randn(*size, generator=generator).as_subclass(Drifting)

    class Drifting(torch.Tensor):
        def to(self, *arguments: Any, **options: Any) -> Any:
            return super().to(*arguments, **options) * 1.05

    wrong = torch_child.kernels(Wrong(), "cpu")
    assert not wrong["ok"]
    assert "differ from the CPU" in wrong["error"]


def test_not_a_number_is_a_huge_difference() -> None:
    from gpuproof.core.agent import torch_child

    class Scalar:
        def __init__(self, value: float) -> None:
            self.value = value

        def __sub__(self, other: Scalar) -> Scalar:
            return Scalar(self.value - other.value)

        def __truediv__(self, other: Scalar) -> Scalar:
            return Scalar(self.value / other.value)

        def abs(self) -> Scalar:
            return Scalar(abs(self.value))

        def max(self) -> Scalar:
            return self

        def item(self) -> float:
            return self.value

    assert torch_child.difference(Scalar(2.0), Scalar(float("nan"))) == 1e9
    assert torch_child.difference(Scalar(2.0), Scalar(2.5)) == 0.25
