"""``gpuproof inspect --compose FILE``: what each service asks of the GPU, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.compose import SNIPPET, ComposeService, read_compose
from gpuproof.core.facts.simple_yaml import MAX_CHARACTERS
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Language, literal, text


def inspect_compose(name: str, terminal: Terminal) -> int:
    """Show the services; 1 when one of them has a mistake."""
    services = _read(Path(name))
    document = {"compose": name, "services": [_document(service, terminal.language) for service in services]}
    terminal.emit(document, lambda: _show(services, terminal))
    return 1 if any(service.mistakes for service in services) else 0


def _read(path: Path) -> tuple[ComposeService, ...]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return read_compose(file.read(MAX_CHARACTERS + 1))
    except (OSError, ValueError) as problem:
        detail = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UserProblem(
            text("{path} cannot be read: {detail}", path=path, detail=detail),
            text("Expected a compose file, such as docker-compose.yml."),
        ) from problem


def _document(service: ComposeService, language: Language) -> dict[str, Any]:
    mistakes = [{"kind": kind, "text": words.render(language)} for kind, words in service.mistakes]
    return {"name": service.name, "image": service.image, "asks_gpu": service.asks_gpu or None, "mistakes": mistakes}


def _show(services: tuple[ComposeService, ...], terminal: Terminal) -> None:
    for service in services:
        asks = text("{name}: asks for the GPU by {how}", name=service.name, how=service.asks_gpu)
        terminal.say(asks if service.asks_gpu else text("{name}: asks for no GPU", name=service.name))
        for _, words in service.mistakes:
            terminal.say(f"  - {words.render(terminal.language)}")
    if any(service.mistakes and not service.asks_gpu for service in services):
        terminal.say(text("A service asks for the GPU like this:"))
        terminal.say(literal(SNIPPET))
