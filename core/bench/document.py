"""The bench part of the JSON contract: ``gpu``, ``cpu``, ``speedup``, ``proof``, ``doubts``, ``limits`` ..."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from gpuproof.core.bench.model import BenchResult, DeviceResult, Doubt, Proof, ProofLayer, Ratio, SeveralGpus
from gpuproof.core.bench.phrases import skipped_words
from gpuproof.core.bench.several_words import several_statements, weakest_and_best
from gpuproof.core.words import Text

WORKLOAD_NOTE = Text(
    "Sample workload with random weights. Not included: face detection, video decoding and encoding, file access."
)


def bench_document(result: BenchResult, proof: Proof | None, language: str) -> dict[str, Any]:
    """Return the document; every number is finite or null."""
    document = {
        "preset": result.settings.preset,
        "workload_version": result.workload_version,
        "note": WORKLOAD_NOTE.render(language),
        "gpu": _device(result.gpu, language),
        "cpu": _device(result.cpu, language),
        "speedup": _ratio(result.speedup, result),
        "speedup_same": _ratio(result.speedup_same, None),
        "proof": proof_document(proof, language),
        "doubts": [_doubt(doubt, language) for doubt in result.doubts],
        "limits": result.limits,
        "first_run": result.first_run,
        "placement": result.placement,
        "problems": [words.render(language) for words in result.problems],
    }
    if result.several is not None:
        document["several"] = several_document(result.several, language)
    cleaned: dict[str, Any] = finite(document)
    return cleaned


def proof_document(proof: Proof | None, language: str) -> dict[str, Any] | None:
    """Return the proof's part."""
    if proof is None:
        return None
    return {"verdict": proof.verdict, "layers": [_layer(layer, language) for layer in proof.layers]}


def several_document(several: SeveralGpus, language: str) -> dict[str, Any]:
    """Return the part about several GPUs: figures, and what they mean in words."""
    return {
        "cards": [asdict(card) for card in several.cards],
        "pairs": [asdict(pair) for pair in several.pairs],
        "left_out": several.left_out,
        "default": several.cards[0].device if several.cards else None,
        "weakest": getattr(weakest_and_best(several)[0], "device", None),
        "statements": [words.render(language) for words in several_statements(several)],
    }


def finite(value: Any) -> Any:
    """Return the same with every number that JSON cannot hold as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(inner) for inner in value]
    return value


def _device(device: DeviceResult | None, language: str) -> dict[str, Any] | None:
    if device is None:
        return None
    return {
        "device": device.device,
        "name": device.name,
        "variant": device.variant,
        "frames_per_second": device.frames_per_second,
        "low": device.low,
        "high": device.high,
        "stages": device.stages,
        "batch": device.batch,
        "variants": {name: _variant(figures, language) for name, figures in device.variants.items()},
        **device.extra,
    }


def _variant(figures: dict[str, object], language: str) -> dict[str, object]:
    if "skipped" not in figures:
        return figures
    return {**figures, "reason": skipped_words(str(figures["skipped"])).render(language)}


def _ratio(ratio: Ratio | None, result: BenchResult | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    found: dict[str, Any] = {"ratio": ratio.ratio, "low": ratio.low, "high": ratio.high}
    if result is not None and result.gpu is not None and result.cpu is not None:
        found.update(gpu_variant=result.gpu.variant, cpu_variant=result.cpu.variant)
    return found


def _doubt(doubt: Doubt, language: str) -> dict[str, str | None]:
    return {"kind": doubt.kind, "side": doubt.side, "text": doubt.words.render(language)}


def _layer(layer: ProofLayer, language: str) -> dict[str, Any]:
    return {
        "name": layer.name,
        "verdict": layer.verdict,
        "evidence": [words.render(language) for words in layer.evidence],
        "missing": [words.render(language) for words in layer.missing],
    }
