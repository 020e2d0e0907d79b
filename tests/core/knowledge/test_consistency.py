"""The tables agree with each other, and every row says where it comes from and how sure it is."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from gpuproof.core import knowledge
from gpuproof.core.knowledge.tables import tables_folder

OWN = (
    "torch_releases",
    "torch_builds",
    "torch_archs",
    "cuda_drivers",
    "driver_branches",
    "architectures",
    "gpus",
    "gpu_patterns",
    "pci_ranges",
    "amd_targets",
    "intel_gpus",
    "bad_drivers",
    "cudnn",
    "precision",
    "app_profiles",
)


@pytest.mark.parametrize("name", OWN)
def test_every_row_has_source_and_certainty_and_every_table_a_date(name: str) -> None:
    found = json.loads((tables_folder() / f"{name}.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", found["read_on"])
    assert found["what"]
    assert found["sources"]
    for row in found["rows"]:
        assert row["source"], row
        assert row["certainty"] in ("confirmed", "inferred"), row


def test_every_recommendable_cuda_build_has_a_code_list_for_each_platform() -> None:
    for release in knowledge.torch_releases():
        for build in release.builds:
            if build.cuda is None or not build.is_recommendable:
                continue
            for platform in build.platforms:
                codes = knowledge.arch_list(release.version, build.variant, platform)
                assert codes, (release.version, build.variant, platform)


def test_every_cuda_build_has_a_driver_minimum_on_both_systems() -> None:
    for release in knowledge.torch_releases():
        for build in release.builds:
            if build.cuda:
                assert knowledge.minimum_driver(build.cuda, "linux"), build
                assert knowledge.minimum_driver(build.cuda, "windows"), build


def test_every_platform_of_a_build_has_pythons() -> None:
    for release in knowledge.torch_releases():
        for build in release.builds:
            assert build.platforms
            for platform in build.platforms:
                assert release.pythons.get(platform), (release.version, build.variant, platform)


def test_every_pypi_default_is_a_published_build() -> None:
    for release in knowledge.torch_releases():
        for platform, variant in release.pypi.items():
            build = release.build(variant)
            assert build is not None, (release.version, platform)
            assert platform in build.platforms, (release.version, platform, variant)


def test_every_known_cudnn_has_a_row() -> None:
    for release in knowledge.torch_releases():
        for build in release.builds:
            if build.cudnn:
                assert knowledge.cudnn_minimum_capability(build.cudnn), build


def test_every_capability_of_a_card_has_an_architecture_and_a_precision_row_where_it_matters() -> None:
    for model in knowledge.gpu_models():
        assert knowledge.architecture_of(model.compute_capability), model.name
        assert knowledge.precision_support(model.compute_capability), model.name


def test_branches_rise_with_their_cuda() -> None:
    spoken = [branch.cuda for branch in knowledge.driver_branches() if branch.cuda]
    assert spoken == sorted(spoken)


def test_windows_majors_do_not_overlap() -> None:
    ranges = [branch.windows_majors for branch in knowledge.driver_branches()]
    for before, after in itertools.pairwise(ranges):
        assert before[0] <= before[1]
        assert before[0] < after[0]


def test_torchvision_pairs_are_unique_per_release() -> None:
    pairs = [release.torchvision for release in knowledge.torch_releases() if release.torchvision]
    assert len(set(pairs)) == len(pairs)


def test_cu126_ends_with_the_last_cuda_12_release() -> None:
    newest = knowledge.torch_releases()[0]
    assert newest.version == "2.15.0"
    assert newest.build("cu126") is None
    last = knowledge.torch_release("2.14.1")
    assert last is not None
    assert last.build("cu126") is not None


def test_app_profiles_are_found_by_any_name() -> None:
    found = knowledge.app_profile("Duix.Avatar")
    assert found is not None
    assert found.id == "heygem"
    assert dict(found.vram_gb) == {"1080p": 8.0, "4K": 16.0}
    assert knowledge.app_profile("no such thing") is None


def test_words_of_driver_trouble_are_translated() -> None:
    from gpuproof.core.words import translations

    for system in ("linux", "windows"):
        for notice in knowledge.driver_notices(system):
            assert notice.found in translations("zh")
            assert notice.remedy in translations("zh")


def test_pci_ranges_do_not_overlap_and_name_known_architectures() -> None:
    ranges = [(int(row["first"], 16), int(row["last"], 16)) for row in knowledge.rows("pci_ranges")]
    assert ranges == sorted(ranges)
    assert all(first <= last for first, last in ranges)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ranges))
