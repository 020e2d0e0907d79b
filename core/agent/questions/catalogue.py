"""Every question that may be asked of a machine: the complete list of what can ever leave it."""

from __future__ import annotations

from typing import Sequence

from . import (
    conditions,
    devices,
    driver,
    installation,
    installers,
    interpreter,
    kernel,
    libraries,
    macos,
    packages,
    surroundings,
    system,
    torch_files,
    windows,
)
from .kinds import Question

# the slow ones first: they are asked side by side
GROUPS = (
    packages, driver, installation, torch_files, libraries, kernel, system, devices, surroundings, windows, macos,
    interpreter, installers, conditions,
)  # fmt: skip
QUESTIONS = tuple(question for group in GROUPS for question in group.QUESTIONS)  # type: tuple[Question, ...]

# answered by a child of the agent, stage by stage: id (or its beginning) and privacy class
CHILD_QUESTIONS = {
    "nvml.snapshot": "identity",
    "gpu.processes": "identity",
    "torch.import": "path",
    "torch.available": "free_text",
    "torch.build": "public",
    "torch.configuration": "free_text",
    "torch.peers": "public",
    "torch.device_names": "public",
    "torch.devices": "public",
    "torch.kernel.": "free_text",
    "torch.mapped_libraries": "path",
    "onnx.providers": "free_text",
}


def questions_for(system: str) -> "Sequence[Question]":
    """Return the questions that make sense on one system (linux, windows, macos)."""
    return [question for question in QUESTIONS if system in question.systems]


def privacy_of(question_id: str) -> str:
    """Return a question's privacy class; an unknown id is treated as the most private one."""
    for question in (*QUESTIONS, driver.NVIDIA_SMI):
        if question.id == question_id:
            return question.privacy
    for name, privacy in CHILD_QUESTIONS.items():
        if question_id == name or (name.endswith(".") and question_id.startswith(name)):
            return privacy
    return "secret"
