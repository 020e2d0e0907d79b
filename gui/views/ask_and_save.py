"""Asks where the graphs shall be saved, and says on the page what went wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gpuproof.core.words import text
from gpuproof.gui.style import speech

if TYPE_CHECKING:
    from gpuproof.gui.views.graph_board import GraphBoard
    from gpuproof.gui.views.problem_strip import ProblemStrip


def ask_and_save(board: GraphBoard, kind: str, problem: ProblemStrip) -> None:
    """Save a board as png, svg or csv."""
    chosen, _ = QFileDialog.getSaveFileName(board, speech.say(text("Save the graphs")), f"gpuproof-graphs.{kind}")
    if chosen:
        trouble = board.save(kind, Path(chosen))
        if trouble is not None:
            problem.show_problem(trouble, None)
