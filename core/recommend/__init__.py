"""Decides on the torch wheel and the driver, with reasons for and against; commands are shown, never run."""

from __future__ import annotations

from gpuproof.core.recommend.decide import recommend

__all__ = ["recommend"]
