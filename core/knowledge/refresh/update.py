"""The update itself: get a page (index, file or folder), derive rows, keep only what the shipped tables lack, store."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from gpuproof.core.knowledge.refresh.download import Limits, Page, PageMissing, download
from gpuproof.core.knowledge.refresh.page import read_page
from gpuproof.core.knowledge.refresh.wheels import Wheel, read_wheel, rows_from
from gpuproof.core.knowledge.releases import torch_releases
from gpuproof.core.knowledge.tables import forget, overlay_path, tables_folder
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import text

DEFAULT_INDEX = "https://download.pytorch.org/whl"
_MOST_FILES = 2000
_NEWEST_RELEASES = 3
_PAGE_SUFFIXES = {".html": "text/html", ".htm": "text/html", ".json": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update brought: releases and builds that the shipped tables lack."""

    origin: str
    fetched_on: str
    wheels: int
    new_releases: tuple[str, ...]
    new_builds: tuple[str, ...]


def update_from_index(base: str = DEFAULT_INDEX, *, limits: Limits | None = None, today: date | None = None) -> Update:
    """Fetch ``<base>/torch/``, or each variant's page, and keep what is new; the pages stay as the offline copy."""
    within = limits or Limits()
    try:
        pages = {"": download(f"{base.rstrip('/')}/torch/", within)}
    except PageMissing:
        pages = _pages_per_variant(base.rstrip("/"), within)
        if not pages:
            raise
    wheels = [wheel for page in pages.values() for wheel in read_page(page.body, page.content_type, page.url)]
    copies = {_copy_name(variant, page): page.body for variant, page in pages.items()}
    origin = next(iter(pages.values())).url if "" in pages else base
    return _store(wheels, origin, today or date.today(), copies)


def _pages_per_variant(base: str, limits: Limits) -> dict[str, Page]:
    """Fetch ``<base>/<variant>/torch/`` for the variants of the newest releases: some mirrors have no common page."""
    variants = dict.fromkeys(
        build.variant for release in torch_releases()[:_NEWEST_RELEASES] for build in release.builds
    )
    found = {}
    for variant in variants:
        with contextlib.suppress(PageMissing):  # a mirror carries what it carries
            found[variant] = download(f"{base}/{variant}/torch/", limits)
    return found


def _copy_name(variant: str, page: Page) -> str:
    suffix = ".json" if "json" in page.content_type else ".html"
    return f"index-page{'-' if variant else ''}{variant}{suffix}"


def update_from_files(place: Path, *, limits: Limits | None = None, today: date | None = None) -> Update:
    """Read a saved page, or every page and wheel name of a folder, for a machine without a network."""
    within = limits or Limits()
    if not place.exists():
        raise UserProblem(
            text("There is no file or folder {place}.", place=place),
            text("Give a saved index page or a folder of wheels."),
        )
    files = sorted(islice(place.rglob("*"), _MOST_FILES)) if place.is_dir() else [place]
    named = [wheel for file in files if (wheel := read_wheel(file.name)) is not None]
    pages = [file for file in files if file.suffix.lower() in _PAGE_SUFFIXES and file.is_file()]
    if not place.is_dir() and not named:
        pages = [place]
    wheels = [*named, *(wheel for file in pages for wheel in _from_file(file, within))]
    if not wheels:
        raise UserProblem(
            text("{place} names no wheel of torch.", place=place),
            text("Give a saved index page or a folder of wheels."),
        )
    return _store(wheels, str(place), today or date.today(), {})


def _from_file(file: Path, limits: Limits) -> list[Wheel]:
    try:
        if file.stat().st_size > limits.body_bytes:
            raise UserProblem(
                text("{file} is larger than {limit} MB: no index page is.", file=file, limit=limits.body_bytes // 2**20)
            )
        body = file.read_bytes()
    except OSError as problem:
        raise UserProblem(
            text("{file} cannot be read: {detail}.", file=file, detail=problem.strerror or problem)
        ) from problem
    try:
        return read_page(body, _PAGE_SUFFIXES.get(file.suffix.lower(), ""), str(file))
    except CouldNotFinish as problem:  # a file that a person named is wrong input, not a failure on the way
        raise UserProblem(problem.message, problem.hint) from problem


def _store(wheels: list[Wheel], origin: str, today: date, copies: Mapping[str, bytes]) -> Update:
    day = today.isoformat()
    found = rows_from(wheels, f"from index, {day}", day)
    shipped_releases = {row["version"] for row in _shipped("torch_releases")}
    shipped_builds = {(row["release"], row["variant"]) for row in _shipped("torch_builds")}
    releases = [row for row in found["torch_releases"] if row["version"] not in shipped_releases]
    builds = [row for row in found["torch_builds"] if (row["release"], row["variant"]) not in shipped_builds]
    kept = {"fetched_on": day, "origin": origin, "torch_releases": releases, "torch_builds": builds}
    folder = overlay_path().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in copies.items():
            _write_whole(folder / name, body)
        _write_whole(overlay_path(), json.dumps(kept, ensure_ascii=False, indent=1).encode())
    except OSError as problem:
        raise CouldNotFinish(
            text("{folder} cannot be written: {detail}.", folder=folder, detail=problem.strerror or problem),
            text("GPUPROOF_DATA_DIR names another folder."),
        ) from problem
    forget()
    return Update(
        origin=origin,
        fetched_on=day,
        wheels=len(wheels),
        new_releases=tuple(row["version"] for row in releases),
        new_builds=tuple(f"{row['release']} {row['variant']}" for row in builds),
    )


def _shipped(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((tables_folder() / f"{name}.json").read_text(encoding="utf-8"))["rows"]
    return rows


def _write_whole(path: Path, body: bytes) -> None:
    """Write beside and rename, so that a reader sees the old file or the new one, never half of one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
