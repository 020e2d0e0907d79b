"""The page in a real browser, with the network off: it lays out, and asks for nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
GOLDEN = Path(__file__).resolve().parents[3] / "data" / "reports" / "golden"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def browse(folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    assert BROWSER is not None
    closed = ["--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    quiet = [
        "--proxy-server=127.0.0.1:9",
        f"--user-data-dir={folder / 'profile'}",
        "--no-first-run",
        "--hide-scrollbars",
    ]
    return subprocess.run([BROWSER, *closed, *quiet, *options], capture_output=True, timeout=60, check=True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_renders_with_the_network_off(language: str, tmp_path: Path) -> None:
    page = GOLDEN / f"report.{language}.html"
    picture = tmp_path / "page.png"
    done = browse(tmp_path, f"--screenshot={picture}", "--window-size=1000,3000", page.as_uri())
    assert picture.stat().st_size > 60_000
    assert b"Refused to" not in done.stderr


def test_the_browser_understands_all_of_it(tmp_path: Path) -> None:
    dom = browse(tmp_path, "--dump-dom", (GOLDEN / "report.en.html").as_uri()).stdout.decode()
    source = (GOLDEN / "report.en.html").read_text(encoding="utf-8")
    for tag in ("svg", "section", "table", "h2", "pre", "li"):
        assert len(re.findall(f"<{tag}[ >]", dom)) == len(re.findall(f"<{tag}[ >]", source)), tag


def test_it_prints(tmp_path: Path) -> None:
    paper = tmp_path / "page.pdf"
    browse(tmp_path, f"--print-to-pdf={paper}", (GOLDEN / "report.en.html").as_uri())
    assert paper.read_bytes().startswith(b"%PDF-")
