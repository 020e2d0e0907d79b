"""The headings of the page and of the paper."""

from __future__ import annotations

from gpuproof.core.words import text

HEADINGS = {
    "figures": text("Figures"),
    "proof": text("The proof, layer by layer"),
    "chain": text("From the application down to the GPU"),
    "findings": text("What is wrong, and what mends it"),
    "notes": text("Also good to know"),
    "unknown": text("What could not be established"),
    "advice": text("Recommendation"),
    "because": text("Why"),
    "rejected": text("Why not the others"),
    "commands": text("Commands"),
    "bench": text("Benchmark"),
    "sample": text(
        "Sample workload with random weights. Not included: face detection, video decoding and encoding, files."
    ),
    "doubts": text("Doubts about these figures"),
    "several": text("Several GPUs"),
    "telemetry": text("While it ran"),
    "variants": text("Every variant that was tried"),
    "more": text("Further figures"),
    "first_run": text("The first run, step by step"),
    "limits": text("Limits of this machine"),
    "conditions": text("Conditions"),
    "privacy": text("Privacy"),
    "removed": text("Replaced or left out"),
    "count": text("Times"),
    "origin": text("About this report"),
    "interval": text("95 % interval"),
    "next": text("What to look at next"),
    "name": text("Name"),
    "value": text("Value"),
    "made_by": text("Report by gpuproof"),
}
