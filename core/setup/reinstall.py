"""Has a torch installed anew when its files are there in the wanted version and cannot be imported."""

from __future__ import annotations

import threading
from dataclasses import replace

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup.model import Change
from gpuproof.core.setup.network import Network, masked
from gpuproof.core.setup.resolve import resolve
from gpuproof.core.setup.running import ToolRun
from gpuproof.core.setup.sources import Source
from gpuproof.core.setup.tools import Pip
from gpuproof.core.words import Text, text

# pip and uv know both; what torch needs beside itself is there already
_ANEW = ("--force-reinstall", "--no-deps")


def is_broken(machine: Machine) -> bool:
    """Tell whether torch is there and was seen to fail when it was imported."""
    is_there = not isinstance(machine.torch, Unknown)
    return is_there and not isinstance(machine.torch_live, Unknown) and not machine.torch_live.imported


def anew(pip: Pip, source: Source, installed: str, network: Network, cancel: threading.Event | None) -> Source:
    """Return the source with the installed version fetched once more, and nothing else.

    Raises ``CouldNotFinish`` when no source has it any longer.
    """
    requirements, options = (f"torch=={installed}",), (*source.options, *_ANEW)
    found = resolve(pip, requirements, options=options, fresh=False, environment=network.environment, cancel=cancel)
    if isinstance(found, ToolRun):
        raise CouldNotFinish(
            text(
                "torch {version} is there and cannot be imported, and no source has it to install it anew: {reason}",
                version=installed,
                reason=masked(found.last_error),
            ),
            text("`gpuproof setup --new FOLDER` makes an environment of its own instead."),
        )
    return replace(source, torch=installed, requirements=requirements, options=options, resolution=found)


def is_anew(source: Source) -> bool:
    """Tell whether a source is there to repeat an installation."""
    return source.options[-len(_ANEW) :] == _ANEW


def anew_change(source: Source) -> tuple[Change, ...]:
    """Return torch as the one package that is written again in the same version."""
    return (Change(name="torch", before=source.torch, after=source.torch),)


def anew_words(source: Source) -> Text:
    """Say why a version that is there already is installed."""
    return text("torch {version} is there and cannot be imported; it is installed anew.", version=source.torch)
