"""What docs/contributing.md tells contributors to do, done word for word on a copy of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
_PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
_JSON = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    without = shutil.ignore_patterns("__pycache__")
    for part in ("core", "gpuproof", "assets", "tests/helpers"):
        shutil.copytree(ROOT / part, folder / part, ignore=without)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _python(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone), "GPUPROOF_DATA_DIR": str(clone / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_check_is_added_in_two_files(clone: Path) -> None:
    function, row, test = _PYTHON
    path = clone / "core" / "diagnose" / "rules" / "gpu_state.py"
    source = path.read_text(encoding="utf-8")
    source = source.replace("\nRULES = (\n", f"\n{function}\n\nRULES = (\n{row}", 1)
    source = source.replace("unknown import Unknown\n", "unknown import Unknown, Why\n", 1)
    path.write_text(source, encoding="utf-8")
    tests = clone / "tests" / "core" / "diagnose" / "rules"
    tests.mkdir(parents=True)
    (tests / "test_memory_taken.py").write_text(test, encoding="utf-8")

    done = _python(clone, "-m", "pytest", "-q", str(tests))
    assert "4 passed" in done.stdout, done.stdout + done.stderr

    linted = _python(clone, "-m", "ruff", "check", "--no-cache", str(path), str(tests))
    assert linted.returncode == 0, linted.stdout + linted.stderr
    formatted = _python(clone, "-m", "ruff", "format", "--no-cache", "--check", str(path), str(tests))
    assert formatted.returncode == 0, formatted.stdout + formatted.stderr

    code = (
        "from helpers.machines import a_gpu, a_machine\nfrom gpuproof.core.diagnose import diagnose\n"
        "full = a_machine(gpus=(a_gpu(memory_used_mib=9999.0, memory_total_mib=10000.0),))\n"
        "print([one.id for one in diagnose(full).findings], [one.id for one in diagnose(a_machine()).findings])"
    )
    found = _python(clone, "-c", f"import sys; sys.path.insert(0, 'tests')\n{code}")
    assert found.stdout.strip() == "['gpu.memory-taken'] []", found.stderr


def test_a_torch_release_is_added_as_rows(clone: Path) -> None:
    question = ("recommend", "--gpu", "NVIDIA GeForce RTX 4090", "--driver", "610.43.02", "--os", "linux")
    before = _choice(clone, *question, "--python", "3.12")
    assert (before["torch"], before["variant"]) == ("2.15.0", "cu132")
    for table, row in zip(("torch_releases", "torch_builds"), _JSON, strict=True):
        path = clone / "assets" / "knowledge" / f"{table}.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        found["rows"].append(json.loads(row))
        path.write_text(json.dumps(found), encoding="utf-8")
    after = _choice(clone, *question, "--python", "3.12")
    assert (after["torch"], after["variant"]) == ("2.15.1", "cu132")


def _choice(clone: Path, *words: str) -> dict[str, str]:
    done = _python(clone, "-m", "gpuproof", *words, "--json")
    choice: dict[str, str] = json.loads(done.stdout)["choice"]
    return choice
