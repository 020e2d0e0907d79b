"""Words for what the children report by key: steps, reasons for skipping, kinds of failure."""

from __future__ import annotations

import re

from gpuproof.core.words import Text, text


def step_words(step: str, variant: str = "") -> Text:
    """Return what a progress message means."""
    if step == "measuring" and variant:
        return text("Measuring {variant}", variant=variant)
    if step == "trying" and variant:
        return text("Trying {variant}", variant=variant)
    return _STEPS.get(step, text("Working"))


_STEPS = {
    "torch": text("Loading torch"),
    "weights": text("Making the sample network (random weights)"),
    "clip": text("Drawing the sample video"),
    "reference": text("Computing the reference on the processor"),
    "tuning": text("Choosing the fastest way for this processor"),
    "limits": text("Measuring what the GPU can do at most"),
    "several": text("Preparing one program for each GPU"),
    "alone": text("Measuring each GPU alone"),
    "together": text("Measuring all GPUs at the same time"),
    "peers": text("Copying between the GPUs"),
    "waiting": text("Waiting for the other side"),
}

_SKIPPED = {
    "not_asked": text("not asked for"),
    "not_in_quick": text("left out of the quick preset"),
    "cpu_has_no_bf16": text("this processor has no bfloat16 arithmetic"),
    "bf16_is_slower": text("bfloat16 was tried and is slower here"),
    "fp16_needs_7_0": text("half precision is slow before compute capability 7.0"),
    "bf16_needs_8_0": text("needs compute capability 8.0"),
    "tf32_needs_8_0": text("needs compute capability 8.0"),
    "tf32_is_nvidia_only": text("TF32 exists on NVIDIA GPUs only"),
    "bf16_not_tried_on_mps": text("not tried on Apple GPUs"),
    "graphs_need_cuda": text("CUDA graphs need an NVIDIA or AMD GPU"),
    "compile_not_tried_here": text("torch.compile is tried on NVIDIA and AMD GPUs only"),
    "compile_not_tried_on_windows": text("torch.compile is not tried on Windows"),
    "no_triton": text("not available: Triton is not installed"),
    "no_compiler": text("not available: no C compiler was found"),
    "out_of_memory": text("not enough GPU memory, even for one frame at a time"),
    "failed": text("failed"),
}


def skipped_words(reason: str) -> Text:
    """Return why a variant was not run."""
    return _SKIPPED.get(reason, text("skipped"))


def failure_words(side: str, kind: str, detail: str) -> Text:
    """Return one line for a child that ended badly; ``side`` is gpu, cpu, or one of several cards: cuda:1."""
    side = side if ":" in side else side.upper()
    if kind == "no-accelerator":
        return _no_accelerator(detail)
    if kind == "out-of-memory":
        return text("The {side} run ran out of memory: {detail}.", side=side, detail=detail)
    if kind == "crashed":
        return text("The {side} run crashed: {detail}. What it had measured before is kept.", side=side, detail=detail)
    if kind == "timed-out":
        return text("The {side} run did not end within {detail} s and was stopped.", side=side, detail=detail)
    return text("The {side} run failed ({kind}): {detail}.", side=side, kind=kind, detail=detail)


def _no_accelerator(detail: str) -> Text:
    """Say the child's ``torch 2.13.0+cpu sees no usable accelerator`` or ``cuda:5 is not there; usable: cuda:0``."""
    blind = re.fullmatch(r"torch (\S+) sees no usable accelerator", detail)
    if blind is not None:
        return text("The GPU could not be measured: torch {version} sees none that it can use.", version=blind[1])
    absent = re.fullmatch(r"(\S+) is not there; usable: (.+)", detail)
    if absent is None:
        return text("The GPU could not be measured: {detail}.", detail=detail)
    if absent[2] == "none":
        return text("The GPU could not be measured: {device} is not there, and no other.", device=absent[1])
    return text(
        "The GPU could not be measured: {device} is not there; there are {usable}.", device=absent[1], usable=absent[2]
    )
