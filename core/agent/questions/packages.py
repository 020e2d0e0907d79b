"""Installed distributions that have to do with the GPU, read from their metadata folders and never imported."""

from __future__ import annotations

import os
import re
from typing import Any, Iterator

from ..place import Place
from .kinds import ALL, Call

# the whole list of distributions that may be named; all others are only counted
EXACT = (
    "torch", "torchvision", "torchaudio", "torchtext", "torchdata", "torch-directml", "torch-tensorrt", "functorch",
    "torch-xla", "intel-extension-for-pytorch", "triton", "triton-windows", "pytorch-triton", "pytorch-triton-rocm",
    "xformers", "flash-attn", "sageattention", "bitsandbytes", "onnxruntime", "onnxruntime-gpu",
    "onnxruntime-directml", "onnxruntime-rocm", "onnxruntime-openvino", "onnx", "ctranslate2", "faster-whisper",
    "openai-whisper", "tensorrt", "tensorrt-cu12", "tensorrt-cu13", "cupy", "numba", "numba-cuda", "jax", "jaxlib",
    "tensorflow", "tensorflow-gpu", "numpy", "mmcv", "mmcv-full", "mmengine", "deepspeed", "auto-gptq", "apex",
    "vllm", "transformers", "diffusers", "accelerate", "safetensors", "basicsr", "gfpgan", "facexlib", "realesrgan",
    "insightface", "face-alignment", "librosa", "opencv-python", "opencv-python-headless", "opencv-contrib-python",
    "ffmpeg-python", "imageio-ffmpeg", "pip", "uv", "setuptools", "typing-extensions", "gradio", "spandrel", "peft",
    "pytorch-lightning", "lightning", "openvino", "nvidia-ml-py", "pynvml", "light-the-torch", "mkl", "intel-openmp",
    "filelock", "sympy", "networkx", "fsspec", "jinja2", "pillow", "cuda-toolkit", "psutil", "scipy", "scikit-image",
    "scikit-learn", "tqdm", "huggingface-hub", "tokenizers", "einops", "llvmlite", "protobuf", "requests", "urllib3",
    "packaging", "markupsafe", "mpmath", "moviepy", "ffmpy", "av", "decord", "soundfile", "resampy", "mediapipe",
    "dlib", "kornia", "timm", "gdown", "cython", "wheel", "regex", "sentencepiece", "omegaconf", "hydra-core",
    "pyyaml", "matplotlib", "streamlit", "fastapi", "uvicorn", "flask", "grpcio", "ml-dtypes", "opt-einsum",
    "tensorboard", "pydantic", "pydantic-core", "websockets", "aiohttp", "httpx", "pandas", "six", "certifi", "idna",
    "charset-normalizer", "python-dateutil", "addict", "yapf", "lmdb", "opencv-contrib-python-headless", "imageio",
    "pydub", "pyaudio", "audioread", "soxr", "lazy-loader", "joblib", "threadpoolctl", "pooch", "gguf", "optimum",
    "torchsde", "torchmetrics", "pytorch-triton-xpu", "torchao", "torchcodec", "torchscale", "flash-attn-3",
    "nvidia-cudnn", "hf-xet", "hf-transfer", "modelscope", "funasr", "edge-tts", "cuda-python", "cuda-bindings",
    "cuda-pathfinder", "ninja", "pybind11", "mypy-extensions", "oneccl-bind-pt", "onnxruntime-training", "onnxsim",
    "rapidocr-onnxruntime", "paddlepaddle", "paddlepaddle-gpu", "mxnet", "mindspore", "virtualenv", "pipx", "poetry",
    "conda", "anaconda-client", "distro", "ipython", "jupyter", "jupyterlab", "notebook", "comfyui-frontend-package",
    "comfyui-manager",
)  # fmt: skip
PREFIXES = ("nvidia-", "cuda-", "cupy-", "jax-cuda", "torch-", "torch", "rocm-", "amd-torch")
DETAILED = (
    "torch",
    "torchvision",
    "torchaudio",
    "xformers",
    "flash-attn",
    "bitsandbytes",
    "onnxruntime",
    "ctranslate2",
)
ENDINGS = (".dist-info", ".egg-info")


def packages(place: Place) -> "dict[str, Any]":
    """Scan every folder of the import path once; a folder that cannot be read is named with its reason."""
    found = {"packages": [], "other_count": 0, "half_removed": [], "unreadable": []}  # type: dict[str, Any]
    for folder, names, problem in listed_folders(place):
        if problem is not None:
            found["unreadable"].append([folder, problem.strerror])
        scan(folder, names, found)
    return found


def listed_folders(place: Place) -> "Iterator[tuple[str, list[str], OSError | None]]":
    """Yield each folder of the import path once: its names, or none and why it cannot be listed."""
    seen = set()
    for folder in place.import_path:
        real = os.path.realpath(folder)
        if real in seen or not os.path.isdir(folder):
            continue
        seen.add(real)
        try:
            names = place.names_in(folder)
        except OSError as problem:
            yield folder, [], problem
        else:
            yield folder, names, None


def scan(folder: str, names: "list[str]", found: "dict[str, Any]") -> None:
    """Take one folder's names apart. pip renames what it is about to replace to ``~orch``: left-overs of a crash."""
    for name in names:
        if name.startswith("~"):
            found["half_removed"].append(os.path.join(folder, name))
        if not name.endswith(ENDINGS) or name.startswith("~"):
            continue
        stem, _, version = name.rsplit(".", 1)[0].partition("-")
        distribution = normalised(stem)
        if distribution in EXACT or distribution.startswith(PREFIXES):
            found["packages"].append(distribution_facts(folder, name, distribution, version))
        else:
            found["other_count"] += 1


def normalised(name: str) -> str:
    """Return the name as package indexes compare it: lower case with dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution_facts(folder: str, name: str, distribution: str, version: str) -> "dict[str, Any]":
    """Describe one distribution from its metadata folder."""
    base = os.path.join(folder, name)
    if not version or "-py" in version:
        version = version_line(base) or version.split("-py")[0]
    facts = {"name": distribution, "version": version, "location": folder}  # type: dict[str, Any]
    facts["installer"] = first_line(os.path.join(base, "INSTALLER"))
    # conda's and Debian's packages have no RECORD by design; pip's and uv's always have one
    facts["has_record"] = os.path.isfile(os.path.join(base, "RECORD"))
    facts["has_metadata"] = os.path.isfile(os.path.join(base, "METADATA")) or not name.endswith(".dist-info")
    facts["requested"] = os.path.exists(os.path.join(base, "REQUESTED"))
    try:
        facts["installed_at"] = int(os.stat(base).st_mtime)
    except OSError:
        facts["installed_at"] = None
    if distribution.startswith(DETAILED):
        facts["from_url"] = origin(os.path.join(base, "direct_url.json"))
        facts["requires"] = requirements(os.path.join(base, "METADATA"))
    return facts


def version_line(base: str) -> str:
    """Read the version from METADATA or PKG-INFO, for folders whose name does not hold it."""
    for name in ("METADATA", "PKG-INFO"):
        for line in head_of(os.path.join(base, name)).splitlines()[:20]:
            if line.startswith("Version:"):
                return line.split(":", 1)[1].strip()
    return ""


def head_of(path: str, limit: int = 1 << 16) -> str:
    """Return the beginning of a file, "" when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""


def first_line(path: str) -> str:
    """Return a file's first line, "" when it cannot be read."""
    return head_of(path, 200).strip().split("\n")[0]


def origin(path: str) -> str:
    """Return where a direct installation came from: the file name or host alone, never credentials or folders."""
    text = head_of(path, 8192)
    match = re.search(r'"url"\s*:\s*"([^"]+)"', text)
    if not match:
        return ""
    return "editable" if '"editable": true' in text else match.group(1).split("?")[0].rsplit("/", 1)[-1][:200]


def requirements(path: str) -> "list[str]":
    """Return the requirements on torch and on NVIDIA's packages, which say what a wheel was built for."""
    lines = (line for line in head_of(path, 1 << 17).splitlines() if line.startswith("Requires-Dist:"))
    needed = [line[len("Requires-Dist:") :].strip() for line in lines if "extra ==" not in line]
    return [
        line
        for line in needed
        if normalised(re.split(r"[ ;<>=!~(\[]", line)[0]).startswith(("torch", "nvidia", "cuda", "triton"))
    ]


QUESTIONS = (Call("python.packages", packages, "package metadata", ALL, 6.0, "path"),)
