"""``nvidia-smi`` in the forms that people paste: the table, ``-q``, ``-x``, ``-L`` and ``--query-gpu`` CSV.

``CUDA Version`` there is the newest CUDA that the driver accepts, never an installed toolkit.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gpuproof.core.facts.foreign.cards import capability_of, gpu_named
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Gpu, Symptom
from gpuproof.core.facts.version import DottedVersion, dotted

_STATES = ("On", "Off", "N/A", "WDDM", "TCC", "MCDM")
_MODES = {"E. Process": "Exclusive_Process", "Prohibited": "Prohibited", "E. Thread": "Exclusive_Thread"}
_JOINT = re.compile(r"\| ?(?=[|+])|(?<=[-=]\+) ?(?=\|)")  # where one line of the table ended and the next began
_LINE = 160  # characters; no line of the table is as long, so a longer one is several whose ends were lost
_QUERY_FIELDS = {
    "driver_version", "memory.total [mib]", "memory.used [mib]", "compute_cap", "index", "name", "compute_mode",
    "utilization.gpu [%]", "memory.free [mib]", "gpu_name", "uuid", "mig.mode.current",
}  # fmt: skip


def read(found: str, flat: str, draft: Draft) -> list[str]:
    """Read whichever forms are there."""
    if "nvidia-smi" not in flat and "driver version" not in flat and "gpu 0:" not in flat and "_version>" not in flat:
        return [] if "memory.total" not in flat else _csv(found, draft)
    kinds = _table(found, draft)
    kinds += _long(found, draft) if "Product Name" in found or "Attached GPUs" in found else []
    kinds += _xml(found, draft) if "<nvidia_smi_log>" in found or "<driver_version>" in found else []
    kinds += _csv(found, draft) if "memory.total" in found or "driver_version" in found else []
    if not draft.gpus and "GPU 0:" in found:
        _listing(found, draft)
    return kinds


def _table(found: str, draft: Draft) -> list[str]:
    rows: list[Gpu] = []
    lines = _with_line_ends(found.split("\n"))
    seen = False
    for number, line in enumerate(lines):
        if ("Driver Version" in line or "KMD Version" in line) and len(line) < 400:
            seen = _header(line, draft) or seen
        elif "|" in line and len(line) < 400:
            gpu = _row(line, lines[number + 1 : number + 3])
            if gpu is not None and gpu.name.startswith("ERR!"):
                draft.symptoms.append(Symptom(id="gpu.err-cells", line=line.strip(), source="nvidia-smi"))
            elif gpu is not None and len(rows) < 64:
                rows.append(gpu)
    if rows:
        draft.gpus = rows
    return ["nvidia-smi"] if seen or rows else []


def _with_line_ends(lines: list[str]) -> list[str]:
    """Give a table back the line ends that a chat window or a form took; an empty cell alone is no line."""
    whole: list[str] = []
    for line in lines:
        if len(line) < _LINE or "|" not in line:
            whole.append(line)
        else:
            parts = _JOINT.sub(lambda joint: joint.group().strip() + "\n", line).split("\n")
            whole.extend(part for part in parts if part.strip(" |"))
    return whole


def _after(line: str, key: str) -> DottedVersion | None:
    _, there, rest = line.partition(key)
    words = rest.replace("|", " ").replace(":", " ").split()
    return dotted(words[0]) if there and words else None


def _header(line: str, draft: Draft) -> bool:
    driver = _after(line, "Driver Version") or _after(line, "KMD Version")
    draft.driver = draft.driver or driver
    draft.driver_cuda = draft.driver_cuda or _after(line, "CUDA Version") or _after(line, "CUDA UMD Version")
    return driver is not None


def _row(line: str, following: list[str]) -> Gpu | None:
    cells = [cell.split() for cell in line.strip().strip("|").split("|")]
    if len(cells) < 2 or len(cells[0]) < 2 or not cells[0][0].isdigit() or not cells[1]:
        return None
    if cells[1][0].count(":") < 2 or len(cells[0][0]) > 2:
        return None
    state = cells[0][-1] if cells[0][-1] in _STATES else ""
    name = " ".join(cells[0][1:-1] if state else cells[0][1:])
    gpu = Gpu(
        index=int(cells[0][0]),
        name=name,
        pci_address=cells[1][0],
        compute_capability=capability_of(name),
        driver_model=state if state in ("WDDM", "TCC", "MCDM") else None,
    )
    return _second_row(gpu, following)


def _second_row(gpu: Gpu, following: list[str]) -> Gpu:
    cells = following[0].strip().strip("|").split("|") if following else []
    if len(cells) >= 3:
        used, total = _memory(cells[1])
        mode = next((mode for shown, mode in _MODES.items() if shown in cells[2]), None)
        if mode is None and "Default" in cells[2]:
            mode = "Default"
        utilisation = cells[2].split()[0].rstrip("%") if cells[2].split() else ""
        gpu = replace(
            gpu,
            memory_used_mib=used,
            memory_total_mib=total,
            compute_mode=mode,
            utilisation_percent=float(utilisation) if utilisation.isdigit() else None,
        )
    mig = following[1].strip().strip("|").split("|")[-1].strip().rstrip("*") if len(following) > 1 else ""
    return replace(gpu, mig_mode=mig) if mig in ("Enabled", "Disabled") else gpu


def _memory(cell: str) -> tuple[float | None, float | None]:
    parts = [part.strip().removesuffix("MiB").removesuffix("MB").strip() for part in cell.split("/")]
    numbers = [float(part) if part.isdigit() and len(part) < 9 else None for part in parts]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (None, None)


def _long(found: str, draft: Draft) -> list[str]:
    gpus: list[Gpu] = []
    section = ""
    for line in found.split("\n"):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            section = key
        elif key == "Driver Version":
            draft.driver = draft.driver or dotted(value)
        elif key == "CUDA Version":
            draft.driver_cuda = draft.driver_cuda or dotted(value)
        elif key == "Product Name" and len(gpus) < 64:
            gpus.append(Gpu(index=len(gpus), name=value[:120], compute_capability=capability_of(value)))
        elif gpus:
            gpus[-1] = _long_field(gpus[-1], section, key, value)
    if gpus:
        draft.gpus = gpus
    return ["nvidia-smi -q"] if gpus else []


def _long_field(gpu: Gpu, section: str, key: str, value: str) -> Gpu:
    if key == "Compute Mode":
        return replace(gpu, compute_mode=value)
    if section == "MIG Mode" and key == "Current" and value in ("Enabled", "Disabled"):
        return replace(gpu, mig_mode=value)
    if section == "Driver Model" and key == "Current" and value in ("WDDM", "TCC", "MCDM"):
        return replace(gpu, driver_model=value)
    if section == "FB Memory Usage" and key in ("Total", "Used") and value.split()[:1] and value.split()[0].isdigit():
        mib = float(value.split()[0])
        return replace(gpu, memory_total_mib=mib) if key == "Total" else replace(gpu, memory_used_mib=mib)
    return gpu


def _tag(text: str, name: str) -> str:
    _, there, rest = text.partition(f"<{name}>")
    return rest.partition("<")[0].strip()[:120] if there else ""


def _xml(found: str, draft: Draft) -> list[str]:
    draft.driver = draft.driver or dotted(_tag(found, "driver_version"))
    draft.driver_cuda = draft.driver_cuda or dotted(_tag(found, "cuda_version"))
    gpus = []
    for index, part in enumerate(found.split("<product_name>")[1:65]):
        name = part.partition("<")[0].strip()[:120]
        gpus.append(
            Gpu(
                index=index,
                name=name,
                compute_capability=capability_of(name),
                compute_mode=_tag(part, "compute_mode") or None,
                mig_mode=_tag(part, "current_mig") if _tag(part, "current_mig") in ("Enabled", "Disabled") else None,
                driver_model=_tag(part, "current_dm") if _tag(part, "current_dm") in ("WDDM", "TCC") else None,
            )
        )
    if gpus:
        draft.gpus = gpus
    return ["nvidia-smi -x"]


def _csv(found: str, draft: Draft) -> list[str]:
    header: list[str] = []
    gpus: list[Gpu] = []
    for line in found.split("\n"):
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) > 1 and sum(cell.lower() in _QUERY_FIELDS for cell in cells) > len(cells) // 2:
            header = [cell.lower() for cell in cells]
        elif header and len(cells) == len(header) and len(gpus) < 64:
            gpus.append(_csv_row(dict(zip(header, cells, strict=True)), len(gpus), draft))
        elif header and len(cells) < 2 and gpus:
            header = []
    if gpus and not draft.gpus:
        draft.gpus = gpus
    return ["nvidia-smi --query-gpu"] if gpus else []


def _csv_row(row: dict[str, str], index: int, draft: Draft) -> Gpu:
    name = row.get("name") or row.get("gpu_name") or ""
    draft.driver = draft.driver or dotted(row.get("driver_version", ""))
    total, used = (row.get(f"memory.{what} [mib]", "").split() for what in ("total", "used"))
    return Gpu(
        index=index,
        name=name[:120],
        compute_capability=capability_of(name),
        compute_mode=row.get("compute_mode"),
        memory_total_mib=float(total[0]) if total and total[0].isdigit() else None,
        memory_used_mib=float(used[0]) if used and used[0].isdigit() else None,
    )


def _listing(found: str, draft: Draft) -> None:
    for line in found.split("\n"):
        word, colon, name = line.strip().partition(":")
        if colon and len(word) < 8 and word.startswith("GPU ") and word[4:].isdigit():
            gpu_named(name, draft)
