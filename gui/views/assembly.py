"""Makes presenters and pages of the wizard and the tools, and leads from one step to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gpuproof.core.checkup import Checkup, CheckupSettings
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text
from gpuproof.gui.context import Context
from gpuproof.gui.presenters.check_presenter import CheckPresenter
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.recent import RecentPresenter, RecentReport
from gpuproof.gui.presenters.replay import Replay
from gpuproof.gui.presenters.steps import WIZARD, WizardStep
from gpuproof.gui.presenters.upgrade_presenter import UpgradePresenter
from gpuproof.gui.views.ask_and_save import ask_and_save
from gpuproof.gui.views.opened_strip import OpenedStrip
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.upgrade_strip import UpgradeStrip

if TYPE_CHECKING:
    from gpuproof.gui.presenters.set_up_presenter import SetUpPresenter
    from gpuproof.gui.presenters.watch_presenter import WatchPresenter
    from gpuproof.gui.views.graph_board import GraphBoard
    from gpuproof.gui.views.main_window import MainWindow


class Assembly(QObject):
    """Knows which page follows which; shows nothing itself."""

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self.check = CheckPresenter(context.background, context.make_checkup or Checkup)
        self.replay = Replay(self.check)
        context.add(self.check)
        context.add(self.replay)
        self._boards: list[GraphBoard] = []
        self._recent_reports: tuple[RecentReport, ...] = ()
        self.set_up: SetUpPresenter | None = None
        self.watch: WatchPresenter | None = None
        self.opened = OpenedStrip(self.close_report)
        window.put_on_top(self.opened)
        self.check.state_changed.connect(self.opened.show_state)
        window.page_opened.connect(self.opened.show_page)
        self.upgrade = UpgradePresenter(context.background)
        context.add(self.upgrade)
        self._offer_upgrade()
        self.recent = RecentPresenter(context.background)
        context.add(self.recent)
        self.recent.changed.connect(self._show_recent)
        context.files_changed.connect(self.look_for_recent)
        self.check.report_written.connect(lambda _: self.look_for_recent())
        self.check.state_changed.connect(window.sidebar.show_state)

    def makers(self) -> dict[str, Callable[[], Page]]:
        """Return how each page is made, by name."""
        return {
            "start": self._make_start,
            "inspect": self._make_inspect,
            "recommend": self._make_recommend,
            "benchmark": self._make_bench,
            "report": self._make_report,
            "paste": self._make_paste,
            "watch": self._make_watch,
            "compare": self._make_compare,
            "help": self._make_help,
        }

    def open_report(self, path: Path, *, replay: bool = False) -> None:
        """Open a report file; what is wrong with it is said on the home page."""
        from gpuproof.gui.presenters.opened import open_file

        if self.check.state.is_busy:
            found = text("A check is running; a report cannot be opened now.")
            self._window.show_problem(UserProblem(found, text("Stop it first (Esc), or wait until it has ended.")))
            return
        self.replay.cancel()

        def show(state: CheckState) -> None:
            if self.check.state.is_busy:  # a check was started while the file was read
                return
            self._context.remember(path)
            self.check.show(state)
            self._window.to_top()
            has_run = state.core.result is not None
            self._window.open_page("benchmark" if has_run and state.case is None else "inspect")
            if has_run:
                self.replay.start(1.0 if replay else 0.0)

        def refuse(problem: UserProblem) -> None:
            self._window.show_problem(problem)

        self._context.background.start(lambda: open_file(path), show, refuse)

    def close_report(self) -> None:
        """Leave an opened report and go home."""
        self.replay.cancel()
        self.check.show(CheckState())
        self._window.open_page("home")

    def start_check(self, settings: CheckupSettings) -> None:
        """Begin a check and show it; a replay ends."""
        self.replay.cancel()
        self.check.check(settings)
        self._window.to_top()
        self._window.open_page("inspect")

    def ask_to_stop(self) -> bool:
        """Ask, at the step that runs, whether to stop it; returns whether anything runs."""
        at = self._running_page()
        if at is None:
            return False
        self._window.open_page(at)
        page = self._window.page(at)
        for strip in page.findChildren(RunningStrip):
            strip.ask()
        return True

    def _running_page(self) -> str | None:
        if self.check.state.running_at is not None:
            return self.check.state.running_at
        if self.check.state.is_replaying:
            return "benchmark"
        if self.set_up is not None and self.set_up.state.is_busy:
            return "recommend"
        if self.watch is not None and self.watch.state.is_watching:
            return "watch"
        return None

    def take_down(self) -> None:
        """Take the plots down before Qt goes."""
        for board in self._boards:
            board.stop()

    def _make_start(self) -> Page:
        from gpuproof.gui.presenters.start_presenter import StartPresenter
        from gpuproof.gui.views.start_step import StartStep

        self._start_presenter = StartPresenter(self._context.background)
        self._context.add(self._start_presenter)
        page = StartStep(self._start_presenter)
        page.check_asked.connect(self.start_check)
        return page

    def _make_inspect(self) -> Page:
        from gpuproof.gui.views.inspect_step import InspectStep

        page = InspectStep(self.check)
        page.steps.lead(*self._ways("inspect"))
        return page

    def _make_recommend(self) -> Page:
        from gpuproof.gui.presenters.set_up_presenter import SetUpPresenter
        from gpuproof.gui.presenters.what_if_presenter import WhatIfPresenter
        from gpuproof.gui.views.recommend_step import RecommendStep

        self.set_up = SetUpPresenter(self._context.background)
        self._context.add(self.set_up)
        what_if = WhatIfPresenter(self._context.background)
        self._context.add(what_if)
        page = RecommendStep(self.check, self.set_up, what_if)
        page.set_up.inspect_asked.connect(lambda: self._window.open_page("inspect"))
        page.steps.lead(*self._ways("recommend"))
        return page

    def _make_bench(self) -> Page:
        from gpuproof.gui.views.bench_step import BenchStep

        page = BenchStep(self.check)
        self._boards.append(page.board)
        page.board.save_asked.connect(lambda kind: ask_and_save(page.board, kind, page.problem))
        page.steps.lead(*self._ways("benchmark"))
        page.replay_asked.connect(self.replay.start)
        page.running.cancel_confirmed.connect(self.replay.cancel)
        return page

    def _make_report(self) -> Page:
        from gpuproof.gui.presenters.report_presenter import ReportPresenter
        from gpuproof.gui.views.report_step import ReportStep

        self._report_presenter = ReportPresenter(self._context.background)
        self._context.add(self._report_presenter)
        page = ReportStep(self.check, self._report_presenter, self.upgrade)
        page.steps.lead(self._ways("report")[0], lambda: self._window.open_page("home"))
        return page

    def _make_paste(self) -> Page:
        from gpuproof.gui.presenters.paste_presenter import PastePresenter
        from gpuproof.gui.views.paste_page import PastePage

        self.paste = PastePresenter(self._context.background)
        self._context.add(self.paste)
        return PastePage(self.paste)

    def _make_watch(self) -> Page:
        from gpuproof.gui.presenters.watch_presenter import WatchPresenter
        from gpuproof.gui.views.watch_page import WatchPage

        self.watch = WatchPresenter(self._context.background)
        self._context.add(self.watch)
        page = WatchPage(self.watch)
        self._boards.append(page.board)
        page.board.save_asked.connect(lambda kind: ask_and_save(page.board, kind, page.problem))
        return page

    def _make_help(self) -> Page:
        from gpuproof.gui.views.help_page import HelpPage

        return HelpPage()

    def _make_compare(self) -> Page:
        from gpuproof.gui.presenters.compare_presenter import ComparePresenter
        from gpuproof.gui.views.compare_page import ComparePage

        self.compare = ComparePresenter(self._context.background)
        self._context.add(self.compare)
        page = ComparePage(self.compare)
        page.offer(self._recent_reports)
        page.report_asked.connect(self.open_report)
        self.recent.changed.connect(page.offer)
        return page

    def look_around(self) -> None:
        """Look for recent reports and for a driver that was changed, once the window stands."""
        self.look_for_recent()
        self.upgrade.look()

    def _offer_upgrade(self) -> None:
        strip = UpgradeStrip()
        home = self._window.home
        home.show_notice(strip)
        self.upgrade.state_changed.connect(strip.show_state)
        self.upgrade.state_changed.connect(lambda state: home.notice.setVisible(state.before is not None))
        strip.check_asked.connect(lambda: self._window.open_page("start"))
        strip.drop_asked.connect(self.upgrade.drop)
        strip.compare_asked.connect(lambda: self.upgrade.judge(one.path for one in self._recent_reports))
        strip.whole_asked.connect(self._show_whole_comparison)

    def _show_whole_comparison(self) -> None:
        state = self.upgrade.state
        self._window.open_page("compare")
        self.compare.choose(before=state.before, after=state.after)

    def look_for_recent(self) -> None:
        """Read the list of recent reports for the home page."""
        self.recent.look(self._context.preferences.recent_files)

    def _show_recent(self, reports: tuple[RecentReport, ...]) -> None:
        from gpuproof.gui.views.recent_tile import RecentTile

        self._recent_reports = reports
        tiles = [RecentTile(one, partial(self.open_report, one.path)) for one in reports]
        self._window.home.show_recent(tiles)

    def _ways(self, step: WizardStep) -> tuple[Callable[[], object], Callable[[], object]]:
        place = WIZARD.index(step)
        before, after = WIZARD[max(0, place - 1)], WIZARD[min(len(WIZARD) - 1, place + 1)]
        return (lambda: self._window.open_page(before)), (lambda: self._window.open_page(after))
