"""Every machine of the decision bench gets the answer that was worked out by hand."""

from __future__ import annotations

import pytest
from decisions.bench import Row, rows, subject_of_row

from gpuproof.core.recommend import recommend

ROWS = rows()


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_machine_gets_the_reviewed_answer(row: Row) -> None:
    answer = recommend(subject_of_row(row))
    choice = answer.choice
    assert (choice.torch if choice else None) == row.torch
    assert choice is None or choice.variant in row.variants
    driver = answer.driver
    assert (driver.action, driver.minimum or "-", driver.maximum_branch or "-") == (
        row.action,
        row.minimum,
        row.maximum,
    )
    assert answer.because
