"""What the tools that read something share: what is worked on, what went wrong, and a place for what came out."""

from __future__ import annotations

from gpuproof.core.words import Text
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip


class ToolPage(Page):
    """A page whose work is short: it is shown, and cannot be cancelled."""

    def __init__(self, title: Text, subtitle: Text) -> None:
        super().__init__(title, subtitle)
        self.problem, self.running, self.results = ProblemStrip(), RunningStrip(), Place()
        self.running.cancel_button.hide()

    def add_results(self) -> None:
        """Put problem, work and results below what stands there already."""
        for part in (self.problem, self.running, self.results):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_work(self, working: Text | None, problem: Text | None, hint: Text | None) -> None:
        """Show what is worked on and what went wrong; the results of before go."""
        self.problem.hide()
        if problem is not None:
            self.problem.show_problem(problem, hint)
        if working is not None:
            self.running.show_running(working, None, None, stops=False)
        else:
            self.running.rest()
        self.results.empty()
