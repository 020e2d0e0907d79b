"""``pip list``, ``pip freeze``, ``pip show``, ``conda list`` and what conda is about to install, line by line.

Only packages that say something about the GPU stack are kept. Sample lines: ``torch  2.0.1+cpu``,
``torch==1.8.1+cu111``, ``[conda] pytorch 1.12.1 py3.9_cpu_0 pytorch``, ``pkgs/main::pytorch-1.7.1-py38_cpu_0``.
"""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Package
from gpuproof.core.facts.version import dotted

NAMES = frozenset(
    ["torch", "pytorch", "torchvision", "torchaudio", "torchtext", "cpuonly", "cudatoolkit", "pytorch-cuda", "pytorch-mutex", "pytorch-gpu", "pytorch-cpu", "libtorch", "cudnn", "triton", "triton-windows", "xformers", "flash-attn", "bitsandbytes", "onnxruntime", "onnxruntime-gpu", "tensorflow", "tensorflow-gpu", "tensorflow-cpu", "numpy", "vllm", "nccl", "cuda-version", "cuda-runtime", "cuda-toolkit", "ctranslate2", "faster-whisper", "deepspeed", "apex", "mmcv", "mmcv-full", "detectron2", "torch-scatter", "torch-sparse", "auto-gptq", "causal-conv1d", "mamba-ssm", "torch-directml", "sageattention", "torchao", "flashinfer-python"]  # noqa: E501
)  # fmt: skip
_PAIR = re.compile(r"""["']([\w\-]{2,40})["']\s{0,20}:\s{0,20}["'](\d[\w.+]{0,40})\s*["'],?$""")  # of a JSON list
_LISTED = re.compile(r"\bpip3? (?:list|show|freeze)\b.{0,40}?\btorch[ =]{1,3}(\d\.\d{1,2}\.\d{1,2}\+\w{2,12})")
_PREFIXES = ("[pip3]", "[pip]", "[conda]", "│", "|", "-", "*", "+", "#")


def read(found: str, draft: Draft) -> list[str]:
    """Collect the packages, then let them tell the torch build where nothing better did."""
    kinds: list[str] = []
    shown_name = ""
    for line in found.split("\n"):
        if len(line) > 400:
            continue
        package = _conda_plan(line) or _pip_said(line) or _package(line, shown_name)
        if line.startswith("Name: "):
            shown_name = line[6:].strip().lower().replace("_", "-")
        elif not line.startswith("Version: "):
            shown_name = shown_name if ":" in line else ""
        if package is not None and len(draft.packages) < 400:
            draft.add_package(package)
            kinds = kinds or [f"{package.installer} list"]
    _tell_torch(draft)
    return kinds


def _package(line: str, shown_name: str) -> Package | None:
    stripped = line.strip()
    if shown_name in NAMES and stripped.startswith("Version: "):
        return Package(name=shown_name, version=stripped[9:].strip(), installer="pip")
    installer = "conda" if stripped.startswith("[conda]") else ""
    for prefix in _PREFIXES:
        if stripped.startswith(prefix):
            stripped = stripped[len(prefix) :].strip()
            break
    pair = _PAIR.match(stripped)
    if pair is not None:
        return _made(pair.group(1), pair.group(2), "pip")
    tokens = stripped.strip("│|").split()
    if len(tokens) == 1 and "==" in tokens[0]:
        name, _, version = tokens[0].partition("==")
        return _made(name, version, "pip")
    if len(tokens) >= 3 and tokens[1] == "@":
        return _made(tokens[0], _version_in_url(tokens[2]), "pip")
    if not 2 <= len(tokens) <= 5 or not tokens[1][:1].isdigit():
        return None
    if len(tokens) >= 3 and (installer or _is_build(tokens[2])):
        by_pip = tokens[2] in ("pypi_0", "<pip>") or "pypi" in tokens[3:]
        build = "" if by_pip else tokens[2]
        channel = tokens[3] if len(tokens) > 3 else ""
        return _made(tokens[0], tokens[1], "pip" if by_pip else "conda", build, channel)
    is_row = len(tokens) == 2 or "/" in tokens[2] or "\\" in tokens[2]
    return _made(tokens[0], tokens[1], installer or "pip") if is_row else None


def _pip_said(line: str) -> Package | None:
    """``Requirement already satisfied: torch>=1.3 in D:\\envs (from x) (1.6.0+cpu)``: what is installed."""
    if "pip" in line and "+" in line and (listed := _LISTED.search(line)) is not None:
        return _made("torch", listed.group(1), "pip")
    if "equirement already" not in line:
        return None
    match = re.search(r"(?:satisfied|up-to-date): ([\w\-]{2,40}).{0,300}\((\d[\w.+]{0,30})\)\s*$", line)
    return _made(match.group(1), match.group(2), "pip") if match is not None else None


def _is_build(token: str) -> bool:
    return token in ("<pip>", "pypi_0", "cpu", "cuda") or ("_" in token and token[:1].isalnum()) or token.isdigit()


def _made(name: str, version: str, installer: str, build: str = "", channel: str = "") -> Package | None:
    name = name.lower().replace("_", "-").strip("'\"")
    if name not in NAMES and not name.startswith(("nvidia-", "torch-")):
        return None
    version = version.strip("'\",;")
    return Package(name=name, version=version, installer=installer, build=build, channel=channel) if version else None


def _version_in_url(url: str) -> str:
    match = re.search(r"-(\d[\w.%+]{0,40})-cp", url[:400])
    return match.group(1).replace("%2B", "+") if match else ""


def _conda_plan(line: str) -> Package | None:
    """``pytorch  conda-forge/linux-64::pytorch-1.13.0-cpu_py310he6dde1f_0``, or a URL with the same last part."""
    for name in ("pytorch", "cpuonly", "libtorch", "pytorch-mutex"):
        start = max(line.find(f"::{name}-"), line.find(f"64/{name}-"))
        if start >= 0:
            word = line[start:].lstrip(":64/").split()[0]
            parts = word.removesuffix(".conda").removesuffix(".tar.bz2").rsplit("-", 2)
            if len(parts) == 3 and parts[1][:1].isdigit():
                return Package(name=parts[0], version=parts[1], installer="conda", build=parts[2])
    return None


def _tell_torch(draft: Draft) -> None:
    conda = draft.packages.get(("pytorch", "conda")) or draft.packages.get(("libtorch", "conda"))
    pip = draft.packages.get(("torch", "pip")) or draft.packages.get(("torch", "conda"))
    if conda is not None:
        draft.torch_conda_build = conda.build
        if not draft.torch_version and pip is None:
            draft.torch_version = conda.version
        if draft.torch_has_cuda is None and pip is None:
            _tell_from_build(conda.build, draft)
    if pip is not None:
        draft.torch_version = draft.torch_version or pip.version
    if draft.torch_has_cuda is None:
        tell_from_version(draft.torch_version, draft)
    if draft.torch_has_cuda is None and draft.torch_version:
        _tell_from_companions(draft)


def _tell_from_build(build: str, draft: Draft) -> None:
    low = build.lower()
    cuda = re.search(r"cuda_?(\d{1,2}\.?\d{1,2})", low)
    if "cpu" in low and "cuda" not in low:
        draft.torch_has_cuda = False
    elif cuda is not None:
        digits = cuda.group(1)
        draft.torch_has_cuda = True
        draft.torch_cuda = dotted(digits if "." in digits else _with_dot(digits))


def tell_from_version(version: str, draft: Draft) -> None:
    """``+cu118`` and ``+cpu`` say what is in the build; a bare version does not."""
    _, plus, local = version.lower().partition("+")
    if not plus:
        return
    if local.startswith("cpu"):
        draft.torch_has_cuda = False
    elif local.startswith("rocm"):
        draft.torch_hip, draft.torch_has_cuda = local[4:] or "?", False
    elif local.startswith("cu") and local[2:5].rstrip(".").isdigit():
        digits = "".join(character for character in local[2:5] if character.isdigit())
        draft.torch_cuda, draft.torch_has_cuda = dotted(_with_dot(digits)), True


def _with_dot(digits: str) -> str:
    """``92`` is 9.2, ``101`` is 10.1, ``118`` is 11.8."""
    return f"{digits[:-1]}.{digits[-1]}" if len(digits) > 1 else digits


def _tell_from_companions(draft: Draft) -> None:
    """The CUDA libraries that pip installs beside a CUDA build (since torch 1.13 on Linux) tell its family."""
    for name, _ in draft.packages:
        if name.startswith("nvidia-cuda-runtime"):
            runtime = draft.packages[(name, _)].version
            short = ".".join(runtime.split(".")[:2])
            if dotted(short) is not None:
                draft.torch_cuda, draft.torch_has_cuda = dotted(short), True
                return
