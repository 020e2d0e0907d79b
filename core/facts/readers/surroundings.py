"""Containers, WSL2 and environment variables."""

from __future__ import annotations

import re

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Container
from gpuproof.core.facts.parts import WslFacts
from gpuproof.core.facts.reading import dict_of, list_of, names_of, objects, text_of, text_pairs, words
from gpuproof.core.facts.unknown import Unknown, Why

_GPU_NODE = re.compile(r"/dev/(nvidia\d{1,3}|dxg)\Z")
# a sign in the control group of process 1, and the kind of container that leaves it
_CGROUP_SIGNS = (("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("lxc", "lxc"))


def read_environment(answers: Answers) -> tuple[tuple[str, str], ...] | Unknown:
    """Read the allow-listed variables that are set, by name."""
    found = dict_of(answers, "environment.variables")
    if isinstance(found, Unknown):
        return found
    return text_pairs(found)


def read_container(answers: Answers) -> Container | Unknown:
    """Read in which container this Python runs and whether GPU device files are there."""
    markers = names_of(answers, "container.markers")
    if isinstance(markers, Unknown):
        return markers
    environment = read_environment(answers)
    variables = {} if isinstance(environment, Unknown) else dict(environment)
    return Container(
        kind=_kind(answers, markers, variables),
        visible_devices=variables.get("NVIDIA_VISIBLE_DEVICES"),
        driver_capabilities=variables.get("NVIDIA_DRIVER_CAPABILITIES"),
        has_device_nodes=_has_gpu_node(answers, markers),
        gpu_mounts=_gpu_mounts(answers),
    )


def _gpu_mounts(answers: Answers) -> tuple[str, ...]:
    mounts = names_of(answers, "container.mounts")
    return () if isinstance(mounts, Unknown) else tuple(mount for mount in mounts if not mount.endswith(" /"))


def _kind(answers: Answers, markers: tuple[str, ...], variables: dict[str, str]) -> str | None:
    if "KUBERNETES_SERVICE_HOST" in variables:
        return "kubernetes"
    group = text_of(answers, "container.cgroup")
    for sign, kind in _CGROUP_SIGNS:
        if isinstance(group, str) and sign in group:
            return kind
    if "/run/.containerenv" in markers:
        return "podman"
    if "/.singularity.d" in markers:
        return "singularity"
    if "/.dockerenv" in markers:
        return "docker"
    system = text_of(answers, "container.systemd")
    found = system.strip() if isinstance(system, str) else ""
    return found if found and found != "wsl" else None


def _has_gpu_node(answers: Answers, markers: tuple[str, ...]) -> bool | None:
    if "/dev/dxg" in markers:
        return True
    nodes = list_of(answers, "devices.nodes")
    if isinstance(nodes, Unknown):
        return None
    return any(_GPU_NODE.match(words(node.get("path"))) for node in objects(nodes))


def read_wsl(answers: Answers) -> WslFacts | Unknown:
    """Read what WSL2 shows; ABSENT on a system that is not WSL2."""
    identity = dict_of(answers, "os.identity")
    if isinstance(identity, Unknown):
        return identity
    kernel = words(identity.get("release"))
    if identity.get("system") != "linux" or "microsoft" not in kernel.lower():
        return Unknown(Why.ABSENT, "this is not WSL", "os.identity")
    libraries = names_of(answers, "wsl.libraries")
    markers = names_of(answers, "container.markers")
    return WslFacts(
        has_gpu_device=not isinstance(markers, Unknown) and "/dev/dxg" in markers,
        libraries=() if isinstance(libraries, Unknown) else libraries,
        kernel=kernel,
        linux_driver_inside=_has_linux_driver(answers),
        settings=_settings(answers),
    )


def _settings(answers: Answers) -> tuple[str, ...]:
    """Read the lines of wsl.conf that set something."""
    text = text_of(answers, "wsl.configuration")
    lines = () if isinstance(text, Unknown) else text.splitlines()
    return tuple(line.strip()[:200] for line in lines if "=" in line and not line.lstrip().startswith("#"))[:40]


def _has_linux_driver(answers: Answers) -> bool:
    """A libcuda outside of /usr/lib/wsl whose file carries a driver's version was installed inside WSL."""
    files = list_of(answers, "driver.libraries")
    if isinstance(files, Unknown):
        return False
    targets = [words(file.get("target")) for file in objects(files)]
    return any(re.search(r"lib(cuda|nvidia-ml)\.so\.\d{3}\.", target) and "/wsl/" not in target for target in targets)
