"""Readers of text that other tools wrote and people pasted: facts out of it, never a judgement."""

from gpuproof.core.facts.foreign.read import read_foreign

__all__ = ["read_foreign"]
