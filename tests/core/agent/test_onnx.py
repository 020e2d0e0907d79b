"""ONNX Runtime is asked in a child: its providers, or why it does not say."""

from __future__ import annotations

import os
from pathlib import Path

from gpuproof.core.agent.onnx import ask_onnx
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.kinds import Reply


def ask(folder: Path, source: str) -> Reply:
    (folder / "onnxruntime").mkdir()
    (folder / "onnxruntime" / "__init__.py").write_text(source)
    place = Place(environ={**os.environ, "PYTHONPATH": str(folder)}, import_path=[str(folder)])
    return ask_onnx(place, lambda: False)


def test_the_providers_come_in_their_order(tmp_path: Path) -> None:
    source = "print('noise')\ndef get_available_providers(): return ['CUDAExecutionProvider', 'CPUExecutionProvider']\n"
    assert ask(tmp_path, source) == Reply("ok", value=["CUDAExecutionProvider", "CPUExecutionProvider"])


def test_a_broken_install_says_what_is_broken(tmp_path: Path) -> None:
    reply = ask(tmp_path, "raise ImportError('libcudnn.so.9: cannot open shared object file')")
    assert reply == Reply("failed", detail="ImportError: libcudnn.so.9: cannot open shared object file")


def test_a_crash_is_a_failure_with_the_signal(tmp_path: Path) -> None:
    reply = ask(tmp_path, "import os\nos.abort()")
    assert reply.status == "failed"
    assert "SIGABRT" in reply.detail


def test_a_python_without_it_says_absent(tmp_path: Path) -> None:
    assert ask_onnx(Place(import_path=[str(tmp_path)]), lambda: False).status == "absent"
