"""Runners that remove launch overhead: CUDA graphs, and torch.compile where Triton and a compiler are there."""

import importlib
import os
import shutil
from typing import Any, Dict, List

import torch

from .gpu_runner import Runner, Slot, Stock, Variant
from .presets import WINDOW


def rungs(batch: int, tuned: bool, largest: int = 0) -> List[Variant]:
    """Return the ladder: what a user's own application may leave on the table, from naive to compiled.

    ``tuned``: the library searches for its best algorithms, which takes some 6 s per precision: not in a quick run.
    ``largest``: the batch of one more rung, for frames that lie on the device already.
    """
    compiled = Variant("fp16+compile", "fp16", True, batch, autotune=tuned, mode="compile", fused=True, deep=tuned)
    rows = [
        Variant("naive", "fp32", False, WINDOW, micro=1),
        Variant("fp32", "fp32", True, batch),
        Variant("tf32", "tf32", True, batch),
        Variant("fp16", "fp16", True, batch, autotune=tuned),
        Variant("bf16", "bf16", True, batch, autotune=tuned),
        Variant("fp16+graph", "fp16", True, batch, autotune=tuned, mode="graph", fused=True, deep=tuned),
        compiled,
    ]
    if tuned and largest > batch:
        rows.append(compiled._replace(name="fp16+compile+large", batch=largest, is_model_only=True))
    return rows


def make_runner(stock: Stock, variant: Variant, io: str) -> Runner:
    """Return the runner of a variant's mode."""
    if variant.mode == "eager":
        return Runner(stock, variant, io)
    return GraphRunner(stock, variant, io)


def why_no_graph(stock: Stock) -> str:
    """Return why CUDA graphs cannot be used, or nothing."""
    return "" if stock.accelerator.device.type == "cuda" else "graphs_need_cuda"


def why_no_compile(stock: Stock) -> str:
    """Return why torch.compile cannot be used, or nothing."""
    if stock.accelerator.device.type != "cuda":
        return "compile_not_tried_here"
    if os.name == "nt":
        return "compile_not_tried_on_windows"
    try:
        importlib.import_module("triton")
    except ImportError:
        return "no_triton"
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")
    return "" if compiler else "no_compiler"


class GraphRunner(Runner):
    """Captures one graph per ring buffer; a step is then a single launch."""

    def __init__(self, stock: Stock, variant: Variant, io: str) -> None:
        super().__init__(stock, variant, io)
        self._graphs: Dict[int, Any] = {}
        pool = None
        for slot in self._slots:
            self._fill(slot, 0)
            graph = self._captured(slot, pool)
            pool = graph.pool()
            self._graphs[id(slot)] = graph

    def compute(self, slot: Slot) -> None:
        """Replay the slot's graph."""
        self._graphs[id(slot)].replay()

    def _captured(self, slot: Slot, pool: Any) -> Any:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step(slot)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=pool):
            self.step(slot)
        return graph
