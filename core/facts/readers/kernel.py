"""The kernel's own settings around the driver, and where the driver came from."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.conditions import DriverOrigin, InstalledKernel, KernelFacts
from gpuproof.core.facts.installation import NetworkPort
from gpuproof.core.facts.reading import (
    chosen_of,
    dict_of,
    fields_of,
    flag,
    line_of,
    list_of,
    names_of,
    objects,
    objects_in,
    text_of,
    text_pairs,
    words,
)
from gpuproof.core.facts.unknown import Unknown

_SECCOMP = {"0": "off", "1": "strict", "2": "filter"}


def read_kernel(answers: Answers) -> KernelFacts | Unknown:
    """Read what the kernel and its modules were told."""
    command_line, settings = names_of(answers, "kernel.command_line"), dict_of(answers, "kernel.settings")
    installed = list_of(answers, "kernel.installed")
    if isinstance(command_line, Unknown) and isinstance(settings, Unknown) and isinstance(installed, Unknown):
        return command_line
    iommu = fields_of(answers, "kernel.iommu").get("units")
    known = {} if isinstance(settings, Unknown) else settings
    tainted = words(known.get("kernel.tainted")).strip()
    return KernelFacts(
        command_line=() if isinstance(command_line, Unknown) else command_line,
        module_options=_or_none(names_of(answers, "driver.modprobe_lines")),
        module_parameters=_pairs({**_params(answers), **fields_of(answers, "driver.module_parameters")}),
        settings=_pairs(known),
        installed=tuple(map(_kernel, objects_in(installed))),
        lockdown=chosen_of(answers, "kernel.lockdown"),
        iommu_units=len(iommu) if isinstance(iommu, list) else None,
        seccomp=_SECCOMP.get(words(fields_of(answers, "system.own_status").get("Seccomp")), ""),
        is_tainted=tainted != "0" if tainted.isdigit() else None,
        uvm_state=line_of(answers, "driver.uvm_module_state", 80),
    )


def _params(answers: Answers) -> dict[str, str]:
    """Read ``/proc/driver/nvidia/params``: ``ModifyDeviceFiles: 1``."""
    text = text_of(answers, "driver.params")
    lines = () if isinstance(text, Unknown) else text.splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {f"nvidia.{name.strip()}": value.strip() for name, _, value in pairs if value.strip() not in ("", '""')}


def _or_none(found: tuple[str, ...] | Unknown) -> tuple[str, ...]:
    return () if isinstance(found, Unknown) else found


def _pairs(found: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value.strip()) for name, value in text_pairs(found))


def _kernel(found: dict[str, Any]) -> InstalledKernel:
    return InstalledKernel(
        release=words(found.get("kernel")),
        nvidia_module=words(found.get("nvidia_module")),
        is_running=found.get("is_running") is True,
    )


def read_driver_origin(answers: Answers) -> DriverOrigin | Unknown:
    """Read which packages brought the driver and what changed last."""
    packages, log = names_of(answers, "driver.packages"), names_of(answers, "driver.package_log")
    origin = dict_of(answers, "driver.origin")
    if isinstance(packages, Unknown) and isinstance(log, Unknown) and isinstance(origin, Unknown):
        return packages
    said = {} if isinstance(origin, Unknown) else origin
    return DriverOrigin(
        packages=_or_none(packages),
        log=_or_none(log),
        has_run_installer=flag(said.get("run_installer")),
        restart_required=flag(said.get("restart_required")),
        prime_profile=line_of(answers, "driver.prime_profile", 40),
    )


def read_firmware(answers: Answers) -> tuple[tuple[str, str], ...] | Unknown:
    """Read maker, model and firmware of the machine."""
    found, product = dict_of(answers, "os.firmware"), text_of(answers, "os.product")
    if isinstance(found, Unknown):
        return found
    return _pairs(found if isinstance(product, Unknown) else {**found, "product_name": product})


def read_network_ports(answers: Answers) -> tuple[NetworkPort, ...] | Unknown:
    """Read the ports of fast network cards; ABSENT: there is none."""
    found = list_of(answers, "network.infiniband")
    if isinstance(found, Unknown):
        return found
    return tuple(
        NetworkPort(
            device=words(entry.get("device")),
            port=words(entry.get("port")),
            state=words(entry.get("state")),
            rate=words(entry.get("rate")),
            link_layer=words(entry.get("link_layer")),
        )
        for entry in objects(found)
    )
