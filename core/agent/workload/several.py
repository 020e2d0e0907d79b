"""One GPU of several: measured alone, then at the same moment as all the others, so that each can be compared.

Every GPU has its own child, as programs that use several GPUs do; the parent opens the gates ``alone`` (one child after
the other), ``together`` (all at once) and ``peers`` (one child copies between all pairs).
"""

from typing import Any, Dict, List, Optional, Tuple

import torch

from .accelerator import Accelerator, find
from .gpu_modes import make_runner, why_no_graph
from .gpu_runner import Runner, Stock, Variant, send_block
from .inputs import make_inputs
from .peers import measure_pairs
from .presets import PRESETS, Preset
from .reporting import Reporter
from .weights import build_network

PRESET = "quick"  # only the ratio of the cards counts, so every session uses the smallest pictures
_CLIP_FRAMES = 128
_BLOCK_S = 0.05
_WARM_UP_S = 0.2


def measure_one(params: Dict[str, Any], reporter: Reporter, accelerator: Any = None) -> Dict[str, Any]:
    """Measure the card ``device`` behind the gates; ``seconds`` per mode, ``pairs_s`` for the copies (0: not mine)."""
    accelerator = accelerator or find(str(params["device"]))
    stock, variant = _prepare(accelerator, PRESETS[PRESET])
    runners = [make_runner(stock, variant, io) for io in ("full", "none")]
    for runner in runners:
        runner.run_block(_WARM_UP_S)
    number = 0
    for phase in ("alone", "together"):
        reporter.gate(phase)
        for runner in runners:
            number = _measure(runner, phase, number, float(params["seconds"]), reporter)
        reporter.say("phase_done", phase=phase)
    pairs: Dict[str, Any] = {}
    if params.get("pairs_s"):
        reporter.gate("peers")
        pairs = measure_pairs(float(params["pairs_s"]), reporter.stop_if_asked)
        reporter.say("phase_done", phase="peers")
    return {
        "device": str(accelerator.device),
        "name": accelerator.title,
        "pci_bus": pci_bus(accelerator),
        "variant": variant.name,
        "batch": variant.batch,
        "pairs": pairs,
    }


def pci_bus(accelerator: Accelerator) -> Optional[str]:
    """Return the card's PCI address as the driver writes it; None where this torch does not tell."""
    if accelerator.device.type != "cuda":
        return None
    properties = accelerator.module.get_device_properties(accelerator.device)
    bus: List[Any] = [getattr(properties, "pci_%s_id" % part, None) for part in ("domain", "bus", "device")]
    return None if None in bus else "%08x:%02x:%02x.0" % tuple(bus)


def _prepare(accelerator: Accelerator, preset: Preset) -> Tuple[Stock, Variant]:
    torch.set_num_threads(1)
    stock = Stock(accelerator, preset, build_network(preset), make_inputs(preset, _CLIP_FRAMES))
    precision = "fp32" if accelerator.why_not("fp16") else "fp16"
    mode = "eager" if why_no_graph(stock) else "graph"
    return stock, Variant(precision, precision, True, preset.gpu_batch, mode=mode, fused=mode == "graph")


def _measure(runner: Runner, phase: str, number: int, seconds: float, reporter: Reporter) -> int:
    """Send blocks for so many seconds; the clocks rise first."""
    for is_warm_up, longest_s in ((True, _WARM_UP_S), (False, seconds)):
        until_s = reporter.now_s() + longest_s
        while reporter.now_s() < until_s:
            send_block(reporter, runner, _BLOCK_S, phase, number, is_warm_up)
            number += 1
    return number
