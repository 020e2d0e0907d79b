"""Software beside torch that keeps parts of the work off the GPU, slows it, or will break at the next restart."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.context import has_nvidia_gpu, system_of, torch_build
from gpuproof.core.diagnose.damage import damage
from gpuproof.core.diagnose.loaded import foreign_libraries, kernels_fail
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.diagnose.remedies.commands import pip_prefix
from gpuproof.core.diagnose.remedies.repair import whole_again
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import Companion
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

# variables that make every call wait, or the memory of the card to be fetched anew each time
_SLOW_WHEN_ON = ("CUDA_LAUNCH_BLOCKING", "PYTORCH_NO_CUDA_MEMORY_CACHING")
_BOUND_TO_TORCH = ("flash-attn", "xformers")
_FAMILY = ("torch", "torchvision", "torchaudio", "triton", "xformers", "flash-attn")
_CUDNN_LIBRARY = re.compile(r"libcudnn(?:_\w{1,40})?\.so\.(\d{1,2})\b")


def onnx_on_cpu(machine: Machine) -> Observed | None:
    """Face detection and lip sync often run in ONNX Runtime; its plain package has no GPU in it."""
    providers = machine.onnx_providers
    names = _installed(machine, "onnxruntime")
    if not names or isinstance(providers, Unknown) or has_nvidia_gpu(machine) is not True:
        return None
    if any(word in provider for provider in providers for word in ("CUDA", "Tensorrt", "Dml", "DirectML")):
        return None
    pip = pip_prefix(machine)
    return Observed(
        text("ONNX Runtime in this Python has no GPU: programs that use it run on the processor"),
        (
            text("it offers {providers}", providers=", ".join(providers) or "?"),
            text("installed: {names}", names=", ".join(names)),
        ),
        (
            Step(
                text("Only where your program uses ONNX Runtime: take the plain package out and the GPU package in"),
                f"{pip} uninstall -y onnxruntime onnxruntime-gpu && {pip} install onnxruntime-gpu",
            ),
        ),
    )


def onnx_twice(machine: Machine) -> Observed | None:
    """Both packages fill the same folder; whichever came last is there, and either may be broken."""
    names = _installed(machine, "onnxruntime")
    if not {"onnxruntime", "onnxruntime-gpu"} <= {name.split(" ")[0] for name in names}:
        return None
    pip = pip_prefix(machine)
    return Observed(
        text("Both packages of ONNX Runtime are installed over each other: the GPU one may not be the one that runs"),
        (text("installed: {names}", names=", ".join(names)),),
        (
            Step(
                text("Remove both, then install the GPU package alone"),
                f"{pip} uninstall -y onnxruntime onnxruntime-gpu && {pip} install onnxruntime-gpu",
            ),
        ),
    )


def _installed(machine: Machine, stem: str) -> tuple[str, ...]:
    packages = () if isinstance(machine.packages, Unknown) else machine.packages
    return tuple(f"{package.name} {package.version}" for package in packages if package.name.startswith(stem))


def slow_variables(machine: Machine) -> Observed | None:
    """Settings for finding faults that stay in an environment slow every run."""
    values = ((name, machine.variable(name)) for name in _SLOW_WHEN_ON)
    on = [(name, value) for name, value in values if isinstance(value, str) and value not in ("", "0")]
    if not on:
        return None
    clear = "set {}=" if system_of(machine) == "windows" else "unset {}"
    return Observed(
        text("A variable that is meant for finding faults is set: it slows every run on the GPU"),
        tuple(text("{name} is {value}", name=name, value=value) for name, value in on),
        tuple(Step(text("Clear it where the program is started"), clear.format(name)) for name, _ in on),
    )


def cudnn_off(machine: Machine) -> Observed | None:
    """Convolutions without cuDNN are several times slower."""
    found = machine.torch_configuration
    build = torch_build(machine)
    if isinstance(found, Unknown) or found.cudnn_enabled is not False or build is None or build.cuda_version is None:
        return None
    return Observed(
        text("cuDNN is switched off in this torch: convolutions run several times more slowly"),
        (text("torch.backends.cudnn.enabled is False as soon as torch is imported"),),
        (
            Step(
                text("Search the start-up files and your program for it, and take it out"),
                'python -c "import torch; print(torch.backends.cudnn.enabled)"',
            ),
        ),
    )


def restart_due(machine: Machine) -> Observed | None:
    """The driver on disk is another one than the running one: until a restart any update of libraries breaks it."""
    running, waiting = machine.driver_version, machine.driver_on_disk
    if isinstance(running, Unknown) or isinstance(waiting, Unknown) or running == waiting:
        return None
    return Observed(
        text("Another driver is installed than the one that runs: restart before it fails"),
        (text("driver {running} runs, {waiting} is on disk", running=running, waiting=waiting),),
        (Step(text("Restart the machine"), "sudo reboot"),),
    )


def other_torch(machine: Machine) -> Observed | None:
    """flash-attn and xformers hold code for exactly one torch; beside another their import fails or they do nothing."""
    build = torch_build(machine)
    if build is None or isinstance(machine.companions, Unknown):
        return None
    others = [one for one in machine.companions if one.name in _BOUND_TO_TORCH and _is_for_another(one, build.version)]
    if not others:
        return None
    evidence = tuple(
        text(
            "{name} {version} was made for torch {line}, installed is torch {torch}",
            name=one.name,
            version=one.version,
            line=one.torch_version,
            torch=build.version,
        )
        for one in others
    )
    names = " ".join(one.name for one in others)
    again = f"{pip_prefix(machine)} install --force-reinstall --no-deps --no-build-isolation {names}"
    return Observed(
        text("An extension was made for another torch: programs that use it may fail, or go without it"),
        evidence,
        (Step(text("Install it anew in a version for this torch, or take it out where it is optional"), again),),
    )


def _is_for_another(companion: Companion, torch: str) -> bool:
    made_for = (companion.torch_version or "").split("+")[0].split(".")[:2]
    return len(made_for) == 2 and made_for != torch.split("+")[0].split(".")[:2]


def foreign_loaded(machine: Machine) -> Observed | None:
    """It works, with a CUDA library from elsewhere: an update of that one may break torch."""
    found = foreign_libraries(machine)
    if not found or kernels_fail(machine):
        return None
    return Observed(
        text("torch uses a CUDA library from outside of its own packages: an update of that one may break it"),
        tuple(text("loaded from outside of torch's own packages: {path}", path=path) for _, path in found[:3]),
        (Step(text("See what puts that folder first"), _path_command(machine)),),
    )


def shadowing(machine: Machine) -> Observed | None:
    """LD_LIBRARY_PATH offers a cuDNN of the same major version as torch's own, whose parts the loader may mix."""
    build = torch_build(machine)
    if isinstance(machine.libraries, Unknown) or build is None or build.source != "pip" or build.cuda_version is None:
        return None
    own = {match[1] for match in map(_CUDNN_LIBRARY.search, _own_libraries(machine)) if match}
    offered = [
        library.path
        for library in machine.libraries
        if library.where == "LD_LIBRARY_PATH" and (match := _CUDNN_LIBRARY.match(library.name)) and match[1] in own
    ]
    if not offered:
        return None
    return Observed(
        text("LD_LIBRARY_PATH offers a second cuDNN: its parts may be mixed with those that torch brings"),
        tuple(text("on LD_LIBRARY_PATH: {path}", path=path) for path in offered[:3]),
        (
            Step(
                text("Start without LD_LIBRARY_PATH: torch brings its own CUDA libraries"),
                "env -u LD_LIBRARY_PATH python app.py",
            ),
        ),
    )


def _own_libraries(machine: Machine) -> tuple[str, ...]:
    return () if isinstance(machine.wheel_libraries, Unknown) else tuple(one.name for one in machine.wheel_libraries)


def _path_command(machine: Machine) -> str:
    return (
        "echo %PATH%"
        if system_of(machine) == "windows"
        else 'echo "$LD_LIBRARY_PATH"; ldconfig -p | grep -E "cudnn|cublas"'
    )


def left_overs(machine: Machine) -> Observed | None:
    """pip warns of them at every run and may take them for an installation."""
    folders = () if isinstance(machine.half_removed, Unknown) else machine.half_removed
    if not folders:
        return None
    evidence: tuple[Text, ...] = tuple(
        text("left by an installation that was broken off: {folder}", folder=folder) for folder in folders[:3]
    )
    return Observed(
        text("An installation was broken off here and left folders behind"),
        evidence,
        (
            Step(
                text(
                    "Delete the folders whose names begin with ~ in site-packages: they are left of a broken "
                    "installation"
                )
            ),
        ),
    )


def incomplete(machine: Machine) -> Observed | None:
    """pip writes the list of files last: without it the installation did not come to its end."""
    packages = () if isinstance(machine.packages, Unknown) else machine.packages
    names = [f"{one.name} {one.version}" for one in packages if one.name in _FAMILY and not one.is_complete]
    if not names:
        return None
    pip = pip_prefix(machine)
    again = " ".join(name.split(" ")[0] for name in names)
    return Observed(
        text("An installation did not come to its end: the package has no list of its files"),
        (text("not complete: {names}", names=", ".join(names)),),
        (
            Step(
                text("Install it anew; where pip cannot remove the old one, delete its folders in site-packages first"),
                f"{pip} install --force-reinstall --no-deps {again}",
            ),
        ),
    )


def files_differ(machine: Machine) -> Observed | None:
    """No import failed, and libraries are not those that were installed: made smaller on purpose, or overwritten."""
    found = damage(machine)
    live = machine.torch_live
    if found is None or found.kind != "damaged-files" or not (isinstance(live, Unknown) or live.imported):
        return None
    return Observed(
        text("Libraries of torch are missing or not as they were installed"),
        found.evidence,
        whole_again(machine, found),
    )


NOTE_RULES = (
    NoteRule(id="software.restart-due", link="driver", look=restart_due, severity="warning"),
    NoteRule(id="software.cudnn-off", link="cuda_libraries", look=cudnn_off, severity="warning"),
    NoteRule(id="software.slow-variables", link="application", look=slow_variables, severity="warning"),
    NoteRule(id="software.onnx-twice", link="cuda_libraries", look=onnx_twice, severity="warning"),
    NoteRule(id="software.onnx-on-cpu", link="cuda_libraries", look=onnx_on_cpu),
    NoteRule(id="software.other-torch", link="cuda_libraries", look=other_torch),
    NoteRule(id="software.foreign-loaded", link="cuda_libraries", look=foreign_loaded),
    NoteRule(id="software.shadowing", link="cuda_libraries", look=shadowing),
    NoteRule(id="software.incomplete", link="torch", look=incomplete),
    NoteRule(id="software.files-differ", link="torch", look=files_differ, severity="warning"),
    NoteRule(id="software.left-overs", link="torch", look=left_overs),
)
