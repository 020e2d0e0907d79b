"""The accessibility engine axe-core over the HTML report, in headless Chromium with the network off.

    npm pack axe-core && tar xzf axe-core-*.tgz
    python tests/benchmarks/report_axe.py package/axe.min.js

Three reports (a root cause, a whole check on an H100, no benchmark), two languages, light and dark. The page under test
is the exported one with two changes that the engine needs: its policy, which forbids every script, is taken out, and
the engine is put in. Prints Markdown and ends with 1 on any violation; what axe cannot decide is counted apart.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.reports import a_broken_diagnosis, a_report

from gpuproof.core.report.export import export
from gpuproof.core.report.model import Report
from gpuproof.core.report.store import load_report

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "h100.json"
SCHEMES = {"light": "1", "dark": "0"}
RUN = """
<script>AXE</script>
<script>
axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]}}).then(function (found) {
  var place = document.createElement("script");
  place.type = "application/json"; place.id = "axe-found";
  place.textContent = JSON.stringify({
    engine: found.testEngine.version,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    passed: found.passes.length,
    incomplete: found.incomplete.map(function (one) { return [one.id, one.nodes.length]; }),
    violations: found.violations.map(function (one) { return [one.id, one.impact, one.help,
      one.nodes.slice(0, 5).map(function (node) { return node.html.slice(0, 160) + " :: " + node.failureSummary; })]; })
  }).replace(/</g, "\\\\u003c");
  document.body.appendChild(place);
});
</script></body>"""


def reports() -> dict[str, Report]:
    """Return what is looked at."""
    return {
        "a root cause": a_report(diagnosis=a_broken_diagnosis()),
        "a check on an H100": load_report(EXAMPLE),
        "no benchmark": a_report(result=None, proof=None),
    }


def looked_at(page: str, engine: str, scheme: str, folder: Path) -> dict[str, Any]:
    """Return what axe found on one page."""
    without_policy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert without_policy != page
    copy = folder / "page.html"
    copy.write_text(without_policy.replace("</body>", RUN.replace("AXE", engine)), encoding="utf-8")
    browser = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    closed = ["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--no-first-run"]
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,1400", "--virtual-time-budget=20000"]
    scheme_option = f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"
    command = [browser, *closed, *options, scheme_option, f"--user-data-dir={folder}/profile", "--dump-dom"]
    done = subprocess.run([*command, copy.as_uri()], capture_output=True, timeout=120, check=True)
    found = re.search(r'id="axe-found">(.*?)</script>', done.stdout.decode(), re.DOTALL)
    assert found is not None, done.stderr.decode()[-500:]
    result: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert result["dark"] is (scheme == "dark")
    return result


def main() -> int:
    """Print one line a page."""
    engine, worst = Path(sys.argv[1]).read_text(encoding="utf-8"), 0
    print("| report | language | scheme | rules passed | violations | not decided by axe |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        os.environ["GPUPROOF_DATA_DIR"] = name
        for title, report in reports().items():
            for language in ("en", "zh"):
                page = export(report, "html", language).decode()
                for scheme in SCHEMES:
                    found = looked_at(page, engine, scheme, Path(name))
                    unsure = ", ".join(f"{rule} ({count})" for rule, count in found["incomplete"]) or "none"
                    cells = [title, language, scheme, found["passed"], len(found["violations"]), unsure]
                    print("| " + " | ".join(map(str, cells)) + " |")
                    for violation in found["violations"]:
                        worst = 1
                        print(json.dumps(violation, ensure_ascii=False, indent=1))
        print(f"\naxe-core {found['engine']}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
