"""Machines for tests: ``a_machine()`` is healthy, so a test names only what differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gpuproof.core.facts.machine import (
    ComputeCapability,
    Container,
    Cpu,
    DisplayDevice,
    Gpu,
    KernelCheck,
    Machine,
    NvmlState,
    OperatingSystem,
    Package,
    PythonFacts,
    TorchBuild,
    TorchDevice,
    TorchLive,
)
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion

SITE_PACKAGES = "/opt/app/.venv/lib/python3.12/site-packages"
ABSENT = Unknown(Why.ABSENT, "not there", "test")
FAILED = Unknown(Why.FAILED, "could not look", "test")
DENIED = Unknown(Why.DENIED, "permission denied", "test")
TIMED_OUT = Unknown(Why.TIMED_OUT, "no answer in time", "test")


def a_gpu(**changes: Any) -> Gpu:
    """Return an idle H100 as NVML describes it (values of a recorded one)."""
    gpu = Gpu(
        index=0,
        name="NVIDIA H100 80GB HBM3",
        uuid="GPU-00000000-0000-0000-0000-000000000000",
        pci_address="0000:00:06.0",
        compute_capability=ComputeCapability(9, 0),
        memory_total_mib=81559.0,
        memory_used_mib=480.0,
        compute_mode="Default",
        mig_mode="Disabled",
        persistence_mode=True,
        power_limit_w=700.0,
        power_limit_default_w=700.0,
        temperature_celsius=35.0,
        utilisation_percent=0.0,
        pcie_generation=5,
        pcie_generation_max=5,
        pcie_width=16,
        pcie_width_max=16,
    )
    return replace(gpu, **changes)


def a_display_device(**changes: Any) -> DisplayDevice:
    """Return the same H100 as the PCI bus shows it."""
    device = DisplayDevice(
        address="0000:00:06.0",
        vendor_id=0x10DE,
        device_id=0x2330,
        name="GH100 [H100 SXM5 80GB]",
        kernel_driver="nvidia",
        link_speed_gt_s=32.0,
        link_width=16,
        max_link_speed_gt_s=32.0,
        max_link_width=16,
        runtime_status="active",
    )
    return replace(device, **changes)


def a_torch(**changes: Any) -> TorchBuild:
    """Return torch 2.11.0+cu130 as pip installed it."""
    build = TorchBuild(
        version="2.11.0+cu130", cuda_version=DottedVersion("13.0"), location=f"{SITE_PACKAGES}/torch", source="pip"
    )
    return replace(build, **changes)


def a_torch_live(**changes: Any) -> TorchLive:
    """Return what that torch says on that H100."""
    live = TorchLive(
        imported=True,
        version="2.11.0+cu130",
        cuda_version=DottedVersion("13.0"),
        is_available=True,
        device_count=1,
        devices=(
            TorchDevice(
                index=0,
                name="NVIDIA H100 80GB HBM3",
                compute_capability=ComputeCapability(9, 0),
                memory_total_mib=81079.0,
                memory_free_mib=80500.0,
            ),
        ),
        arch_list=("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"),
        cudnn_version=DottedVersion("9.19.0"),
        kernel_checks=(KernelCheck(device="cuda:0", ok=True, max_difference=2e-4),),
    )
    return replace(live, **changes)


def packages_of(*specs: str) -> tuple[Package, ...]:
    """Return complete pip packages from ``name==version`` words."""
    pairs = (spec.split("==", 1) for spec in specs)
    return tuple(
        Package(name=name, version=version, location=SITE_PACKAGES, installer="pip") for name, version in pairs
    )


def a_machine(**changes: Any) -> Machine:
    """Return a healthy Linux machine with one H100, driver 580.159.04 and torch 2.11.0+cu130."""
    machine = Machine(
        os=OperatingSystem(
            system="linux",
            machine="x86_64",
            name="Ubuntu 24.04.3 LTS",
            release="6.18.44",
            glibc=DottedVersion("2.39"),
        ),
        cpu=Cpu(
            model="Intel(R) Xeon(R) Processor",
            physical_cores=16,
            logical_cores=16,
            usable_cores=16.0,
            flags=("avx2", "avx512_bf16", "avx512f", "amx_bf16"),
            load_average=0.4,
        ),
        memory_total_mib=128887.0,
        display_devices=(a_display_device(),),
        driver_version=DottedVersion("580.159.04"),
        driver_flavour="open",
        driver_on_disk=DottedVersion("580.159.04"),
        driver_library=DottedVersion("580.159.04"),
        driver_cuda_version=DottedVersion("13.0"),
        nvml=NvmlState(ok=True, library_version=DottedVersion("13.580.159.04")),
        gpus=(a_gpu(),),
        container=Container(has_device_nodes=True),
        environment=(),
        python=PythonFacts(
            version="3.12.3",
            bits=64,
            kind="venv",
            prefix="/opt/app/.venv",
            executable="/opt/app/.venv/bin/python",
        ),
        packages=packages_of(
            "torch==2.11.0",
            "torchvision==0.26.0",
            "torchaudio==2.11.0",
            "nvidia-cudnn-cu13==9.19.0.56",
            "nvidia-cublas==13.1.0.3",
            "triton==3.6.0",
        ),
        torch=a_torch(),
        torch_live=a_torch_live(),
    )
    return replace(machine, **changes)
