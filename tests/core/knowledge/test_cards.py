"""Cards by name, as drivers, PCI lists and people write them."""

from __future__ import annotations

import pytest

from gpuproof.core import knowledge


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("NVIDIA GeForce RTX 4090", "8.9"),
        ("GeForce RTX 4090", "8.9"),
        ("RTX4090", "8.9"),
        ("rtx 4090", "8.9"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "8.9"),
        ("NVIDIA GeForce RTX 2050", "8.6"),
        ("NVIDIA GeForce RTX 2060", "7.5"),
        ("NVIDIA GeForce GTX 1650", "7.5"),
        ("NVIDIA GeForce MX450", "7.5"),
        ("NVIDIA GeForce MX350", "6.1"),
        ("NVIDIA GeForce MX130", "5.0"),
        ("NVIDIA TITAN X (Pascal)", "6.1"),
        ("GeForce GTX TITAN X", "5.2"),
        ("NVIDIA TITAN Xp", "6.1"),
        ("NVIDIA TITAN V", "7.0"),
        ("NVIDIA TITAN RTX", "7.5"),
        ("GeForce GTX TITAN Black", "3.5"),
        ("Tesla K80", "3.7"),
        ("Tesla K40m", "3.5"),
        ("Tesla K20Xm", "3.5"),
        ("NVIDIA DGX Spark", "12.1"),
        ("NVS 310", "2.1"),
        ("NVIDIA Jetson AGX Orin", "8.7"),
        ("NVIDIA Jetson Orin Nano", "8.7"),
        ("Jetson Nano", "5.3"),
        ("NVIDIA Jetson AGX Thor", "11.0"),
        ("NVIDIA GeForce GTX 1080 with Max-Q Design", "6.1"),
        ("NVIDIA RTX 500 Ada Generation Laptop GPU", "8.9"),
        ("NVIDIA H100 NVL", "9.0"),
        ("NVIDIA A800-SXM4-80GB", "8.0"),
        ("Tesla M60", "5.2"),
        ("Tesla M10", "5.0"),
        ("Tesla P100-SXM2-16GB", "6.0"),
        ("Tesla V100-SXM2-32GB", "7.0"),
        ("Tesla T4", "7.5"),
        ("NVIDIA A2", "8.6"),
        ("NVIDIA A100-SXM4-40GB", "8.0"),
        ("NVIDIA A10", "8.6"),
        ("NVIDIA L40S", "8.9"),
        ("NVIDIA H100 80GB HBM3", "9.0"),
        ("NVIDIA H20", "9.0"),
        ("NVIDIA GH200 480GB", "9.0"),
        ("NVIDIA B200", "10.0"),
        ("NVIDIA GB300", "10.3"),
        ("NVIDIA GB10", "12.1"),
        ("NVIDIA Thor", "11.0"),
        ("Orin (nvgpu)", "8.7"),
        ("Quadro P4000", "6.1"),
        ("Quadro RTX 4000", "7.5"),
        ("NVIDIA RTX 4000 Ada Generation", "8.9"),
        ("NVIDIA RTX A4000", "8.6"),
        ("NVIDIA RTX PRO 4000 Blackwell", "12.0"),
        ("Quadro K2000", "3.0"),
        ("Quadro M2000M", "5.0"),
        ("Quadro M2000", "5.2"),
        ("NVIDIA T1000 8GB", "7.5"),
        ("GeForce GTX 960M", "5.0"),
        ("GeForce GTX 970M", "5.2"),
        ("GeForce 940MX", "5.0"),
        ("GeForce GT 710", "3.5"),
        ("GeForce GT 1030", "6.1"),
        ("GeForce GTX 750 Ti", "5.0"),
        ("GeForce GTX 770", "3.0"),
        ("NVIDIA CMP 170HX", "8.0"),
        ("GRID K520", "3.0"),
    ],
)
def test_capability_follows_from_the_name(name: str, device: str) -> None:
    found = knowledge.gpu_by_name(name)
    assert found is not None
    assert str(found.compute_capability) == device


@pytest.mark.parametrize("name", ["", "Matrox G200", "llvmpipe", "NVIDIA", "Graphics Device"])
def test_unknown_name_is_unknown(name: str) -> None:
    assert knowledge.gpu_by_name(name) is None


def test_figures_exist_for_exact_rows_only() -> None:
    exact, laptop = knowledge.gpu_by_name("NVIDIA GeForce RTX 4090"), knowledge.gpu_by_name("RTX 4090 Laptop GPU")
    assert exact is not None
    assert laptop is not None
    assert exact.is_exact
    assert exact.fp32_tflops == pytest.approx(82.6, abs=0.5)
    assert not laptop.is_exact
    assert laptop.fp32_tflops is None


def test_every_data_sheet_name_agrees_with_the_family_patterns() -> None:
    import re

    from gpuproof.core.knowledge.cards import cleaned, rows

    for model in knowledge.gpu_models():
        pattern = next((row for row in rows("gpu_patterns") if re.search(row["pattern"], cleaned(model.name))), None)
        assert pattern is not None, model.name
        assert pattern["compute_capability"] == str(model.compute_capability), model.name


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("NVIDIA GeForce RTX 4090", "nvidia"),
        ("AMD Radeon RX 7900 XTX (gfx1100)", "amd"),
        ("Radeon RX 580", "amd"),
        ("MI300X", "amd"),
        ("gfx1100", "amd"),
        ("Intel Arc A770", "intel"),
        ("Arc B580", "intel"),
        ("Intel UHD Graphics 630", "intel"),
        ("Apple M3 Max", "apple"),
        ("RTX 3060", "nvidia"),
        ("Quadro K2000", "nvidia"),
        ("something else", "nvidia"),
    ],
)
def test_vendor_follows_from_the_name(name: str, vendor: str) -> None:
    assert knowledge.vendor_of(name) == vendor


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("AMD Radeon RX 7900 XTX (gfx1100)", "gfx1100"),
        ("AMD Radeon RX 6700 XT", "gfx1031"),
        ("AMD Instinct MI300X", "gfx942"),
        ("AMD Instinct MI50", "gfx906"),
        ("AMD Radeon RX 580", "gfx803"),
        ("AMD Radeon Pro W6800", "gfx1030"),
        ("AMD Radeon RX 9070 XT", "gfx1201"),
        ("AMD Radeon HD 7970", None),
    ],
)
def test_amd_target_follows_from_the_name(name: str, target: str | None) -> None:
    assert knowledge.amd_target(name) == target


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("Intel Arc A770", True),
        ("Intel(R) Arc(TM) B580 Graphics", True),
        ("Intel(R) Arc(TM) 140V GPU", True),
        ("Intel Data Center GPU Max 1550", True),
        ("Intel UHD Graphics 770", False),
        ("Intel Iris Xe Graphics", False),
        ("Intel HD Graphics 530", False),
    ],
)
def test_integrated_graphics_is_no_reason_for_xpu(name: str, runs: bool) -> None:
    assert knowledge.intel_runs_xpu(name) is runs


@pytest.mark.parametrize(
    ("device_id", "device"),
    [
        (0x102D, "3.7"),  # K80
        (0x1380, "5.0"),  # GTX 750 Ti
        (0x13C2, "5.2"),  # GTX 970
        (0x15F8, "6.0"),  # P100
        (0x1B06, "6.1"),  # GTX 1080 Ti
        (0x1D81, "7.0"),  # TITAN V
        (0x1EB8, "7.5"),  # T4
        (0x2184, "7.5"),  # GTX 1660
        (0x20B2, "8.0"),  # A100
        (0x2204, "8.6"),  # RTX 3090
        (0x2236, "8.6"),  # A10
        (0x2504, "8.6"),  # RTX 3060
        (0x26B9, "8.9"),  # L40S
        (0x27B8, "8.9"),  # L4
        (0x2330, "9.0"),  # H100 SXM
        (0x2335, "9.0"),  # H200 SXM
        (0x2901, "10.0"),  # B200
        (0x2B85, "12.0"),  # RTX 5090
        (0x2F04, "12.0"),  # RTX 5070
        (0x2E12, "12.1"),  # GB10
    ],
)
def test_capability_follows_from_the_pci_id(device_id: int, device: str) -> None:
    assert str(knowledge.capability_of_pci(device_id)) == device


def test_unlisted_pci_id_is_unknown() -> None:
    assert knowledge.capability_of_pci(0x0040) is None
    assert knowledge.capability_of_pci(0xFFFF) is None
