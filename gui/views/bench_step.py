"""The fourth step: the run live, then the verdict with its three layers and the figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gpuproof.core.bench.model import BenchEvent, BenchResult, Proof
from gpuproof.core.words import text
from gpuproof.gui.presenters.bench_texts import ratio_note, speed_note, verdict_words
from gpuproof.gui.presenters.check_presenter import CheckPresenter
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.graph_texts import figure, seconds_words
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.figure_tile import FigureTile
from gpuproof.gui.views.graph_board import GraphBoard
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, button, rekind
from gpuproof.gui.views.preview_card import PreviewCard
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.ready_card import ReadyCard
from gpuproof.gui.views.result_cards import (
    doubt_card,
    ladder_card,
    layer_cards,
    several_card,
    side_by_side,
    stage_card,
    trouble_card,
)
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.step_footer import StepFooter

_ROOM_FOR_PREVIEW = 820


class BenchStep(Page):
    """Shows a run while it runs, and its result after it."""

    replay_asked = Signal()

    def __init__(self, presenter: CheckPresenter) -> None:
        super().__init__(
            text("Benchmark"),
            text(
                "A sample workload shaped like a lip-sync system: on the CPU, then on the GPU, then on the CPU again."
            ),
        )
        self._presenter = presenter
        self._shown: tuple[BenchResult | None, Proof | None] | None = None
        self.running = RunningStrip()
        self.running.cancel_confirmed.connect(presenter.cancel)
        self.problem = ProblemStrip(presenter.benchmark)
        self.banner = Banner()
        self.ready = ReadyCard()
        self.board = GraphBoard()
        self.preview = PreviewCard()
        self.board.large.addWidget(self.preview, 1)
        self._results = Place()
        self._tiles = self._figures()
        for part in (self.running, self.problem, self.ready, self.banner, self._tiles):
            self.body.addWidget(part)
        self.body.addWidget(self._results)
        self.body.addWidget(self.board)
        self.body.addStretch(1)
        self._foot()
        presenter.state_changed.connect(self.show_state)
        presenter.events_arrived.connect(self.take)
        presenter.run_began.connect(self.begin)
        self.width_changed.connect(self.board.fit)
        self.width_changed.connect(lambda width: self.preview.set_allowed(width >= theme.px(_ROOM_FOR_PREVIEW)))
        self.board.words_renewed.connect(self.show_newest)
        if presenter.state.running_at == "benchmark":  # opened for the first time in the middle of a run
            self.begin()
        self.show_state(presenter.state)

    def show_state(self, state: CheckState) -> None:
        """Show what runs, what went wrong, and what came out."""
        self._show_running(state)
        self.problem.show_at("benchmark", state.problem)
        can_start = state.core.diagnosis is not None and not state.is_busy and not state.is_opened
        self.start_button.setEnabled(can_start)
        self.start_button.setVisible(not state.is_opened)
        has_run = self._show_what_there_is(state)
        self.replay_button.setVisible(state.core.result is not None and not state.is_busy)
        proof = state.core.proof
        is_live = state.running_at == "benchmark" or state.is_replaying
        self.banner.setVisible(proof is not None and not is_live)
        if proof is not None:
            self.banner.show_verdict(*verdict_words(proof.verdict))
        self._show_result(state, is_live=is_live)
        self.steps.show_state(state, can_go_on=state.core.result is not None and not state.is_busy)
        speech.put(self.start_button, text("&Start again") if has_run else text("&Start the benchmark"))
        rekind(self.start_button, "" if has_run or state.is_opened else "primary")
        rekind(self.steps.onward_button, "primary" if has_run or state.is_opened else "")

    def _show_what_there_is(self, state: CheckState) -> bool:
        """Show the graphs of a run that there is or was, else what will happen; tells whether there is a result."""
        is_live = state.running_at == "benchmark" or state.is_replaying
        has_result = state.core.result is not None
        was_tried = state.problem is not None and state.problem.at == "benchmark"
        self.ready.show_state(state)
        self.ready.setVisible(not (is_live or has_result or was_tried))
        for part in (self._tiles, self.board):
            part.setVisible(is_live or has_result or was_tried)
        return has_result

    def begin(self) -> None:
        """A run starts: empty graphs, no figures."""
        self.board.begin()
        self.preview.forget()
        self._shown = None
        self._show_figures(None)

    def show_newest(self) -> None:
        """Show the newest block's speed while the run goes on."""
        run = self.board.run
        gpu, cpu = run.track("frames_gpu"), run.track("frames_cpu")
        if self._shown is not None and self._shown[0] is not None:
            return
        for tile, track in ((self.gpu_tile, gpu), (self.cpu_tile, cpu)):
            if track is not None:
                tile.show_figure(figure(track.newest), text("newest block"))

    def take(self, events: Sequence[BenchEvent]) -> None:
        """Hand events to the graphs and the newest frame to the preview."""
        self.board.take(events)
        run = self.board.run
        if run.preview is not None:
            self.preview.show_preview(run.preview)
            run.preview = None

    def first_focus(self) -> QWidget | None:
        """Start with the start."""
        return self.start_button if self.start_button.isEnabled() else self.steps.onward_button

    def _show_running(self, state: CheckState) -> None:
        if state.running_at != "benchmark" and not state.is_replaying:
            if self.board.is_drawing:
                self.board.finish()
            self.running.rest()
            return
        progress = state.progress
        if progress is None:
            self.running.show_running(text("Starting…"), None, None, stops=state.is_cancelling)
        else:
            remaining = seconds_words(progress.remaining_s)
            self.running.show_running(progress.words, progress.fraction, remaining, stops=state.is_cancelling)

    def _figures(self) -> QWidget:
        self.gpu_tile = FigureTile(text("GPU"), text("frames/s"))
        self.cpu_tile = FigureTile(text("CPU"), text("frames/s"))
        self.ratio_tile = FigureTile(text("Speed-up"), text("times"))
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme.px(12))
        for tile in (self.gpu_tile, self.cpu_tile, self.ratio_tile):
            across.addWidget(tile, 1)
        return holder

    def _foot(self) -> None:
        self.steps = StepFooter(self)
        self.start_button = button(text("&Start the benchmark"), self._presenter.benchmark, icon="play")
        self.replay_button = button(text("Re&play the graphs"), self.replay_asked.emit, icon="again")
        self.footer.insertWidget(2, self.replay_button)
        self.footer.insertWidget(3, self.start_button)

    def _show_result(self, state: CheckState, *, is_live: bool) -> None:
        result, proof = (None, None) if is_live else (state.core.result, state.core.proof)
        if self._shown == (result, proof):
            return
        self._shown = (result, proof)
        self._show_figures(result)
        if result is None:
            self._results.empty()
            return
        inside = self._results.renew()
        trouble = trouble_card(result)
        if trouble is not None:
            inside.addWidget(trouble)
        if proof is not None:
            inside.addLayout(layer_cards(proof))
        for made in (doubt_card(result), several_card(result)):
            if made is not None:
                inside.addWidget(made)
        inside.addLayout(side_by_side(stage_card(result), ladder_card(result)))

    def _show_figures(self, result: BenchResult | None) -> None:
        gpu, cpu, ratio = (result.gpu, result.cpu, result.speedup) if result is not None else (None, None, None)
        self.gpu_tile.show_figure(figure(gpu.frames_per_second if gpu else None), speed_note(gpu))
        self.cpu_tile.show_figure(figure(cpu.frames_per_second if cpu else None), speed_note(cpu))
        self.ratio_tile.show_figure(figure(ratio.ratio if ratio else None), ratio_note(ratio))
