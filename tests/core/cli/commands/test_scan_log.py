"""``gpuproof scan-log``: exit codes, the JSON contract, standard input."""

import io
import json
from types import SimpleNamespace

import pytest

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal


def run(*words, language="en"):
    terminal = Terminal(language=language, out=io.StringIO(), err=io.StringIO())
    code = main(["scan-log", *map(str, words)], terminal)
    return code, terminal.out.getvalue(), terminal.err.getvalue()


@pytest.fixture
def log(tmp_path):
    file = tmp_path / "run.log"
    file.write_text("Using cuda for inference.\nframe 1\n", encoding="utf-8")
    return file


def test_a_gpu_run_is_zero_and_the_document_keeps_the_contract(log):
    code, out, _ = run(log, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["verdict"] == "gpu_used"
    assert document["evidence"][0]["line"] == 1
    assert {"line", "text", "signal", "meaning"} <= set(document["evidence"][0])
    assert document["components"][0]["name"] == "model"


@pytest.mark.parametrize("line", ["Using cpu for inference.", "nothing here", "RuntimeError: CUDA error: x"])
def test_anything_else_is_one(log, line):
    log.write_text(line + "\n", encoding="utf-8")
    assert run(log)[0] == 1


def test_an_unreadable_file_is_two_with_what_to_do(tmp_path):
    code, out, err = run(tmp_path / "nothing.log", "--json")
    assert code == 2
    assert out == ""
    assert "There is no file" in err


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"Using device: cuda:0\n")))
    assert run("-")[0] == 0


def test_the_words_for_a_person_name_the_line(log):
    code, out, _ = run(log)
    assert code == 0
    assert "line 1: Using cuda for inference." in out


def test_chinese_words_are_chinese(log):
    out = run(log, language="zh")[1]
    assert "GPU" in out
    assert "The program" not in out


@pytest.mark.parametrize(("options", "card"), [([], None), (["--gpu", "Tesla T4"], "Tesla T4")])
def test_the_card_can_be_named_for_the_pace(log, options, card):
    log.write_text("Total process time of 250 frames including saving images = 40.0s\n", encoding="utf-8")
    assert json.loads(run(log, "--json", *options)[1])["pace"]["card"] == card


def test_the_pace_is_said_with_what_it_is_worth(log):
    log.write_text("Total process time of 250 frames including saving images = 40.0s\n", encoding="utf-8")
    assert "took 4.0 minutes" in run(log)[1]
    assert "耗时 4.0 分钟" in run(log, language="zh")[1]
