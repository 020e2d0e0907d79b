"""Write the golden files of every export anew, after a change that was meant.

python tests/benchmarks/report_golden.py
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "core" / "report" / "export")]


def main() -> None:
    """Write them."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GPUPROOF_DATA_DIR"] = folder
        from test_exports import GOLDEN, a_fixed_report

        from gpuproof.core.report.export import export

        GOLDEN.mkdir(parents=True, exist_ok=True)
        (GOLDEN / "report.en.csv").write_bytes(export(a_fixed_report(), "csv"))
        for form in ("html", "md", "txt", "pdf", "png"):
            for language in ("en", "zh"):
                (GOLDEN / f"report.{language}.{form}").write_bytes(export(a_fixed_report(), form, language))
        (GOLDEN / "report.json").write_bytes(export(a_fixed_report(), "json"))
        print(f"written to {GOLDEN}")


if __name__ == "__main__":
    main()
