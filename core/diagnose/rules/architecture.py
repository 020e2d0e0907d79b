"""The code in the build against the card: a set of architectures, binary compatible within a major, PTX forward."""

from __future__ import annotations

from gpuproof.core.diagnose.arch_lists import build_fits, codes_of
from gpuproof.core.diagnose.context import (
    capabilities,
    complains,
    has,
    is_available,
    kernels_work,
    quotes,
    seen,
    tool_gpus,
    torch_build,
    torch_live,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed
from gpuproof.core.diagnose.model import CannotTell, Confidence, Passed, Rule, Verdict
from gpuproof.core.facts.machine import ComputeCapability, Machine
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.words import Text, text

_NO_KERNEL = ("arch.no-kernel", "arch.not-compatible")
_INVALID = ("arch.invalid-function",)
_LEAST = (3, 7)  # no wheel since torch 1.3.1 has code for a card below this
_EXTENSIONS = (
    "extension.bitsandbytes",
    "extension.flash-attn",
    "extension.xformers",
    "extension.not-compiled",
    "extension.named",
    "extension.onnxruntime",
)


def _direction(capability: ComputeCapability, codes: tuple[str, ...]) -> str:
    """Return which side of the list the card stands on, for a card that none of the codes runs on.

    In a gap of the list a Blackwell-era card (Thor) waits for its code, an older one has lost it.
    """
    newest = max(int(code.rsplit("_", 1)[-1].rstrip("af")) for code in codes)
    is_newer = capability.major * 10 + capability.minor > newest or capability.major >= 10
    return "arch_too_new" if is_newer else "arch_too_old"


def _misfits(machine: Machine) -> list[tuple[str, tuple[Text, ...], Confidence]]:
    from gpuproof.core.knowledge import runs_on

    codes, sure = codes_of(machine)
    if has(machine, *_NO_KERNEL):  # PTX that would have been compiled for the card was not: it cannot count
        codes = tuple(code for code in codes if code.startswith("sm_")) or codes
    build = torch_build(machine)
    found: list[tuple[str, tuple[Text, ...], Confidence]] = []
    for name, capability in capabilities(machine) if codes else ():
        if runs_on(codes, capability, build.cuda_version if build is not None else None) is False:
            evidence = (
                text("{name} has compute capability {capability}", name=name, capability=capability),
                text("the torch build has code for {codes}", codes=" ".join(codes)),
            )
            found.append((_direction(capability, codes), evidence, sure))
    return found


def _check(cause: str, machine: Machine) -> Verdict:
    said = seen(machine, *_NO_KERNEL)
    ids = {
        "arch_too_old": ("arch.too-old-said", "arch.container-too-old"),
        "arch_too_new": ("arch.toolkit-too-old", "arch.container-too-new", "arch.tensorflow-new"),
    }
    stated = seen(machine, *ids[cause])
    if is_available(machine) is True and build_fits(machine) is not False:  # only Triton's compiler is too old
        stated = tuple(symptom for symptom in stated if "option 'gpu-name'" not in symptom.line)
    if stated and not has(machine, "extension.cuda-build"):
        return by_message(cause, machine, (*stated, *said))
    misfits = _misfits(machine)
    mine = [found for found in misfits if found[0] == cause]
    alone = _counts_alone(machine)
    if mine and (said or alone or _one_named_card(machine)):
        sure: Confidence = "certain" if said or mine[0][2] == "certain" else ("likely" if alone else "possible")
        return failed(cause, machine, (*mine[0][1], *quotes(said)), sure)
    if not misfits and said and not has(machine, *_EXTENSIONS) and not build_fits(machine):
        guess = _by_generation(machine)
        if guess == cause:
            return failed(cause, machine, quotes(said), "likely")
        if guess is None and not capabilities(machine):
            return CannotTell(
                unknowns(machine.gpus), ask=text("Which card is it, and which code is in the torch build?")
            )
    troubled = complains(machine) or has(machine, "hint.runtime-error")
    if cause == "arch_too_old" and (not codes_of(machine)[0] or said) and troubled:
        below = [(name, one) for name, one in capabilities(machine) if (one.major, one.minor) < _LEAST]
        if below and len(below) == len(capabilities(machine)):
            shown = text("{name} has compute capability {capability}", name=below[0][0], capability=below[0][1])
            return failed(cause, machine, (shown, *quotes(said)), "possible")
    codes, _ = codes_of(machine)
    missing = unknowns(machine.gpus, machine.torch) if not codes or not capabilities(machine) else ()
    return CannotTell(missing) if missing else Passed()


def _counts_alone(machine: Machine) -> bool:
    """Without a message the card must be named by a tool, or something must have gone wrong."""
    if kernels_work(machine):
        return False
    live = torch_live(machine)
    devices = live.devices if live is not None else ()
    troubled = complains(machine) or any(symptom.id.startswith("program.") for symptom in machine.symptoms)
    return bool(devices or tool_gpus(machine)) or (troubled and is_available(machine) is not False)


def _one_named_card(machine: Machine) -> bool:
    """A person names one card and pastes a build that has nothing for it; no word that anything works."""
    works = any(symptom.id.startswith(("works.", "program.")) for symptom in machine.symptoms)
    return len(capabilities(machine)) == 1 and is_available(machine) is None and not works


def _by_generation(machine: Machine) -> str | None:
    """Without a list of code, the CUDA of the build and the card's generation say which side it is."""
    build = torch_build(machine)
    cuda = build.cuda_version if build is not None else None
    guesses = (_one_generation(capability, cuda) for _, capability in capabilities(machine))
    return next((guess for guess in guesses if guess is not None), None)


def _one_generation(capability: ComputeCapability, cuda: DottedVersion | None) -> str | None:
    if capability.major >= 10:
        return "arch_too_new"
    if capability.major <= 3:
        return "arch_too_old"
    if cuda is not None and (capability.major, capability.minor) < (7, 5):
        return "arch_too_old" if cuda.parts >= (12, 8) else None
    if capability.major >= 8:
        return "arch_too_new" if cuda is None or cuda.parts < (11, 8) else None
    return "arch_too_old" if capability.major <= 6 else None


def arch_too_new(machine: Machine) -> Verdict:
    """Fail when the card is newer than everything in the build; ``is_available()`` is True all the same."""
    return _check("arch_too_new", machine)


def arch_too_old(machine: Machine) -> Verdict:
    """Fail when the build no longer has code for so old a card."""
    return _check("arch_too_old", machine)


RULES = (
    Rule(id="arch.new-enough-build", cause="arch_too_new", link="torch", check=arch_too_new),
    Rule(id="arch.card-still-covered", cause="arch_too_old", link="torch", check=arch_too_old),
)
