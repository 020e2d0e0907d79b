"""Pure readers: all answers of one inspection in, one ``Machine`` out. No file, no process, no clock."""

from gpuproof.core.facts.readers.all import read_machine

__all__ = ["read_machine"]
