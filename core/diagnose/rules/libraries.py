"""What is loaded beside torch: cuDNN, CUDA libraries, torchvision, extensions, and a second torch."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.arch_lists import build_fits
from gpuproof.core.diagnose.context import (
    has,
    has_cuda_build,
    is_available,
    is_wsl,
    quotes,
    seen,
    torch_build,
    torch_live,
    unknowns,
)
from gpuproof.core.diagnose.damage import Damage, damage
from gpuproof.core.diagnose.loaded import foreign_paths, kernels_fail
from gpuproof.core.diagnose.making import by_message, failed, no_message, with_evidence
from gpuproof.core.diagnose.model import CannotTell, Passed, Rule, Verdict
from gpuproof.core.diagnose.pairs import pair_misfit
from gpuproof.core.facts.machine import Machine, Package, Symptom
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_EXTENSIONS = (
    "extension.bitsandbytes",
    "extension.bitsandbytes-file",
    "extension.flash-attn",
    "extension.ampere",
    "extension.xformers",
    "extension.not-compiled",
    "extension.named",
    "extension.cuda-build",
    "extension.onnxruntime",
    "extension.tensorflow",
    "extension.jax",
    "extension.library-major",
    "extension.symbol",
    "extension.other-programs",
    "extension.llama",
    "extension.tensorflow-blind",
)

_OTHERS = ("extension.tensorflow", "extension.library-major")


def cudnn_conflict(machine: Machine) -> Verdict:
    """Fail when the cuDNN that is loaded is not the one that was built against."""
    said = seen(machine, "cudnn.conflict", "cudnn.symbol", "cudnn.named", "cudnn.missing", "cudnn.dll")
    if said and _blames_another(machine, said):
        return Passed()
    if said and not (is_wsl(machine) and has(machine, "driver.libcuda-missing")):
        return with_evidence(by_message("cudnn_conflict", machine, said), _foreign(machine, cudnn=True))
    vague = seen(machine, "cudnn.not-initialized", "cudnn.engine")
    if vague and not has(machine, "memory.oom", "program.illegal", "program.assert"):
        foreign = _foreign(machine, cudnn=True)
        return failed("cudnn_conflict", machine, (*quotes(vague), *foreign), "likely" if foreign else "possible")
    return _shadowed("cudnn_conflict", machine, cudnn=True)


def _blames_another(machine: Machine, said: tuple[Symptom, ...]) -> bool:
    """``Could not load library libcudnn...: /opt/old/libnvrtc.so: undefined symbol``: the file at fault is no cuDNN."""
    lines = (symptom.line for symptom in seen(machine, "library.other"))
    only_loading = all(symptom.id in ("cudnn.symbol", "cudnn.named") for symptom in said)
    return only_loading and any(
        re.search(r"/lib(?!cudnn)[a-z_]{1,40}\.so[.\d]{0,12}: undefined", line) for line in lines
    )


def cuda_lib_shadow(machine: Machine) -> Verdict:
    """Fail on a symbol that the bundled CUDA library has and the loaded one has not."""
    said = seen(
        machine,
        "library.nvjitlink",
        "library.cublas",
        "library.nccl",
        "library.other",
        "library.stub",
        "library.bundled-missing",
    )
    if said:
        return with_evidence(by_message("cuda_lib_shadow", machine, said), _foreign(machine, cudnn=False))
    return _shadowed("cuda_lib_shadow", machine, cudnn=False)


def _foreign(machine: Machine, *, cudnn: bool) -> tuple[Text, ...]:
    paths = foreign_paths(machine, cudnn=cudnn)
    return tuple(text("loaded from outside of torch's own packages: {path}", path=path) for path in paths[:3])


def _shadowed(cause: str, machine: Machine, *, cudnn: bool) -> Verdict:
    """Kernels fail on a card that the build has code for, and a library is loaded that is not the wheel's."""
    foreign = _foreign(machine, cudnn=cudnn)
    said = any(symptom.id.startswith(("memory.", "arch.", "program.", "gpu.")) for symptom in machine.symptoms)
    if foreign and kernels_fail(machine) and build_fits(machine) and not said:
        return failed(cause, machine, foreign, "likely", id=f"{cause.replace('_', '-')}.loaded")
    return no_message(machine)


def vision_mismatch(machine: Machine) -> Verdict:
    """Fail when torchvision or torchaudio was made for another torch, by message, local version or release table."""
    said = seen(machine, "vision.nms", "vision.cuda-versions", "vision.symbol", "vision.procedure")
    if said:
        return by_message("vision_mismatch", machine, said)
    build = torch_build(machine)
    companion = _misfit(machine, ("torchvision", "torchaudio"))
    if companion is not None:
        return failed("vision_mismatch", machine, (companion,), "likely")
    pair = pair_misfit(machine)
    if pair is not None:
        return failed("vision_mismatch", machine, (pair,), "likely", id="vision-mismatch.release")
    in_words = seen(machine, "vision.said")
    if in_words and not has(machine, "extension.named", "torch.not-importable"):
        return failed("vision_mismatch", machine, quotes(in_words), "possible", id="vision-mismatch.said")
    if build is None or isinstance(machine.packages, Unknown):
        return CannotTell(unknowns(machine.torch, machine.packages))
    for package in machine.packages:
        mismatch = _local_mismatch(build.version, package)
        if mismatch:
            shown = text(
                "torch {torch} beside {name} {version}", torch=build.version, name=package.name, version=package.version
            )
            return failed("vision_mismatch", machine, (shown,), "likely")
    return Passed()


def _local_mismatch(torch_version: str, package: Package) -> bool:
    """``2.0.1+cu118`` beside ``0.15.2+cpu``: a CPU-only companion or one of another CUDA."""
    if package.name not in ("torchvision", "torchaudio") or "+" not in package.version or "+" not in torch_version:
        return False
    mine, other = torch_version.split("+", 1)[1], package.version.split("+", 1)[1]
    both_known = mine.startswith(("cu", "cpu")) and other.startswith(("cu", "cpu"))
    return both_known and mine != other and mine != "cpu"


def _misfit(machine: Machine, names: tuple[str, ...] = ()) -> Text | None:
    """Say which installed companion was built for another CUDA; a CPU-only one only beside a CUDA torch."""
    build = torch_build(machine)
    if isinstance(machine.companions, Unknown) or build is None or build.cuda_version is None:
        return None
    for companion in machine.companions:
        other = companion.cuda_version is not None and companion.cuda_version.major != build.cuda_version.major
        wanted = companion.name in names if names else companion.name not in ("torchvision", "torchaudio")
        cpu_only = companion.is_cpu_build and companion.name != "onnxruntime"  # its CPU package may well be meant
        if wanted and (cpu_only or other):
            found = companion.version or companion.detail
            return text(
                "torch {torch} beside {name} {version}", torch=build.version, name=companion.name, version=found
            )
    return None


def ext_mismatch(machine: Machine) -> Verdict:
    """Fail when an extension's own message says that it does not fit."""
    said = seen(machine, *_EXTENSIONS)
    if is_available(machine) is True:  # TensorFlow and its kin may miss their own libraries beside a torch that works
        said = tuple(symptom for symptom in said if symptom.id not in _OTHERS)
    if said:
        return by_message("ext_mismatch", machine, said)
    companion = _misfit(machine)
    works = is_available(machine) is True and not has(machine, "arch.no-kernel")  # many bring CUDA of their own
    if companion is not None and not works:
        return failed("ext_mismatch", machine, (companion,), "likely")
    no_kernel = seen(machine, "arch.no-kernel")
    if no_kernel and build_fits(machine):
        return failed("ext_mismatch", machine, quotes(no_kernel), "likely", id="ext-mismatch.kernel-of-an-extension")
    return no_message(machine)


def mixed_install(machine: Machine) -> Verdict:
    """Fail when what is imported is not what is installed: two copies, or conda's beside pip's."""
    build = torch_build(machine)
    in_words = seen(machine, "mixed.said")
    if in_words and is_available(machine) is not True:
        return failed("mixed_install", machine, quotes(in_words), "possible")
    if build is None:
        return _not_importable(machine)
    missing = seen(machine, "torch.not-importable")
    if missing and not has(machine, "hint.build-isolation"):  # one Python has it, and another has not
        shown_missing = text("torch {version} ran, and another Python has none", version=build.version or "?")
        return failed("mixed_install", machine, (shown_missing, *quotes(missing)), "likely")
    if build.copies:
        shown = tuple(text("another torch: {copy}", copy=copy) for copy in build.copies[:3])
        return Passed(shown) if is_available(machine) is True else failed("mixed_install", machine, shown, "likely")
    if has_cuda_build(machine) is True and has(machine, "torch.not-compiled"):
        shown_version = text("torch {version} is a CUDA build, and the torch that ran was not", version=build.version)
        return failed("mixed_install", machine, (shown_version, *quotes(seen(machine, "torch.not-compiled"))), "likely")
    packages = () if isinstance(machine.packages, Unknown) else machine.packages
    listed = [package for package in packages if package.name in ("torch", "pytorch") and package.version]
    bare = {package.version.split("+")[0] for package in listed}
    plain = build.version.split("+")[0]
    others = {version for version in bare if not (version.startswith(plain) or plain.startswith(version))}
    kinds = {package.version.split("+")[1] for package in listed if "+" in package.version}
    others |= {f"{plain}+{kind}" for kind in kinds if "+" in build.version and kind != build.version.split("+")[1]}
    live = torch_live(machine)
    differs = bool(others) and bool(plain) and "a0" not in build.version
    if differs and (live is None or live.is_available is not True):
        shown_list = ", ".join(f"{package.name} {package.version} ({package.installer})" for package in listed)
        evidence = (text("torch {version} ran; installed: {listed}", version=build.version, listed=shown_list),)
        return failed(
            "mixed_install", machine, evidence, "likely" if kinds - {""} and not bare - {plain} else "possible"
        )
    return Passed()


def _not_importable(machine: Machine) -> Verdict:
    """Installed and not found: another Python runs than the one that pip or conda installed into."""
    missing = seen(machine, "torch.not-importable")
    listed = () if isinstance(machine.packages, Unknown) else machine.packages
    installed = seen(machine, "hint.torch-installed", "hint.pip-install", "hint.conda-install")
    if missing and (installed or any(package.name in ("torch", "pytorch") for package in listed)):
        return failed("mixed_install", machine, quotes((*missing, *installed[:1])), "likely")
    return CannotTell(unknowns(machine.torch))


def torch_loads(machine: Machine) -> Verdict:
    """Fail when torch's files are not whole, or it cannot be imported and its message names no other fault."""
    live = torch_live(machine)
    if live is None:
        return CannotTell(unknowns(machine.torch_live))
    if live.imported or torch_build(machine) is None:
        return Passed()
    found = damage(machine)
    if found is not None:
        return _damaged(machine, found)
    if any(symptom.source == "import" for symptom in machine.symptoms):
        return Passed()
    title = text("The installed torch cannot be imported: files of it are missing or damaged")
    evidence = _import_error(machine)
    return failed("mixed_install", machine, evidence, "possible", id="mixed-install.not-importable", title=title)


def _damaged(machine: Machine, found: Damage) -> Verdict:
    """What the disk shows outranks the words of the import."""
    title = text("The installed torch is not whole: its files are missing or damaged")
    if found.kind == "no-exec":
        title = text("torch lies on a file system that lets no library run")
    evidence = (*found.evidence, *_import_error(machine))
    return failed("mixed_install", machine, evidence, id=f"mixed-install.{found.kind}", title=title)


def _import_error(machine: Machine) -> tuple[Text, ...]:
    live = torch_live(machine)
    if live is None:
        return ()
    return (text("import torch fails: {error}", error=" ".join(live.import_error.split())[:200] or "?"),)


RULES = (
    Rule(id="libraries.cudnn", cause="cudnn_conflict", link="cuda_libraries", check=cudnn_conflict),
    Rule(id="libraries.cuda", cause="cuda_lib_shadow", link="cuda_libraries", check=cuda_lib_shadow),
    Rule(
        id="torch.vision",
        cause="vision_mismatch",
        link="cuda_libraries",
        check=vision_mismatch,
        source="https://docs.pytorch.org/audio/2.11.0/installation.html",
    ),
    Rule(id="torch.extension", cause="ext_mismatch", link="cuda_libraries", check=ext_mismatch),
    Rule(id="torch.loads", cause="mixed_install", link="torch", check=torch_loads),
    Rule(id="torch.one-copy", cause="mixed_install", link="torch", check=mixed_install),
)
