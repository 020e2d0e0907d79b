"""Makes the plan of a set-up: refusals first, then source, exact commands, changes, size and room. Changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.knowledge import torch_release
from gpuproof.core.launch.starting import existing_interpreter
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.recommend.model import Choice, Recommendation
from gpuproof.core.setup.bases import base_interpreter, minor_version
from gpuproof.core.setup.bench_plan import free_bytes, needed_bytes, plain_variant, python_in, require_room, shown
from gpuproof.core.setup.install import command_of
from gpuproof.core.setup.model import Change, SetupPlan
from gpuproof.core.setup.network import Network, masked
from gpuproof.core.setup.packages import changes_of, installed_packages
from gpuproof.core.setup.refusals import refuse_new_folder, refuse_running, refuse_unsuitable, running_words
from gpuproof.core.setup.reinstall import anew, anew_change, anew_words, is_anew, is_broken
from gpuproof.core.setup.resolve import Resolution
from gpuproof.core.setup.sources import Source, Wanted, choose_source
from gpuproof.core.setup.tools import Pip, pip_for
from gpuproof.core.setup.undo import require_none_at_work
from gpuproof.core.words import Text, text

_COMPANIONS = ("torchvision", "torchaudio")
# built against one torch release: they break when it changes under them
_BUILT_AGAINST_TORCH = ("xformers", "flash-attn", "torch-scatter", "torch-sparse", "mmcv", "detectron2", "pytorch3d")


def plan_existing(
    interpreter: str,
    machine: Machine,
    recommendation: Recommendation,
    *,
    network: Network | None = None,
    constraints_file: Path | None = None,
    cancel: threading.Event | None = None,
    look_only: bool = False,
) -> SetupPlan:
    """Plan to mend the environment that was inspected; raises ``UserProblem`` where it must be left alone.

    ``look_only``: the plan is shown and not carried out, so programs that still run there are a warning.
    """
    require_none_at_work()
    choice, network, prefix = _choice(recommendation), network or Network(), prefix_of(machine, interpreter)
    warned = _refused_or_warned(prefix, look_only)
    before = installed_packages(prefix)
    pip = pip_for(existing_interpreter(interpreter))
    source = _source_for_existing(pip, choice, network, before, cancel, is_broken(machine))
    changes = anew_change(source) if is_anew(source) else changes_of(before, source.resolution)
    return _checked(
        SetupPlan(
            interpreter=interpreter,
            prefix=prefix,
            is_new=False,
            base_interpreter=interpreter,
            torch=source.torch,
            variant=choice.variant,
            source=source,
            changes=changes,
            commands=(_install_command(pip, interpreter, source),) if changes else (),
            needed_bytes=needed_bytes(source.resolution.total_bytes) if changes else 0,
            free_bytes=free_bytes(prefix),
            warnings=(*_warnings(recommendation, choice, source, before, changes), *warned),
            had_gpu=_had_gpu(machine),
            environment=network.environment,
            constraints_file=constraints_file,
        )
    )


def _refused_or_warned(prefix: Path, look_only: bool) -> tuple[Text, ...]:
    refuse_unsuitable(prefix)
    if not look_only:
        refuse_running(prefix)
    words = running_words(prefix) if look_only else None
    return (words,) if words else ()


def _source_for_existing(
    pip: Pip,
    choice: Choice,
    network: Network,
    before: dict[str, str],
    cancel: threading.Event | None,
    torch_is_broken: bool,
) -> Source:
    present = [name for name in _COMPANIONS if name in before]
    source = choose_source(
        pip,
        _wanted(choice, network),
        lambda version: _companions(version, present),
        environment=network.environment,
        fresh=False,
        cancel=cancel,
    )
    source = _never_backwards(source, before.get("torch", ""), choice)
    if torch_is_broken and "torch" in before and not changes_of(before, source.resolution):
        return anew(pip, source, before["torch"], network, cancel)
    return source


def plan_new(
    folder: Path,
    recommendation: Recommendation,
    *,
    network: Network | None = None,
    constraints_file: Path | None = None,
    cancel: threading.Event | None = None,
) -> SetupPlan:
    """Plan a new virtual environment in a folder that does not exist yet or is empty."""
    require_none_at_work()
    choice, network, folder = _choice(recommendation), network or Network(), folder.expanduser().absolute()
    refuse_new_folder(folder)
    base = _base_for(choice)
    source = choose_source(
        pip_for(base),
        _wanted(choice, network),
        lambda version: (*_companions(version, _COMPANIONS, also=("numpy",)), ("numpy",)),
        environment=network.environment,
        cancel=cancel,
    )
    interpreter = str(python_in(folder))
    install = _install_command(Pip((interpreter, "-m", "pip"), (0, 0)), interpreter, source)
    return _checked(
        SetupPlan(
            interpreter=interpreter,
            prefix=folder,
            is_new=True,
            base_interpreter=base,
            torch=source.torch,
            variant=choice.variant,
            source=source,
            changes=changes_of({}, source.resolution),
            commands=(shown((base, "-m", "venv", str(folder))), install),
            needed_bytes=needed_bytes(source.resolution.total_bytes),
            free_bytes=free_bytes(folder),
            warnings=_older_release(choice, source),
            environment=network.environment,
            constraints_file=constraints_file,
        )
    )


def prefix_of(machine: Machine, interpreter: str) -> Path:
    """Return the folder of an environment as its Python told it, else as its place suggests."""
    if not isinstance(machine.python, Unknown) and machine.python.prefix:
        return Path(machine.python.prefix)
    folder = Path(interpreter).parent
    return folder.parent if folder.name in ("bin", "Scripts") else folder


def _choice(recommendation: Recommendation) -> Choice:
    if recommendation.choice is not None:
        return recommendation.choice
    reasons = "; ".join(str(words) for words in (*recommendation.missing, *recommendation.because))
    raise CouldNotFinish(
        text("There is no torch wheel to set up: {reasons}", reasons=reasons or "-"),
        text("`gpuproof recommend` says why each wheel was left out."),
    )


def _wanted(choice: Choice, network: Network) -> Wanted:
    return Wanted(
        torch=choice.torch,
        variant=choice.variant,
        index_url=network.index_for(choice.variant, choice.index_url),
        plain_variant=plain_variant,
    )


def _companions(version: str, names: Sequence[str], *, also: tuple[str, ...] = ()) -> tuple[tuple[str, ...], ...]:
    """Return the packages that go with a torch release: all that are asked for, then none of them."""
    release = torch_release(version)
    pairs = {
        "torchvision": release.torchvision if release else None,
        "torchaudio": release.torchaudio if release else None,
    }
    exact = tuple(f"{name}=={pairs[name]}" for name in names if pairs[name])
    return ((*exact, *also), also) if exact else (also,)


def _base_for(choice: Choice) -> str:
    release = torch_release(choice.torch)
    pythons = sorted(
        {minor_version(python) for found in release.pythons.values() for python in found} if release else ()
    )
    return base_interpreter(oldest=pythons[0], newest=pythons[-1]) if pythons else base_interpreter()


def _install_command(pip: Pip, interpreter: str, source: Source) -> str:
    return masked(shown(tuple(command_of(pip, interpreter, source.requirements, source.options))))


def _had_gpu(machine: Machine) -> bool | None:
    return None if isinstance(machine.torch_live, Unknown) else machine.torch_live.is_available


def _never_backwards(source: Source, installed: str, choice: Choice) -> Source:
    """Keep the torch that is there when the sources only have an older release of the same build."""
    from gpuproof.core.facts.version import dotted

    found, present = dotted(source.torch.partition("+")[0]), dotted(installed.partition("+")[0])
    is_same_build = installed.partition("+")[2] == choice.variant
    is_fallback = source.torch.partition("+")[0] != choice.torch
    if is_fallback and is_same_build and found is not None and present is not None and present >= found:
        return replace(source, torch=installed, requirements=(), resolution=Resolution(()))
    return source


def _warnings(
    recommendation: Recommendation,
    choice: Choice,
    source: Source,
    before: dict[str, str],
    changes: Sequence[Change],
) -> tuple[Text, ...]:
    return (
        *((anew_words(source),) if is_anew(source) else ()),
        *_older_release(choice, source),
        *_fits_already(recommendation, changes),
        *_will_not_fit(before, changes),
    )


def _older_release(choice: Choice, source: Source) -> tuple[Text, ...]:
    if source.torch.partition("+")[0] == choice.torch:
        return ()
    return (
        text(
            "torch {wanted} was recommended; the sources that can be reached have {found} for {variant}.",
            wanted=choice.torch,
            found=source.torch,
            variant=choice.variant,
        ),
    )


def _fits_already(recommendation: Recommendation, changes: Sequence[Change]) -> tuple[Text, ...]:
    if not (recommendation.installed_fits and any(change.name == "torch" for change in changes)):
        return ()
    return (text("The torch that is there fits this machine already; this only makes it newer."),)


def _will_not_fit(before: dict[str, str], changes: Sequence[Change]) -> tuple[Text, ...]:
    changed = {change.name for change in changes if change.before != change.after}
    if "torch" not in changed:
        return ()
    left = [name for name in (*_COMPANIONS, *_BUILT_AGAINST_TORCH) if name in before and name not in changed]
    return tuple(
        text(
            "{name} {version} was built for the torch that is there now; it may have to be installed again.",
            name=name,
            version=before[name],
        )
        for name in left
    )


def _checked(plan: SetupPlan) -> SetupPlan:
    require_room(plan.prefix, plan.needed_bytes, plan.free_bytes)
    return plan
