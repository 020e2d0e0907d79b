"""Which number formats a GPU does in hardware (``precision.json``). bf16 needs 8.0: below it torch only emulates."""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.knowledge.tables import remembered, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionSupport:
    """One compute capability's formats; ``sdpa_flash`` is torch's flash attention backend, in the table's words."""

    compute_capability: str
    architecture: str
    fast_fp16: bool
    bf16: bool
    tf32: bool
    int8_tensor: bool
    fp8: bool
    fp4: bool
    tensor_cores: str
    flash_attention_package: str
    sdpa_flash: str


@remembered
def _all_support() -> dict[str, PrecisionSupport]:
    fields = PrecisionSupport.__dataclass_fields__
    return {
        row["compute_capability"]: PrecisionSupport(**{name: row[name] for name in fields}) for row in rows("precision")
    }


def precision_support(device: ComputeCapability) -> PrecisionSupport | None:
    """Return what a GPU can do; None for a capability that is not in the table."""
    return _all_support().get(str(device))
