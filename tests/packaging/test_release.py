"""What a release must agree on, and the desktop files that it ships."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import gpuproof

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = ROOT / "packaging" / "linux"
NAME = "io.github.gpuproof.gpuproof"


def test_every_file_that_names_the_version_names_the_same() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stream = ElementTree.parse(LINUX / f"{NAME}.metainfo.xml")
    newest = stream.find("releases/release")
    assert newest is not None
    declared = re.search(r'^version = "(.+)"$', settings, re.MULTILINE)
    assert declared is not None
    assert {declared[1], newest.get("version")} == {gpuproof.__version__}


def test_windows_files_name_the_version() -> None:
    for name in ("gpuproof.iss", "version_info.txt"):
        assert gpuproof.__version__ in (ROOT / "packaging" / "windows" / name).read_text(encoding="utf-8")


def test_the_desktop_entry_opens_files_of_its_own_type() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(LINUX / f"{NAME}.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"].endswith("%f")
    kind = ElementTree.parse(LINUX / f"{NAME}.xml").getroot()[0]
    assert desktop["MimeType"] == f"{kind.get('type')};"
    assert [glob.get("pattern") for glob in kind.iter() if glob.tag.endswith("glob")] == ["*.gpuproof"]


@pytest.mark.parametrize("script", ["packaging/try_out.sh", ".ci/run", ".ci/typecheck", ".ci/import-contracts"])
def test_scripts_parse(script: str) -> None:
    assert shutil.which("bash") is not None
    done = subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_build_says_what_it_can_do() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "build.py"), "--help"], capture_output=True, text=True, check=True
    )
    assert "wheel" in done.stdout


def test_an_icon_is_there_in_each_usual_size() -> None:
    sizes = {path.stem.removeprefix("gpuproof-") for path in (ROOT / "assets" / "icons").glob("gpuproof-*.png")}
    assert {"16", "32", "48", "64", "128", "256"} <= sizes
    assert (ROOT / "assets" / "icons" / "gpuproof.ico").is_file()
    assert (ROOT / "assets" / "icons" / "gpuproof.svg").is_file()
