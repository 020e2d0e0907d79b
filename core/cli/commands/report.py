"""``gpuproof report``: show, export, redact or sign a report; cases for support; before and after a driver upgrade."""

from __future__ import annotations

import argparse
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal

_FORMATS = ("json", "html", "md", "txt", "pdf", "png", "csv")
_LEVELS = ("share", "support", "full")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _action(actions, "show", "what a report or a case says")
    export = _action(actions, "export", "a report in another format")
    export.add_argument("--format", help=f"{', '.join(_FORMATS)} or a plugin's; default: by the ending of --out")
    redact = _action(actions, "redact", "a report that is fit to share, and what was taken out")
    redact.add_argument("--preview", action="store_true", help="only list what would be replaced; nothing is written")
    case = _action(actions, "case", "a case file for support: report, question, log")
    case.add_argument("--question", default="", help="your question in your own words")
    case.add_argument("--log", metavar="FILE", type=Path, help="a log; its end goes into the case")
    answer = _action(actions, "answer", "answer a case: words and a fix card")
    answer.add_argument("--words", required=True, help="the answer")
    answer.add_argument("--cause", default="", help="the cause as a label")
    answer.add_argument("--step", action="append", default=[], help="one step; a command after ' :: '")
    steps = _action(actions, "steps", "through the steps of an answered case, with a fresh look after each")
    steps.add_argument("--target", metavar="T", help="where to look again; default: this Python")
    for action in (export, redact, case, answer):
        action.add_argument("--out", metavar="OUT", type=Path, help="the file to write")
        action.add_argument("--privacy", choices=_LEVELS, default="share", help="share (default), support or full")
    sign = _action(actions, "sign", "sign a report with your ssh key")
    sign.add_argument("--key", metavar="KEY", type=Path, required=True, help="for instance ~/.ssh/id_ed25519")
    _action(actions, "keep", "keep a report as the state before a driver upgrade")
    after = _action(actions, "after", "judge a driver upgrade by a report made after it")
    after.add_argument("--forget", action="store_true", help="forget the kept state afterwards")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Run the chosen action; a file that is no report ends with exit code 2."""
    from gpuproof.core.cli import fix_steps, report_actions, report_support

    actions = {
        "show": report_actions.show,
        "export": report_actions.export_report,
        "redact": report_actions.redact_report,
        "sign": report_actions.sign,
        "case": report_support.make_case,
        "answer": report_support.answer_case,
        "steps": fix_steps.go_through,
        "keep": report_support.keep,
        "after": report_support.judge,
    }
    return actions[arguments.action](arguments, terminal)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=summary, description=summary)
    action.add_argument("file", metavar="FILE", help="a report file")
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document on stdout")
    action.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help="language of the words")
    return action
