"""Dated tables with sources: torch releases and wheels, CUDA and drivers, GPUs, applications.

Each accessor loads its table alone, on first use. Everything a vendor changes is a row in ``assets/knowledge``.
"""

from __future__ import annotations

from gpuproof.core.knowledge.apps import AppProfile, app_profile, app_profiles, require_app
from gpuproof.core.knowledge.cards import (
    GpuModel,
    amd_target,
    capability_of_pci,
    gpu_by_name,
    gpu_models,
    intel_runs_xpu,
    rocm_targets,
    vendor_of,
)
from gpuproof.core.knowledge.drivers import (
    Architecture,
    DriverBranch,
    DriverNotice,
    architecture_of,
    architectures,
    branch,
    branch_of,
    driver_branches,
    driver_notices,
    last_branch,
    minimum_driver,
    native_driver,
)
from gpuproof.core.knowledge.kernels import (
    KernelList,
    arch_list,
    capability,
    cudnn_minimum_capability,
    kernel_list,
    runs_on,
)
from gpuproof.core.knowledge.pairs import companion_fits, pythons_of, torch_line
from gpuproof.core.knowledge.precision import PrecisionSupport, precision_support
from gpuproof.core.knowledge.releases import (
    TorchBuild,
    TorchRelease,
    cuda_of_variant,
    index_url,
    torch_release,
    torch_releases,
)
from gpuproof.core.knowledge.tables import data_folder, forget, rows, table

__all__ = [
    "AppProfile",
    "Architecture",
    "DriverBranch",
    "DriverNotice",
    "GpuModel",
    "KernelList",
    "PrecisionSupport",
    "TorchBuild",
    "TorchRelease",
    "amd_target",
    "app_profile",
    "app_profiles",
    "arch_list",
    "architecture_of",
    "architectures",
    "branch",
    "branch_of",
    "capability",
    "capability_of_pci",
    "companion_fits",
    "cuda_of_variant",
    "cudnn_minimum_capability",
    "data_folder",
    "driver_branches",
    "driver_notices",
    "forget",
    "gpu_by_name",
    "gpu_models",
    "index_url",
    "intel_runs_xpu",
    "kernel_list",
    "last_branch",
    "minimum_driver",
    "native_driver",
    "precision_support",
    "pythons_of",
    "require_app",
    "rocm_targets",
    "rows",
    "runs_on",
    "table",
    "torch_line",
    "torch_release",
    "torch_releases",
    "vendor_of",
]
