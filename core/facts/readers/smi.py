"""``nvidia-smi -q -x``: the second road to the facts of NVML, asked where NVML gave none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Gpu
from gpuproof.core.facts.reading import text_of
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

QUESTION = "driver.nvidia_smi_xml"
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")


def _text(answers: Answers) -> str:
    found = text_of(answers, QUESTION)
    return "" if isinstance(found, Unknown) else found


def _tag(answers: Answers, name: str) -> DottedVersion | None:
    match = re.search(rf"<{name}>([\d.]{{1,30}})</{name}>", _text(answers))
    return dotted(match.group(1)) if match else None


def driver_version(answers: Answers) -> DottedVersion | None:
    """Return the tag ``<driver_version>580.159.04</driver_version>``."""
    return _tag(answers, "driver_version")


def cuda_version(answers: Answers) -> DottedVersion | None:
    """Return the tag ``<cuda_version>13.0</cuda_version>``: what the driver accepts, not what is installed."""
    return _tag(answers, "cuda_version")


def gpus(answers: Answers) -> tuple[Gpu, ...] | None:
    """Return the GPUs of the document, None when there is no readable one."""
    text = _text(answers)
    start = text.find("<nvidia_smi_log>")
    if start < 0 or "<!ENTITY" in text:
        return None
    from xml.etree import ElementTree

    try:
        # what stands before the root, its document type too, is left out: nothing of it is needed
        root = ElementTree.fromstring(text[start : text.rfind(">") + 1])
    except ElementTree.ParseError:
        return None
    return tuple(_gpu(index, element) for index, element in enumerate(root.findall("gpu")))


def _gpu(index: int, element: Element) -> Gpu:
    def number(path: str) -> float | None:
        match = _NUMBER.match((element.findtext(path) or "").strip())
        return float(match.group()) if match else None

    def word(path: str) -> str | None:
        found = (element.findtext(path) or "").strip()
        return None if found in ("", "N/A", "[N/A]", "Unknown Error", "MASKED") else found[:200]

    persistence = word("persistence_mode")
    return Gpu(
        index=index,
        name=word("product_name") or "",
        uuid=word("uuid") or "",
        pci_address=short_address(element.get("id") or ""),
        memory_total_mib=number("fb_memory_usage/total"),
        memory_used_mib=number("fb_memory_usage/used"),
        compute_mode=word("compute_mode"),
        driver_model=word("driver_model/current_dm"),
        mig_mode=word("mig_mode/current_mig"),
        persistence_mode=None if persistence is None else persistence == "Enabled",
        power_limit_w=number("gpu_power_readings/current_power_limit"),
        power_limit_default_w=number("gpu_power_readings/default_power_limit"),
        power_usage_w=number("gpu_power_readings/average_power_draw") or number("gpu_power_readings/power_draw"),
        pcie_generation=_whole(number("pci/pci_gpu_link_info/pcie_gen/current_link_gen")),
        pcie_generation_max=_whole(number("pci/pci_gpu_link_info/pcie_gen/max_link_gen")),
        pcie_width=_whole(number("pci/pci_gpu_link_info/link_widths/current_link_width")),
        pcie_width_max=_whole(number("pci/pci_gpu_link_info/link_widths/max_link_width")),
        clock_sm_mhz=number("clocks/sm_clock"),
        clock_sm_max_mhz=number("max_clocks/sm_clock"),
        temperature_celsius=number("temperature/gpu_temp"),
        utilisation_percent=number("utilization/gpu_util"),
        architecture=word("product_architecture"),
        missing=(("compute_capability", "nvidia-smi does not say"),),
    )


def _whole(found: float | None) -> int | None:
    return None if found is None else int(found)


def short_address(address: str) -> str:
    """Shorten NVML's 00000000:00:06.0 to the kernel's 0000:00:06.0."""
    return address[4:].lower() if len(address) == 16 else address.lower()
