"""Writes the pages that must never be out of date: findings, myths and the command reference, from the product itself.

python packaging/generate_docs.py            write them
python packaging/generate_docs.py --check    exit 1 when a page differs from what would be written
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from gpuproof.core.agent.questions.catalogue import CHILD_QUESTIONS, QUESTIONS
from gpuproof.core.agent.questions.driver import NVIDIA_SMI
from gpuproof.core.cli.main import COMMANDS
from gpuproof.core.diagnose.catalogue import RULES
from gpuproof.core.diagnose.causes import LINKS, TITLES, remedy_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.myths import myths, myths_for
from gpuproof.core.diagnose.notes.catalogue import NOTE_RULES
from gpuproof.core.facts.machine import Machine, OperatingSystem

QUESTIONS_INTRODUCTION = """`gpuproof inspect`, `check` and the collector ask these questions and no others, so this is
also the complete list of what can ever leave a machine. Nothing is written there. A question has a deadline of its own;
one that hangs costs its deadline and nothing else, and says that it gave no answer. `gpuproof inspect --json` shows
every answer.

Classes, for what is taken out before an answer leaves a machine: **public** (hardware, versions), **path** (folders,
which may hold a user's name), **identity** (card numbers, names of programs), **free text** (lines that other programs
wrote), **secret** (never leaves it). Where an environment variable or a setting may hold a password, only that it is
set is told.

"""
COMMON = """Every command takes `--json` (one JSON document on stdout, nothing else there; progress and logs go to
stderr) and `--lang en|zh`. Exit codes: 0 all well, 1 problems found, 2 wrong use or unreadable input, 3 could not
finish.
`gpuproof` alone opens the app. The fields of the JSON documents are in [the reference](reference.md).

"""
DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- made by packaging/generate_docs.py from the rules: do not edit -->\n\n"
SYSTEMS = {
    "Linux": Machine(os=OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 24.04")),
    "Windows": Machine(os=OperatingSystem(system="windows", machine="x86_64", name="Windows 11")),
}
HEADINGS = {
    "en": (
        "Findings",
        "Cause",
        "What it means",
        "Link of the chain",
        "Rules",
        "What mends it",
        "Often believed",
        "Notes",
    ),
    "zh": ("发现", "原因", "含义", "所在环节", "规则", "怎样修好", "常见误解", "提示"),
}

NOTES = {
    "en": "They slow a program down or may end it, and are never the cause: a machine with notes alone is healthy.",
    "zh": "它们会拖慢程序或使其结束，但从来不是原因：只有提示的机器是正常的。",
}


def main_program() -> int:
    """Write or check every page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [path for path, content in pages().items() if not path.exists() or path.read_text("utf-8") != content]
    if check:
        for path in stale:
            print(f"out of date: {path.relative_to(DOCS)}", file=sys.stderr)
        return 1 if stale else 0
    for path, content in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return 0


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    made = {DOCS / "findings.md": findings("en"), DOCS / "zh" / "findings.md": findings("zh")}
    made[DOCS / "commands.md"] = commands()
    made[DOCS / "questions.md"] = questions()
    return made


def questions() -> str:
    """Return the page of every question that may be asked of a machine."""
    lines = ["# What may be asked of a machine\n", MADE.replace("the rules", "the catalogue"), QUESTIONS_INTRODUCTION]
    lines += ["| question | asked of | systems | at most | class |\n", "| --- | --- | --- | --- | --- |\n"]
    known = {question.id: question for question in (*QUESTIONS, NVIDIA_SMI)}
    rows = {
        name: (question.source, ", ".join(question.systems), f"{question.deadline_s:g} s", question.privacy)
        for name, question in known.items()
    }
    rows |= {name: ("a process of its own", "all", "watched", privacy) for name, privacy in CHILD_QUESTIONS.items()}
    for name, (source, systems, deadline, privacy) in sorted(rows.items()):
        shown = source.replace("|", "\\|")
        shown_name = f"{name}DEVICE" if name.endswith(".") else name
        lines.append(f"| `{shown_name}` | {shown} | {systems} | {deadline} | {privacy.replace('_', ' ')} |\n")
    return "".join(lines)


def findings(language: str) -> str:
    """One section a cause: title, link, the rules that find it with their ids, remedy per system, myths."""
    heading = HEADINGS[language]
    parts = [MADE, f"# {heading[0]}\n\n"]
    for cause, title in TITLES.items():
        if cause in LINKS:
            parts.append(_finding(cause, title.render(language), heading, language))
    parts.append(f"## {heading[7]}\n\n{NOTES[language]}\n\n")
    parts += [_rule(rule.id, rule.look, rule.source) for rule in NOTE_RULES]
    parts.append(f"\n## {heading[6]}\n\n")
    for myth in myths():
        parts.append(
            f"**{myth.belief.render(language)}**\n\n{myth.answer.render(language)} ([{myth.id}]({myth.source}))\n\n"
            if myth.source.startswith("http")
            else f"**{myth.belief.render(language)}**\n\n{myth.answer.render(language)}\n\n"
        )
    return "".join(parts).rstrip() + "\n"


def _finding(cause: str, title: str, heading: tuple[str, ...], language: str) -> str:
    rules = [rule for rule in RULES if rule.cause == cause]
    lines = [f"## {title}\n\n", f"{heading[1]}: `{cause}` · {heading[3]}: `{LINKS[cause]}`\n\n"]
    shown = (_rule(rule.id, rule.check, rule.source) for rule in rules)
    lines += [f"{heading[4]}:\n\n", *shown, "\n"] if rules else []
    remedies = {name: remedy_of(cause, machine).steps for name, machine in SYSTEMS.items()}
    same = len({tuple(steps) for steps in remedies.values()}) == 1
    for name, steps in remedies.items():
        if same and name != "Linux":
            continue
        label = heading[5] if same else f"{heading[5]} ({name})"
        lines.append(f"{label}:\n\n{_steps(steps, language)}\n")
    for myth in myths_for(cause):
        lines.append(f"> {myth.belief.render(language)} — {myth.answer.render(language)}\n\n")
    return "".join(lines)


def _rule(name: str, look: Callable[[Machine], object], url: str) -> str:
    words = (look.__doc__ or "").strip().splitlines()
    source = f" ({url})" if url else ""
    return f"- `{name}`: {words[0] if words else ''}{source}\n"


def _steps(steps: tuple[Step, ...], language: str) -> str:
    lines = []
    for number, step in enumerate(steps, start=1):
        lines.append(f"{number}. {step.words.render(language)}\n")
        if step.command:
            lines.append("".join(f"\n        {line}" for line in step.command.splitlines()) + "\n\n")
    return "".join(lines)


def commands() -> str:
    """Every command with its options, from the parsers that read them."""
    parts = [MADE, "# Commands\n\n", COMMON]
    for name, (module, summary) in COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"gpuproof {name}")
        importlib.import_module(f"gpuproof.core.cli.commands.{module}").add_arguments(parser)
        parts.append(f"## {name}\n\n{summary[0].upper()}{summary[1:]}.\n\n{_arguments(parser)}")
    return "".join(parts).rstrip() + "\n"


def _arguments(parser: argparse.ArgumentParser) -> str:
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            rows += [
                f"| `{word}` | {_cell(child.description or _help_of(action, word))} {_inner(child)}|\n"
                for word, child in action.choices.items()
            ]
        elif "--help" not in action.option_strings and action.help is not argparse.SUPPRESS:
            rows.append(f"| {_name(action)} | {_cell(action.help)} |\n")
    return "| argument | meaning |\n| --- | --- |\n" + "".join(rows) + "\n" if rows else ""


def _inner(parser: argparse.ArgumentParser) -> str:
    names = [_name(action) for action in parser._actions if "--help" not in action.option_strings]
    return f"({', '.join(names)}) " if names else ""


def _help_of(action: argparse._SubParsersAction[argparse.ArgumentParser], word: str) -> str:
    return next((str(choice.help or "") for choice in action._choices_actions if choice.dest == word), "")


def _name(action: argparse.Action) -> str:
    words = ", ".join(action.option_strings) or (action.metavar if isinstance(action.metavar, str) else action.dest)
    takes_value = bool(action.option_strings) and action.nargs != 0
    value = f" {action.metavar or action.dest.upper()}" if takes_value else ""
    return f"`{words}{value}`".replace("|", "\\|")


def _cell(words: str | None) -> str:
    return (words or "").replace("%%", "%").replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main_program())
