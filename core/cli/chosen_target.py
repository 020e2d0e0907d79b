"""The target that a person named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal

if TYPE_CHECKING:
    from gpuproof.core.launch.model import Target


def chosen_target(named: str, terminal: Terminal) -> Target:
    """Return it, and warn when it is an interpreter that somebody else could have put there."""
    from gpuproof.core.launch.targets import parse_target
    from gpuproof.core.launch.trust import choosing_words

    target = parse_target(named)
    warning = choosing_words(target)
    if warning is not None:
        terminal.progress(warning)
    return target
