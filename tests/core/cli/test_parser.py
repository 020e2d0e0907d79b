"""Help and wrong use in Chinese: every option is explained, and every mistake that argparse names is told."""

from __future__ import annotations

import argparse
import re

import pytest

from gpuproof.core.cli import main as cli
from gpuproof.core.cli.parser import Parser, language_of, wrong_use
from gpuproof.core.words import translations


def sentences(parser: argparse.ArgumentParser) -> set[str]:
    """Return what a parser and its subparsers explain."""
    found = {parser.description or ""}
    for action in parser._actions:
        found.add("" if action.help in (None, argparse.SUPPRESS) else str(action.help))
        if isinstance(action, argparse._SubParsersAction):
            found.update(str(choice.help) for choice in action._choices_actions)
            for child in action.choices.values():
                found |= sentences(child)
    return found - {""}


@pytest.mark.parametrize("command", ["", *cli.COMMANDS])
def test_every_option_is_explained_in_chinese(command: str) -> None:
    parser = cli._top_parser()
    if command:
        parser = Parser(description=cli.COMMANDS[command][1])
        cli._load(command).add_arguments(parser)
    missing = {words for words in sentences(parser) if words not in translations("zh")}
    assert missing == set()


@pytest.mark.parametrize(
    "words",
    [
        ["watch", "--pid", "abc"],
        ["watch", "--pid"],
        ["watch", "--seconds", "-1"],
        ["watch", "--alarm-memory", "500"],
        ["watch", "--interval", "0.01"],
        ["bogus"],
        ["recommend", "--os", "beos"],
        ["scan-log"],
        ["targets", "--nope"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_in_the_language(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "zh", *words])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    last = said.err.splitlines()[-1]
    assert "错误：" in last
    assert not re.search(r"argument|expected|invalid|required|unrecognized|is not", last)
    with pytest.raises(SystemExit):
        cli.main(words)
    assert "error: " in capsys.readouterr().err


def test_help_is_chinese_down_to_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", "export", "--help", "--lang", "zh"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith("用法：gpuproof report export")
    assert not re.search(r"usage|positional|options|show this", said)


def test_a_mistake_of_an_unknown_form_is_quoted() -> None:
    assert wrong_use("a new message of argparse").render("zh") == "a new message of argparse"


def test_the_language_of_a_watched_command_is_its_own() -> None:
    assert language_of(["watch", "--", "app", "--lang", "zh"], "en") == "en"
    assert language_of(["--lang=zh", "watch"], "en") == "zh"
    assert language_of(["watch", "--lang", "xx"], "en") == "en"
    assert language_of([], "zh") == "zh"
