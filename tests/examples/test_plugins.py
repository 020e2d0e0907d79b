"""The package that docs/plugins.md shows, installed from the page: its rule, its format and its questions work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import a_report

from gpuproof.core import plugins
from gpuproof.core.agent.questions.others import question_of, questions_from
from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.plugin_rules import plugin_rules
from gpuproof.core.facts.answers import Answer
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.launch.inspect import inspect_target
from gpuproof.core.launch.plugin_questions import plugin_questions
from gpuproof.core.launch.targets import parse_target
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.document import from_document, to_document
from gpuproof.core.report.export import export
from gpuproof.core.report.privacy.classes import may_leave
from gpuproof.core.report.privacy.redact import redact

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
Install = Callable[[str, dict[str, str]], Path]


def _forget() -> None:
    for cached in (plugins.installed, plugin_rules, plugin_questions, may_leave):
        cached.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a package on ``sys.path`` as pip does: its modules, and a dist-info folder with its entry points."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)

    def do(entry_points: str, modules: dict[str, str], package: str = "acme_checks-1.0") -> Path:
        for name, content in modules.items():
            (site / f"{name}.py").write_text(content, encoding="utf-8")
        info = site / f"{package}.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
        _forget()
        return site

    yield do
    _forget()
    for name in set(sys.modules) - before:
        if name.startswith(("acme", "broken")):
            del sys.modules[name]


@pytest.fixture
def acme(install: Install) -> Path:
    declared = tomllib.loads(re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0])
    lines = []
    for group, entries in declared["project"]["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    modules = {block.split('"""')[1].split(":")[0]: block for block in blocks}
    assert set(modules) == {"acme_rules", "acme_exporter", "acme_questions"}
    return install("\n".join(lines), modules)


@pytest.mark.usefixtures("acme")
def test_the_rule_of_the_page_finds_a_driver_of_another_branch() -> None:
    found = diagnose(a_machine(driver_version=DottedVersion("570.10")))
    finding = next(one for one in found.findings if one.rule == "acme.fleet-driver")
    assert (finding.cause, finding.severity) == ("acme_fleet_driver", "warning")
    assert [str(line) for line in finding.evidence] == ["driver 570.10"]


@pytest.mark.usefixtures("acme")
def test_the_rule_of_the_page_passes_its_own_branch() -> None:
    assert not diagnose(a_machine()).findings  # its driver is 580.159.04


@pytest.mark.usefixtures("acme")
def test_a_finding_of_a_plugin_survives_the_report_file() -> None:
    found = diagnose(a_machine(driver_version=DottedVersion("570.10")))
    report = a_report(diagnosis=found)
    again = from_document(to_document(report)).diagnosis
    assert again is not None
    assert [one.rule for one in again.findings] == [one.rule for one in found.findings]


@pytest.mark.usefixtures("acme")
def test_the_format_of_the_page_is_exported() -> None:
    found = diagnose(a_machine(driver_version=DottedVersion("570.10")))
    made = export(a_report(diagnosis=found), "junit").decode()
    assert made.startswith(f'<testsuite name="gpuproof" failures="{len(found.findings)}">')
    assert '<testcase name="acme.fleet-driver">' in made


@pytest.mark.usefixtures("acme")
def test_an_unknown_format_names_the_added_one_too() -> None:
    with pytest.raises(UserProblem) as caught:
        export(a_report(), "docx")
    assert caught.value.hint is not None
    assert "junit" in str(caught.value.hint)


@pytest.mark.usefixtures("acme")
def test_the_questions_of_the_page_are_asked_on_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_SITE", "hall-7")
    answers = {one.question: one for one in inspect_target(parse_target("self"), import_torch=False)}
    assert answers["plugin.acme.image"].status == "absent"
    assert answers["plugin.acme.site"].value == {"ACME_SITE": "hall-7"}


def test_answers_leave_only_with_the_class_of_an_installed_package(acme: Path) -> None:
    report = a_report(answers=(Answer(question="plugin.acme.image", status="ok", text="image 12\n"),))
    assert [one.question for one in redact(report).answers] == ["plugin.acme.image"]
    (acme / "acme_checks-1.0.dist-info" / "entry_points.txt").unlink()
    _forget()
    assert redact(report).answers == ()


def test_the_whole_command_runs_with_the_plugin(acme: Path, tmp_path: Path) -> None:
    capture = tmp_path / "paste.txt"
    capture.write_text("NVIDIA-SMI 535.54.03   Driver Version: 535.54.03   CUDA Version: 12.2\n", encoding="utf-8")
    done = _command(acme, "diagnose", str(capture), "--json")
    assert "acme.fleet-driver" in {one["id"] for one in json.loads(done.stdout)["findings"]}
    off = _command(acme, "diagnose", str(capture), "--json", GPUPROOF_NO_PLUGINS="1")
    assert "acme.fleet-driver" not in off.stdout


def test_the_answers_stand_in_the_document_of_inspect(acme: Path) -> None:
    done = _command(acme, "inspect", "--no-import", "--json", ACME_SITE="hall-7")
    answers = {one["question"]: one for one in json.loads(done.stdout)["plugin_answers"]}
    assert answers["plugin.acme.site"]["value"] == {"ACME_SITE": "hall-7"}


def _command(site: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(site)])
    return subprocess.run(
        [sys.executable, "-m", "gpuproof", *words],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("OTHER = 1", "AttributeError"),
        ("RULES = [1, 2]", "expected a tuple"),
        ("def syntax(:", "SyntaxError"),
    ],
)
def test_a_rule_package_that_fails_is_named_and_the_others_run(install: Install, module: str, why: str) -> None:
    install("[gpuproof.rules]\nbroken = broken_rules:RULES\n", {"broken_rules": module}, "broken-2.1")
    found = diagnose(a_machine())
    assert found.cause == "healthy"
    ((name, detail),) = found.crashed
    assert name == "broken 2.1: broken"
    assert why in detail


def test_a_rule_that_returns_no_verdict_is_a_crash_of_its_own(install: Install) -> None:
    module = (
        "from gpuproof.core.diagnose.model import Rule\n"
        "RULES = (Rule(id='broken.none', cause='oom', link='gpu', check=lambda machine: None),)\n"
    )
    install("[gpuproof.rules]\nbroken = broken_rules:RULES\n", {"broken_rules": module}, "broken-2.1")
    assert diagnose(a_machine()).crashed == (("broken.none", "NoneType is no verdict"),)


def test_a_rule_cannot_take_a_shipped_id(install: Install) -> None:
    module = (
        "from gpuproof.core.diagnose.model import Passed, Rule\n"
        "RULES = (Rule(id='gpu.memory', cause='oom', link='gpu', check=lambda machine: Passed()),)\n"
    )
    install("[gpuproof.rules]\nbroken = broken_rules:RULES\n", {"broken_rules": module}, "broken-2.1")
    assert diagnose(a_machine()).crashed == (("broken 2.1: broken", "the id gpu.memory is taken"),)


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("def form(report, language): raise ValueError('no page')", "ValueError: no page"),
        ("def form(report, language): return 'text'", "it returned str, not bytes"),
        ("form = 3", "expected a function"),
    ],
)
def test_an_exporter_that_fails_is_said_in_words(install: Install, module: str, why: str) -> None:
    install("[gpuproof.exporters]\nbrk = broken_form:form\n", {"broken_form": module}, "broken-2.1")
    with pytest.raises(CouldNotFinish, match=re.escape(why)):
        export(a_report(), "brk")


def test_what_an_exporter_writes_passes_the_gate(install: Install) -> None:
    module = "def form(report, language): return b'/home/jane.roe/models'\n"
    install("[gpuproof.exporters]\nbrk = broken_form:form\n", {"broken_form": module}, "broken-2.1")
    with pytest.raises(UserProblem):
        export(a_report(), "brk")


GOOD = {"id": "plugin.acme.x", "kind": "read_file", "path": "/etc/x", "privacy": "public"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "torch.build"},
        {"id": "plugin.x"},
        {"kind": "call"},
        {"path": "etc/x"},
        {"privacy": "open"},
        {"deadline_s": 0},
        {"deadline_s": 10.1},
        {"deadline_s": True},
        {"systems": ["plan9"]},
        {"kind": "run_command", "command": "ls -l"},
        {"kind": "run_command", "command": []},
        {"kind": "run_command", "command": ["/bin/sh", "-c", "ls"]},
        {"kind": "variables", "names": ["*"]},
    ],
)
def test_questions_that_may_not_be_asked_are_refused_on_both_sides(change: dict[str, object]) -> None:
    entry = {**GOOD, **change}
    with pytest.raises(ValueError, match=r"\w"):
        question_of(entry)
    assert questions_from({"plugin_questions": [entry, GOOD]}, "linux") == [question_of(GOOD)]


def test_the_longest_deadline_is_allowed() -> None:
    assert question_of({**GOOD, "deadline_s": 10.0}).deadline_s == 10.0


def test_a_question_package_that_fails_is_an_answer_with_its_reason(install: Install) -> None:
    install("[gpuproof.questions]\nbrk = broken_q:Q\n", {"broken_q": "Q = ({'id': 3},)"}, "broken-2.1")
    answers = {one.question: one for one in inspect_target(parse_target("self"), import_torch=False)}
    assert answers["plugin.broken.brk"].status == "failed"
    assert "is not of the form" in answers["plugin.broken.brk"].detail


def test_a_credential_in_a_variable_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpuproof.core.agent.place import Place

    question = question_of({**GOOD, "kind": "variables", "names": ["ACME_TOKEN"]})
    reply = question.ask(Place(environ={"ACME_TOKEN": "hush"}))
    assert reply.value == {"ACME_TOKEN": "(set, not shown)"}


def test_the_working_folder_is_not_searched(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    site = install("[gpuproof.rules]\nbroken = broken_rules:RULES\n", {"broken_rules": "RULES = 1"}, "broken-2.1")
    monkeypatch.chdir(site)
    _forget()
    assert plugins.installed() == ()
