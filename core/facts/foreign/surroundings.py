"""Where the text comes from: operating system, WSL, container, Jetson, interpreter; from paths, prompts and words."""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.cards import AMD, capability_of, gpu_named, vendor_of
from gpuproof.core.facts.foreign.draft import Draft

_MAC = (
    "/users/",
    "macos",
    "mac os",
    "macbook",
    "darwin",
    "osx-arm64",
    "osx-64",
    "macosx_",
    "apple m1",
    "apple m2",
    "apple m3",
    "apple silicon",
    "/opt/homebrew",
    "mac mini",
    "mac studio",
    "imac",
    "mac m1",
    "mac m2",
    "m1 mac",
    "m2 mac",
    "on my mac",
    "on a mac",
    "on mac",
)
_WINDOWS = (
    "windows-10",
    "windows-11",
    "microsoft windows",
    "c:\\",
    "d:\\",
    "e:\\",
    "f:\\",
    "win_amd64",
    "winerror",
    "windows 10",
    "windows 11",
    "windows 7",
    "windows 8",
    "windows server",
    "powershell",
    "win10",
    "win11",
    "venv\\scripts",
    "webui-user.bat",
    "python_embeded",
    "win32",
    "windows fatal exception",
    " wddm ",
    "on windows",
)
_LINUX = (
    "/home/",
    "/usr/lib",
    "/usr/local",
    "ubuntu",
    "debian",
    "centos",
    "fedora",
    "arch linux",
    "linux-x86_64",
    "linux",
    "manylinux",
    "x86_64-linux-gnu",
    "sudo ",
    "/opt/conda",
    ".so.",
    "apt-get",
    "dmesg",
    "/proc/",
    "modprobe",
    "systemctl",
    "/root/",
    "/var/lib",
    "nixos",
    "opensuse",
    "rhel",
    "docker",
    "kubernetes",
)
_WSL = (
    "microsoft-standard-wsl",
    "-wsl2",
    "wsl2",
    "wsl 2",
    "/usr/lib/wsl",
    "/dev/dxg",
    "/mnt/c/",
    "in wsl",
    "windows subsystem for linux",
    "under wsl",
    "wsl --",
    "using wsl",
    "on wsl",
    "(wsl",
    "wsl ubuntu",
    "wsl environment",
    "wsl:",
    "docker desktop for windows",
    "-microsoft-",
)
_JETSON = (
    "jetson",
    "jetpack",
    "-tegra",
    "l4t",
    "/etc/nv_tegra_release",
    "nvidia orin",
    "agx xavier",
    "xavier nx",
    "orin nano",
    "orin nx",
    "agx orin",
    "tegra_release",
)
_AARCH64 = (
    "linux-aarch64",
    "aarch64",
    "linux_aarch64",
    "gh200",
    "grace hopper",
    "gb200",
    "dgx spark",
    "arm64 linux",
    "graviton",
    "raspberry pi",
    "manylinux2014_aarch64",
    "gb10",
)
_CONTAINER = (
    "docker run",
    "docker-compose",
    "docker compose",
    "dockerfile",
    "in docker",
    "docker container",
    "inside the container",
    "inside a container",
    "in the container",
    "in a container",
    "inside docker",
    "inside container",
    "container runtime",
    "nvidia-docker",
    "nvidia-container",
    "kubernetes",
    "kubectl",
    "podman",
    "a pod",
    "the pod",
    "k8s",
    "docker exec",
    "docker image",
    "docker: error",
    "singularity",
    "apptainer",
    "lxc",
    "oci runtime",
    "containerd",
    "within docker",
    "nvcr.io/",
    "docker 容器",
    "容器",
)


def read(found: str, flat: str, draft: Draft) -> None:
    """Fill what no table told; explicit fields of a tool stay."""
    _system(flat, draft)
    draft.is_jetson = draft.is_jetson or (any(word in flat for word in _JETSON) and draft.system != "windows")
    if draft.system in (None, "linux") and not draft.machine_name and draft.os_name == "":
        if draft.is_jetson or any(word in flat for word in _AARCH64):
            draft.machine_name, draft.system = "aarch64", "linux"
        elif "x86_64" in flat or "amd64" in flat:
            draft.machine_name = "x86_64"
    if draft.is_jetson and draft.machine_name == "" and draft.system in (None, "linux"):
        draft.machine_name, draft.system = "aarch64", "linux"
    _container(found, flat, draft)
    _python(found, flat, draft)
    if not draft.gpus:
        _cards_in_prose(found, draft)
    _other_cards(found, flat, draft)


def _system(flat: str, draft: Draft) -> None:
    wsl = any(word in flat for word in _WSL)
    if draft.system is None:
        users = flat.replace("c:/users", "").replace("/mnt/c/users", "").replace("/c/users", "")
        windows = any(word in flat for word in _WINDOWS) and not wsl
        if any(word in users for word in _MAC) and not windows and not wsl:
            draft.system = "macos"
        elif windows:
            draft.system = "windows"
        elif wsl or any(word in flat for word in _LINUX):
            draft.system = "linux"
    draft.is_wsl = draft.is_wsl or (wsl and draft.system == "linux")
    if draft.system == "macos" and not draft.machine_name:
        draft.machine_name = "arm64" if "arm64" in flat or "apple m" in flat else ""


def _container(found: str, flat: str, draft: Draft) -> None:
    if draft.container_kind is not None:
        return
    if any(word in flat for word in _CONTAINER) or re.search(r"root@[0-9a-f]{12}:", flat):
        kubernetes = any(word in flat for word in ("kubernetes", "kubectl", "k8s", "a pod", "the pod"))
        draft.container_kind = "kubernetes" if kubernetes else "docker"


def _python(found: str, flat: str, draft: Draft) -> None:
    if (
        "32 bit (intel)" in flat
        or "32-bit python" in flat
        or "python 32" in flat
        or "-32\\" in flat
        or "(32-bit)" in flat
    ):
        draft.python_bits = 32
    elif not draft.python_bits and ("64 bit (amd64)" in flat or "64-bit runtime" in flat):
        draft.python_bits = 64
    if not draft.python_version:
        match = re.search(
            r"\bpython(?: version)?[ :=-]{1,3}v?([23]\.\d{1,2}(?:\.\d{1,2})?)\b|[/\\]python([23]\.\d{1,2})[/\\]|"
            r"\bcp([23])(\d{1,2})-cp|[/\\]python([23])(\d{1,2})(?:-32)?[/\\]|\bpython([23]\.\d{1,2})\b",
            flat,
        )
        if match is not None:
            dotted_form = match.group(1) or match.group(2) or match.group(7)
            digits = match.group(3, 4) if match.group(3) else match.group(5, 6)
            draft.python_version = dotted_form or f"{digits[0]}.{digits[1]}"


_CARD = (
    r"\b((?:nvidia )?(?:geforce |quadro |tesla |titan )?(?:rtx pro|rtx|gtx|gt|mx|tesla|quadro rtx|quadro|titan) ?-?"
    r"[akmptv]?\d{2,4}[a-z]{0,2}(?: ?(?:ti|super|ada|laptop|mobile|max-q|d))?|"
    r"(?:nvidia |tesla )(?:[ahlbv]\d{1,3}s?|t4|p100|p40|m60|k80|k40|gb200|gh200|gb10)\b|"
    r"\b(?:h100|h200|a100|b200|v100|gb200|gh200|rtx ?[2-5]0[5-9]0)|jetson (?:agx |xavier |orin |nano|tx2)+)"
)


def _cards_in_prose(found: str, draft: Draft) -> None:
    """A card that a person names; used only when no tool's output named one."""
    names: list[str] = []
    for match in re.finditer(_CARD, found[:60000], re.IGNORECASE):
        name = " ".join(match.group(1).split()).strip("- ")
        if capability_of(name) is not None and not any(_same(name, other) for other in names):
            names.append(name)
        if len(names) == 4:
            break
    for name in names:
        gpu_named(name, draft)


def _same(one: str, other: str) -> bool:
    def plain(name: str) -> str:
        low = name.lower()
        for word in ("nvidia", "geforce", "tesla", "-", " ", "laptop", "mobile"):
            low = low.replace(word, "")
        return low

    return plain(one) in plain(other) or plain(other) in plain(one)


def _other_cards(found: str, flat: str, draft: Draft) -> None:
    if draft.other_cards:
        return
    match = re.search(
        r"\b((?:amd )?radeon (?:rx |pro |vii|graphics|rx)[\w ]{0,12}|\brx ?[5-9]\d{3}(?: ?xtx?| ?gre)?\b|\bgfx\d{3,4}\b|"
        r"amd instinct mi\d{2,3}|\bmi(?:50|60|100|210|250x?|300x)\b|amd gpu|radeon)",
        flat,
    )
    if match is not None and vendor_of(match.group(1)) in (AMD, 0):
        gpu_named("AMD " + match.group(1).replace("amd ", "").upper(), draft)
    intel = re.search(
        r"\b(intel\(?r?\)? (?:iris|uhd|hd|arc)[\w()\- ]{0,24}|iris xe|intel integrated|integrated graphics)", flat
    )
    if intel is not None:
        gpu_named("Intel " + intel.group(1).replace("intel ", ""), draft)
