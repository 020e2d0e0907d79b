"""``gpuproof knowledge show`` and ``knowledge update``: the tables, their age, and their renewal when asked."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.knowledge.age import TableAge
    from gpuproof.core.knowledge.refresh.update import Update


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare show and update; show is meant when nothing is said."""
    parser.add_argument("action", nargs="?", choices=("show", "update"), default="show")
    parser.add_argument("--from", dest="place", metavar="DIR_OR_FILE", help="update from saved index pages or wheels")
    parser.add_argument("--index", metavar="URL", help="another wheel index (mirror) than download.pytorch.org/whl")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Show or update; nothing is fetched by show."""
    return _update(arguments, terminal) if arguments.action == "update" else _show(terminal)


def _show(terminal: Terminal) -> int:
    from gpuproof.core.knowledge.age import OLD_AFTER_DAYS, table_ages
    from gpuproof.core.knowledge.tables import overlay

    ages = table_ages(date.today())
    old = [age for age in ages if age.is_old]
    document = {
        "tables": [{**asdict(age), "sources": dict(age.sources), "is_old": age.is_old} for age in ages],
        "index": {key: overlay()[key] for key in ("fetched_on", "origin") if key in overlay()} or None,
        "is_old": bool(old),
        "old_after_days": OLD_AFTER_DAYS,
    }
    terminal.emit(document, lambda: _show_ages(ages, terminal))
    if old:
        words = text("{count} tables are older than {days} days.", count=len(old), days=OLD_AFTER_DAYS)
        terminal.progress(words)
        terminal.progress(text("gpuproof knowledge update renews the wheels; a new gpuproof renews the rest."))
    return 0


def _show_ages(ages: tuple[TableAge, ...], terminal: Terminal) -> None:
    for age in ages:
        terminal.say(
            text(
                "{name}: {rows} rows ({inferred} inferred), read {read_on} ({age} d ago)",
                name=age.name,
                rows=age.rows,
                inferred=age.inferred_rows,
                read_on=age.read_on,
                age=age.age_days,
            )
        )
        if age.fetched_on:
            terminal.say(text("  with rows from the index of {day}", day=age.fetched_on))
        for key, source in age.sources:
            terminal.say(f"  {key}: {source}")


def _update(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from gpuproof.core.knowledge.refresh.update import DEFAULT_INDEX, update_from_files, update_from_index

    if arguments.place:
        update = update_from_files(Path(arguments.place))
    else:
        base = arguments.index or DEFAULT_INDEX
        terminal.progress(text("Reading {url} ...", url=f"{base.rstrip('/')}/torch/"))
        update = update_from_index(base)
    terminal.emit(asdict(update), lambda: _show_update(update, terminal))
    return 0


def _show_update(update: Update, terminal: Terminal) -> None:
    words = text("{wheels} wheels read from {origin}.", wheels=update.wheels, origin=update.origin)
    terminal.say(words)
    if not update.new_builds and not update.new_releases:
        terminal.say(text("Nothing is new: the tables knew them all."))
    for release in update.new_releases:
        terminal.say(text("New release: torch {release}", release=release))
    for build in update.new_builds:
        terminal.say(text("New build: torch {build}", build=build))
