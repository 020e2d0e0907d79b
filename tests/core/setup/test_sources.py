"""The right variant is found wherever it is, and a plain torch is never taken for it."""

import sys

import pytest

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup.sources import Wanted, available_versions, choose_source, of_variant
from gpuproof.core.setup.tools import Pip, pip_for

CPU = Wanted(torch="2.15.0", variant="cpu", index_url="")


@pytest.fixture(scope="module")
def pip():
    return pip_for(sys.executable)


def numpy(version):
    return (("numpy",),)


@pytest.mark.parametrize(
    ("listed", "wanted", "expected"),
    [
        pytest.param("2.15.0 2.14.1 2.13.0+cpu 2.13.0", CPU, "2.13.0+cpu", id="only-the-label-counts-on-linux"),
        pytest.param("2.16.0+cpu 2.15.0+cpu 2.14.0+cpu", CPU, "2.15.0+cpu 2.14.0+cpu", id="never-newer-than-wanted"),
        pytest.param("2.15.0 2.14.1", CPU, "", id="plain-ones-are-cuda-here"),
        pytest.param("2.15.0+cu126 2.15.0+cpu.cxx11", CPU, "", id="other-labels"),
        pytest.param("nonsense 2.x", CPU, "", id="no-versions"),
        pytest.param("2.9.0+cpu 2.10.0+cpu", CPU, "2.10.0+cpu 2.9.0+cpu", id="numbers-not-text"),
    ],
)  # fmt: skip
def test_the_versions_of_a_variant(listed, wanted, expected):
    assert of_variant(listed.split(), wanted) == tuple(expected.split())


def test_a_plain_version_counts_where_it_is_known_to_be_the_variant():
    windows = Wanted(torch="2.15.0", variant="cpu", index_url="", plain_variant=lambda version: "cpu")
    assert of_variant(["2.15.0", "2.15.0+cpu", "2.14.1"], windows) == ("2.15.0+cpu", "2.15.0", "2.14.1")


def test_without_a_recommended_release_the_newest_of_the_variant_is_taken():
    assert of_variant(["2.14.0+cpu", "2.16.0+cpu"], Wanted(torch="", variant="cpu", index_url=""))[0] == "2.16.0+cpu"


def test_the_recommended_index_comes_first(pip, index):
    wanted = Wanted(torch="2.13.0", variant="cpu", index_url=index)
    source = choose_source(pip, wanted, numpy)
    assert source.torch == "2.13.0+cpu"
    assert source.options == ("--index-url", index)
    assert {item.name for item in source.resolution.items} == {"torch", "numpy", "helper"}
    assert source.resolution.download_bytes > 0
    assert not source.resolution.has_unknown_sizes
    assert source.skipped == ()


def test_an_index_that_cannot_be_reached_is_left_for_what_pip_is_configured_with(pip, wheels, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wanted = Wanted(torch="2.15.0", variant="cpu", index_url="http://127.0.0.1:9/whl/cpu")
    source = choose_source(pip, wanted, numpy)
    assert source.torch == "2.13.0+cpu"
    assert source.options == ()
    assert source.resolution.download_bytes == 0
    assert source.resolution.total_bytes > 0
    assert len(source.skipped) == 1


def test_plain_torch_with_cuda_parts_is_never_taken_on_a_machine_without_gpu(pip, wheels, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lying = Wanted(torch="2.15.0", variant="cpu", index_url="", plain_variant=lambda version: "cpu")
    assert choose_source(pip, lying, numpy).torch == "2.13.0+cpu"


def test_fewer_companions_are_taken_where_the_full_set_cannot_be_had(pip, index):
    wanted = Wanted(torch="2.13.0", variant="cpu", index_url=index)
    source = choose_source(pip, wanted, lambda version: (("torchvision==0.28.0", "numpy"), ("numpy",)))
    assert source.requirements == ("torch==2.13.0+cpu", "numpy")


def test_no_source_at_all_says_what_was_tried(pip, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(CouldNotFinish, match="No source has a torch for cu126") as caught:
        choose_source(pip, Wanted(torch="2.13.0", variant="cu126", index_url="http://127.0.0.1:9/whl/cu126"), numpy)
    assert "http://127.0.0.1:9/whl/cu126" in str(caught.value.hint)
    assert "pip: torch *+cu126: -" in str(caught.value.hint)


def test_versions_are_listed_as_pip_sees_them(pip, index, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index)
    assert available_versions(pip) == ("2.15.0", "2.13.0+cpu", "2.12.0+cpu")


def test_a_pip_that_fails_lists_nothing():
    assert available_versions(Pip((sys.executable, "-c", "raise SystemExit(1)"), (26, 0))) == ()
