"""What a card should do by its data sheet."""

import pytest

from gpuproof.core.bench.expected import expected_figures, link_gbs


def test_a_listed_card_gets_its_share():
    found = expected_figures("NVIDIA H100 80GB HBM3", {"matmul_tflops_fp16": 764.0})
    assert found["pct_expected_matmul"] == pytest.approx(100.0 * 764.0 / float(found["expected_tflops_fp16"]))
    assert 60.0 < found["pct_expected_matmul"] < 100.0


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        pytest.param("NVIDIA GeForce RTX 4090 Laptop GPU", {"matmul_tflops_fp16": 100.0}, id="laptop-part"),
        pytest.param("A card nobody listed", {"matmul_tflops_fp16": 100.0}, id="not-listed"),
        pytest.param("NVIDIA H100 80GB HBM3", {}, id="not-measured"),
    ],
)
def test_nothing_is_expected_where_nothing_is_known(name, limits):
    assert expected_figures(name, limits) == {}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"pcie_width_max": 16, "pcie_generation_card": 5}, 63.0),
        ({"pcie_width_max": 8, "pcie_generation_card": 4}, 15.75),
        ({"pcie_width_max": 0, "pcie_generation_card": 4}, None),
        ({"pcie_width_max": 16, "pcie_generation_card": 9}, None),
        ({}, None),
    ],
)
def test_the_rate_of_a_connector(row, expected):
    assert link_gbs(row) == (None if expected is None else pytest.approx(expected, rel=0.001))
