"""The running programs of this person, those first that look like the work: Python, and the busy ones."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 400
_LIKELY = ("python", "comfy", "heygem", "wav2lip", "blender", "ffmpeg", "ollama")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One running program. ``memory_mib`` is its own memory in RAM."""

    pid: int
    name: str
    command: str
    memory_mib: float

    @property
    def looks_like_work(self) -> bool:
        """Tell whether it is one of those that people watch."""
        words = f"{self.name} {self.command}".lower()
        return any(part in words for part in _LIKELY)


def running_programs() -> tuple[Program, ...]:
    """Return the programs that may be watched, the likely ones first, then by memory. Takes a moment."""
    import os

    import psutil

    found = []
    for process in psutil.process_iter(["pid", "name", "cmdline", "memory_info"]):
        told = process.info
        if told["pid"] in (os.getpid(), 0) or not told["cmdline"]:
            continue  # kernel threads have no command line
        memory = told["memory_info"].rss / 2**20 if told["memory_info"] else 0.0
        command = " ".join(told["cmdline"])[:300]
        found.append(Program(pid=told["pid"], name=told["name"] or "", command=command, memory_mib=memory))
    found.sort(key=lambda program: (not program.looks_like_work, -program.memory_mib))
    return tuple(found[:_MOST])


def matching(programs: tuple[Program, ...], wanted: str) -> tuple[Program, ...]:
    """Return the programs whose id, name or command line holds the words."""
    parts = wanted.lower().split()
    return tuple(
        program
        for program in programs
        if all(part in f"{program.pid} {program.name} {program.command}".lower() for part in parts)
    )
