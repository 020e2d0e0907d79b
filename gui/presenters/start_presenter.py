"""What can be checked: the Python environments found here and the applications that are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.bench.model import PresetName
from gpuproof.core.checkup import CheckupSettings
from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.style import speech

if TYPE_CHECKING:
    from gpuproof.core.launch.discover import PythonEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a list: what is shown and what it stands for."""

    words: Text
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartState:
    """What the first step offers. The first environment stands for: choose one that has torch."""

    environments: tuple[Choice, ...] = (Choice(words=text("Find one with PyTorch automatically"), key=""),)
    applications: tuple[Choice, ...] = (Choice(words=text("No particular application"), key=""),)
    is_looking: bool = False
    problem: Text | None = None


class StartPresenter(QObject):
    """Looks around in the background, once."""

    state_changed = Signal(object)  # StartState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.state = StartState()

    def look_around(self) -> None:
        """Find environments and applications."""
        if self.state.is_looking or len(self.state.environments) > 1:
            return
        self._set(replace(self.state, is_looking=True))
        self._background.start(_find, self._found, self._failed)

    def settings(self, environment: str, application: str, preset: PresetName, *, may_set_up: bool) -> CheckupSettings:
        """Make the settings of a check. Raises ``UserProblem`` for a target that cannot be one."""
        from gpuproof.core.launch.targets import parse_target

        target: Target | None = parse_target(environment.strip()) if environment.strip() else None
        return CheckupSettings(
            target=target,
            preset=preset,
            app=application or None,
            may_set_up=may_set_up,
            language=speech.language(),
        )

    def warning(self, environment: str) -> Text | None:
        """Return what a person should know before that environment's start-up code runs; None where nothing is odd."""
        from gpuproof.core.launch.targets import parse_target
        from gpuproof.core.launch.trust import choosing_words

        try:
            return choosing_words(parse_target(environment.strip())) if environment.strip() else None
        except UserProblem:
            return None

    def _found(self, found: tuple[tuple[Choice, ...], tuple[Choice, ...]]) -> None:
        environments, applications = found
        state = self.state
        self._set(
            replace(
                state,
                environments=state.environments[:1] + environments,
                applications=state.applications[:1] + applications,
                is_looking=False,
            )
        )

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, is_looking=False, problem=problem.message))

    def _set(self, state: StartState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _find() -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    from gpuproof.core.launch.discover import find_environments

    environments = tuple(
        Choice(words=literal(_environment_words(found)), key=str(found.target)) for found in find_environments()
    )
    return environments, _applications()


def _environment_words(found: PythonEnvironment) -> str:
    torch = found.torch.version if found.torch is not None else ""
    words = (f"Python {found.version}".strip(), f"torch {torch}" if torch else "", found.app, found.interpreter)
    return "  ·  ".join(part for part in words if part)


def _applications() -> tuple[Choice, ...]:
    from gpuproof.core.knowledge.apps import app_profiles

    return tuple(Choice(words=literal(profile.names[0]), key=profile.id) for profile in app_profiles())
