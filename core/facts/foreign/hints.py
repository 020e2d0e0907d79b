"""What people say around an error that changes its meaning; kept as symptoms whose id starts with ``hint.``."""

from __future__ import annotations

from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.foreign.symptoms import line_at
from gpuproof.core.facts.machine import Symptom

_PHRASES: dict[str, tuple[str, ...]] = {
    "hint.suspend": ("suspend", "hibernat", "resume from sleep", "wake up from sleep", "after sleep", "waking", "from sleep", "待机", "睡眠", "休眠"),
    "hint.colab": ("colab", "kaggle"),
    "hint.host-works": ("works on the host", "works on host", "on the host machine", "host nvidia-smi", "nvidia-smi on the host", "works fine on the host", "on host nvidia-smi", "on the host"),
    "hint.no-nvidia": ("don't have a gpu", "don't have nvidia", "no nvidia gpu", "without a gpu", "without gpu", "do not have a gpu", "do not have an nvidia", "don't have an nvidia", "no gpu on", "no dedicated gpu", "cpu only machine", "cpu-only machine", "no discrete gpu", "without nvidia", "does not have a gpu", "doesn't have a gpu", "have no gpu", "no gpu in", "do not have nvidia", "has no gpu", "没有显卡", "没有独显", "without an nvidia", "only integrated", "only has integrated", "without a cuda", "no graphics card", "don't have a nvidia", "don't have a graphics", "have no nvidia", "no cuda capable gpu in"),
    "hint.gpus-flag": ("--gpus all", "--gpus=all", "--runtime=nvidia", "--runtime nvidia", "runtime: nvidia", "nvidia-docker run", "--gpus device", "driver: nvidia", "--gpus '", "--gpus \"", "nvidia.com/gpu"),
    "hint.lost-later": ("after some time", "after a while", "after a few hours", "randomly", "was working before", "suddenly", "daemon-reload", "after running for", "some hours", "after several", "stops working", "lost access", "after hours", "works at first", "works initially", "after a few days", "loses", "lose access", "一段时间"),
    "hint.after-update": ("after update", "after updating", "after upgrade", "apt upgrade", "after upgrading", "apt-get upgrade", "unattended-upgrade", "kernel update", "after a kernel", "new kernel", "after reboot", "after rebooting"),
    "hint.vm": ("virtual machine", "virtualbox", "vmware", "hyper-v", "qxl", "vmware svga", "cirrus", "virtio"),
    "hint.no-lspci": ("lspci | grep -i nvidia $", "lspci | grep nvidia $", "lspci shows nothing", "not listed in lspci", "lspci doesn't show", "lspci does not show"),
    "hint.compat": ("/usr/local/cuda/compat", "cuda-compat", "/compat/libcuda", "cuda compat"),
    "hint.mig": ("mig 1g.", "mig 2g.", "mig 3g.", "mig 4g.", "mig 7g.", "mig-gpu-", "mig instance", "mig devices:", "mig mode", "=mig-", "'mig-", "\"mig-", "mig partition", "mig slice", "gpu instance", "mig 1c."),
    "hint.tcc": ("tcc mode", "tcc driver", "-dm 0", "-dm 1", "-fdm", "driver model", "switch to wddm", "to wddm", " tcc "),
    "hint.ray": ("ray::", "raylet", "import ray"),
    "hint.index": ("download.pytorch.org/whl", "--index-url", "--extra-index-url", "--find-links", " -f https"),
    "hint.nvswitch": ("nvswitch", "hgx", "dgx", "sxm"),
    "hint.app-error": ("error", "exception", "failed", "traceback", "crash", "false", "not working", "doesn't work", "cannot", "can't"),
    "hint.two-installs": ("two versions of torch", "two pytorch", "another version of torch", "wrong python", "different python", "which python", "sys.path", "system python instead", "both pip and conda", "installed with both", "user site", ".local/lib/python", "appdata\\roaming\\python"),
    "hint.source-build": ("python setup.py develop", "python setup.py install", "build from source", "built from source", "building from source", "compiled from source", "compile from source", "built pytorch from source", "build pytorch from source", "compiling pytorch", "setup.py bdist_wheel"),
}  # fmt: skip


def find(flat: str, draft: Draft) -> tuple[Symptom, ...]:
    """Return the hints that stand in the text."""
    found = []
    for hint, phrases in _PHRASES.items():
        at = next((place for place in map(flat.find, phrases) if place >= 0), -1)
        if at >= 0:
            found.append(Symptom(id=hint, line=line_at(flat, at), source="pasted text"))
    return tuple(found)
