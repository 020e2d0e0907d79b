"""The inspected interpreter and its installed packages."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Package, PythonFacts
from gpuproof.core.facts.reading import dict_of, fields_of, list_of, names_of, objects, objects_in, whole, words
from gpuproof.core.facts.unknown import Unknown

# these two always write RECORD; conda and distributions do not
_RECORDING_INSTALLERS = ("pip", "uv")


def read_python(answers: Answers) -> PythonFacts | Unknown:
    """Read the interpreter; its kind comes from the files that its maker left."""
    found = dict_of(answers, "python.interpreter")
    if isinstance(found, Unknown):
        return found
    signs = fields_of(answers, "python.surroundings")
    return PythonFacts(
        version=words(found.get("version")),
        bits=32 if found.get("bits") == 32 else 64,
        kind=_kind(words(found.get("prefix")), words(found.get("base_prefix")), signs),
        prefix=words(found.get("prefix")),
        executable=words(found.get("executable")),
        free_threaded=found.get("free_threaded") is True,
        externally_managed=signs.get("externally_managed") is True and not isinstance(signs.get("pyvenv"), dict),
    )


def _kind(prefix: str, base_prefix: str, signs: dict[str, Any]) -> str:
    config = signs.get("pyvenv")
    if isinstance(config, dict):
        return "uv venv" if "uv" in config else "venv"
    if signs.get("conda_meta") is True:
        return "conda"
    if signs.get("portable"):
        return "portable"
    if signs.get("is_embedded") is True:
        return "embedded"
    if not prefix:
        return ""
    if base_prefix and prefix != base_prefix:
        return "venv"
    if "/.pyenv/versions/" in prefix or "\\pyenv-win\\" in prefix:
        return "pyenv"
    if "/uv/python/" in prefix:
        return "uv python"
    return "system"


def read_packages(answers: Answers) -> tuple[Package, ...] | Unknown:
    """Read the packages that have to do with the GPU, in import order, then conda's own."""
    found = dict_of(answers, "python.packages")
    if isinstance(found, Unknown):
        return found
    conda = read_conda_packages(answers)
    packages = [_package(entry, conda) for entry in objects_in(found.get("packages"))]
    names = {package.name for package in packages}
    return (*packages, *(package for package in conda if package.name not in names))


def _package(found: dict[str, Any], conda: tuple[Package, ...]) -> Package:
    name, installer = words(found.get("name")), words(found.get("installer"))
    record = next((package for package in conda if package.name == name and installer == "conda"), None)
    has_record = found.get("has_record") is True
    return Package(
        name=name,
        version=words(found.get("version")),
        location=words(found.get("location")),
        installer=installer,
        is_complete=found.get("has_metadata") is not False and (has_record or installer not in _RECORDING_INSTALLERS),
        build=record.build if record else "",
        channel=record.channel if record else "",
        installed_at=whole(found.get("installed_at")),
        is_requested=found.get("requested") is True,
    )


def read_conda_packages(answers: Answers) -> tuple[Package, ...]:
    """Read conda's records; empty where the environment is not conda's."""
    found = list_of(answers, "python.conda_packages")
    if isinstance(found, Unknown):
        return ()
    return tuple(
        Package(
            name=words(record.get("name")),
            version=words(record.get("version")),
            installer="conda",
            build=words(record.get("build")),
            channel=channel_name(words(record.get("channel"))),
        )
        for record in objects(found)
    )


def channel_name(url: str) -> str:
    """Shorten https://conda.anaconda.org/conda-forge/linux-64 to conda-forge, and pkgs/main to defaults."""
    parts = [part for part in url.split("/") if part and ":" not in part]
    if "pkgs" in parts:
        return "defaults"
    if parts and parts[-1].split("-")[0] in ("linux", "win", "osx", "noarch"):
        parts.pop()
    return parts[-1] if parts else ""


def read_half_removed(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the folders that an interrupted pip left: ``~orch`` for torch."""
    found = dict_of(answers, "python.packages")
    if isinstance(found, Unknown):
        return found
    left = found.get("half_removed")
    return tuple(path for path in left if isinstance(path, str)) if isinstance(left, list) else ()


def read_conda_history(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the last commands that changed the conda environment."""
    return names_of(answers, "python.conda_history")
