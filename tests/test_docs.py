"""The documentation: what it shows runs, and what it names exists."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from gpuproof.core.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
_CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s`;(|&])gpuproof (--?[a-z-]+|[a-z][a-z-]+)")


def _blocks(path: Path, language: str) -> list[str]:
    return [body for kind, body in _CODE.findall(path.read_text(encoding="utf-8")) if kind == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    code = "\n".join(body for _, body in _CODE.findall(page.read_text(encoding="utf-8")))
    shown = {word for word in _COMMAND.findall(code) if not word.startswith("-")}
    assert shown <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_shell_examples_parse() -> None:
    for body in _blocks(ROOT / "docs" / "automation.md", "sh"):
        done = subprocess.run(["sh", "-n"], input=body, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_pytest_marker_example_works(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_blocks(ROOT / "docs" / "automation.md", "python")[0])
    (tmp_path / "test_it.py").write_text(
        "import pytest\n@pytest.mark.gpu\ndef test_gpu(): assert False\ndef test_other(): pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs", str(tmp_path)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "GPUPROOF_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "1 passed, 1 skipped" in done.stdout
    assert "no good check on record" in done.stdout


def test_the_reference_names_the_document_of_every_command() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name != "open" and name not in page] == []


def test_json_examples_are_json() -> None:
    for page in PAGES:
        for body in _blocks(page, "json"):
            json.loads(body)


def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "generate_docs.py"), "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_app_finds_its_help_pages() -> None:
    folder = resources.files("gpuproof.docs")
    assert folder.joinpath("index.md").read_text(encoding="utf-8").startswith("# gpuproof")
    assert folder.joinpath("zh").joinpath("index.md").is_file()
