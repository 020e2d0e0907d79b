"""Packages are read from the names of their metadata folders."""

from helpers.environments import make_venv

from gpuproof.core.setup.model import Change
from gpuproof.core.setup.packages import changes_between, changes_of, installed_packages
from gpuproof.core.setup.resolve import Item, Resolution


def test_names_are_normalised(tmp_path):
    site = make_venv(tmp_path)
    for name in ("Typing_Extensions-4.16.0.dist-info", "ruamel.yaml-0.18.dist-info", "old-1.2.egg-info", "torch"):
        (site / name).mkdir()
    assert installed_packages(tmp_path) == {"old": "1.2", "ruamel-yaml": "0.18", "typing-extensions": "4.16.0"}


def test_torch_stands_first_and_what_stays_is_no_change():
    items = [Item(name=name, version="2", url="file:///x") for name in ("a", "torch", "b")]
    assert changes_of({"a": "2", "b": "1"}, Resolution(tuple(items))) == (
        Change(name="torch", before=None, after="2"),
        Change(name="b", before="1", after="2"),
    )


def test_two_states_are_compared_both_ways():
    assert changes_between({"a": "1", "b": "1"}, {"b": "2", "c": "1"}) == (
        Change(name="a", before="1", after=None),
        Change(name="b", before="1", after="2"),
        Change(name="c", before=None, after="1"),
    )
