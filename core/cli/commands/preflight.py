"""``gpuproof preflight``: for start scripts. Repeats the last good verdict while nothing changed, in a blink."""

from __future__ import annotations

import argparse

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.launch.model import Target
from gpuproof.core.preflight import LastGood, differences, fingerprint, recall, recall_latest
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import literal, text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--target", metavar="T", help="as given to check; without it, the last good check of any")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Return 0 when driver and environment are as the last good check saw them, else 1."""
    target = _target(arguments.target)
    last = recall(target)
    now = fingerprint(target)
    if now is None:
        raise UserProblem(
            text("Preflight reads files of this machine; {target} is elsewhere.", target=target),
            text("Run gpuproof preflight there, or gpuproof check --target {target}", target=target),
        )
    changed = differences(last.fingerprint, now) if last is not None else {}
    is_unchanged = last is not None and not changed
    document = {
        "unchanged": is_unchanged,
        "last_good": None if last is None else {"checked_at": last.checked_at, "report": last.report},
        "changed": [{"what": name, "before": pair[0], "now": pair[1]} for name, pair in changed.items()],
        "target": str(target),
    }
    terminal.emit(document, lambda: _show(terminal, target, last, changed))
    return 0 if is_unchanged else 1


def _target(given: str | None) -> Target:
    if given is None:
        latest = recall_latest()
        given = latest.target if latest is not None else "self"
    if given == "self":
        return Target("self")
    from gpuproof.core.launch.targets import parse_target

    return parse_target(given)


def _show(terminal: Terminal, target: Target, last: LastGood | None, changed: dict[str, tuple[str, str]]) -> None:
    if last is None:
        terminal.say(text("No good check of {target} is on record.", target=target))
        terminal.say(text("Run: gpuproof check --target {target}", target=target))
    elif changed:
        terminal.say(text("Changed since the good check of {when}:", when=last.checked_at))
        for name, (before, now) in changed.items():
            terminal.say(literal(f"  {name}: {before} -> {now}"))
        terminal.say(text("Run: gpuproof check --target {target}", target=target))
    else:
        terminal.say(text("Unchanged since the good check of {when}.", when=last.checked_at))
