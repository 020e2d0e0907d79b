"""Driver advice, reasons, alternatives, notices: the words a person reads."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.model import Recommendation, Subject
from gpuproof.core.recommend.subject import named_card

FAILED = Unknown(Why.FAILED, "could not look", "test")


def ask(*gpus: str, driver: str | Unknown | None = "580.65.06", **changes: Any) -> Recommendation:
    found = driver if isinstance(driver, Unknown) or driver is None else DottedVersion(driver)
    facts: dict[str, Any] = {"system": "linux", "machine": "x86_64", "python": "3.11", **changes}
    return recommend(Subject(cards=tuple(named_card(gpu) for gpu in gpus), driver=found, **facts))


def words(answer: Recommendation) -> str:
    return " ".join(str(each) for each in (*answer.because, *answer.notices, *answer.missing))


def test_an_upgrade_says_what_it_would_gain() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", driver="550.54.14")
    first = answer.alternatives[0]
    assert (first.torch, first.variant) == ("2.15.0", "cu132")
    assert "580" in str(first.needs)
    assert answer.driver.branch == "R580"


def test_do_not_upgrade_now_is_an_answer() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti", driver="550.54.14")
    assert answer.driver.action == "keep"
    assert "gain nothing" in words(answer)
    assert "hold" in str(answer.driver.how[0])


def test_nothing_to_do_when_it_is_installed() -> None:
    assert ask("NVIDIA GeForce GTX 1080 Ti", installed_torch="2.14.1+cu126").is_installed
    assert not ask("NVIDIA GeForce GTX 1080 Ti", installed_torch="2.14.1+cu130").is_installed
    assert ask("NVIDIA GeForce RTX 4090", installed_torch="2.15.0").is_installed  # PyPI's Linux wheel has no label
    assert not ask("NVIDIA GeForce RTX 4090", installed_torch=None).is_installed


def test_without_a_driver_the_gpu_build_stands_first_in_the_alternatives() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", driver=None)
    assert answer.choice is not None
    assert answer.choice.variant == "cpu"
    assert (answer.alternatives[0].torch, answer.alternatives[0].variant) == ("2.15.0", "cu132")
    assert answer.driver.action == "install"


def test_an_unseen_driver_is_named_as_missing() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", driver=FAILED)
    assert "--driver" in words(answer)
    assert answer.driver.minimum == "580"


def test_an_unknown_card_gives_no_choice_and_says_what_decides() -> None:
    answer = ask("NVIDIA Mystery 9000")
    assert answer.choice is None
    assert "--compute-capability" in words(answer)


def test_unknown_cards_and_system_are_named() -> None:
    answer = recommend(Subject())
    assert answer.choice is None
    assert "--os" in words(answer)
    assert "--gpu" in words(answer)


def test_a_card_that_is_left_out_gets_an_environment_of_its_own() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti", "NVIDIA GeForce RTX 5090")
    assert "left out" in words(answer)
    assert ("2.14.1", "cu126") in {(each.torch, each.variant) for each in answer.alternatives}


def test_one_wheel_for_all_offers_the_newer_one_for_the_newest_card() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti", "NVIDIA GeForce RTX 3090")
    assert ("2.15.0", "cu132") in {(each.torch, each.variant) for each in answer.alternatives}


def test_a_pin_that_cannot_work_names_the_nearest_that_would() -> None:
    answer = ask("NVIDIA GeForce RTX 5090", torch_pin="==2.5.1")
    assert answer.choice is None
    assert "torch 2.7.0 cu128" in words(answer)


def test_a_pin_that_is_too_new_names_the_driver_and_the_nearest_older_one() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", driver="550.54.14", torch_pin="==2.15.0")
    assert "With driver 580" in words(answer)
    assert "torch 2.14.1 cu126" in words(answer)


def test_no_wheel_for_this_python_names_the_pythons() -> None:
    assert "3.11, 3.12" in words(ask("NVIDIA GeForce RTX 4090", python="3.7"))


def test_another_python_is_offered_where_it_would_use_the_gpu() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti", python="3.15")
    assert any(each.variant == "cu126" and "3.14" in str(each.needs) for each in answer.alternatives)


def test_32_bit_is_named_as_the_reason() -> None:
    assert "32-bit" in words(ask("NVIDIA GeForce RTX 4090", python="3.11-32"))


def test_minor_version_compatibility_is_said_with_its_limit() -> None:
    assert "PTX" in words(ask("NVIDIA GeForce RTX 4090", driver="535.183.01"))
    assert "PTX" not in words(ask("NVIDIA GeForce RTX 4090", driver="595.71.05"))


def test_an_ended_branch_is_a_notice() -> None:
    assert "R590 is past its end of life" in words(ask("NVIDIA GeForce RTX 4090", driver="590.48.01"))
    assert "end of life" not in words(ask("NVIDIA GeForce RTX 4090", driver="595.71.05"))


def test_known_trouble_is_dated_and_for_the_right_cards() -> None:
    blackwell = ask("NVIDIA GeForce RTX 5080", driver="572.47", system="windows")
    assert "2025-03" in words(blackwell)
    assert "2025-03" not in words(ask("NVIDIA GeForce RTX 4090", driver="572.47", system="windows"))
    assert "2025-03" not in words(ask("NVIDIA GeForce RTX 5080", driver="572.75", system="windows"))


def test_a_driver_older_than_the_card_is_doubted() -> None:
    assert "check the number" in words(ask("NVIDIA GeForce RTX 4090", driver="470.256.02"))


def test_an_application_that_names_a_torch_is_followed_where_it_can_be() -> None:
    followed = ask("NVIDIA GeForce RTX 4090", python="3.10", app="latentsync")
    assert followed.choice is not None
    assert followed.choice.torch == "2.5.1"
    passed = ask("NVIDIA GeForce RTX 5090", app="latentsync")
    assert "2.5.1" in words(passed)


def test_too_little_memory_for_an_application_is_said() -> None:
    assert "needs 8 GB" in words(ask("NVIDIA GeForce GTX 1060 6GB", app="heygem"))
    assert "needs 8 GB" not in words(ask("NVIDIA GeForce RTX 4090", app="heygem"))


def test_every_release_newer_than_the_choice_is_answered_for() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti")
    newer = {each.variant for each in answer.rejected if each.torch == "2.15.0"}
    assert {"cu130", "cu132", "cpu"} <= newer
    assert all(str(each.reason) for each in answer.rejected)


def test_overrides_are_named_by_their_flags() -> None:
    assert "--driver" in words(ask("NVIDIA GeForce RTX 4090", overridden=("driver",)))


def test_amd_newest_variant_is_an_alternative_that_needs_a_look() -> None:
    answer = ask("AMD Radeon RX 7900 XTX (gfx1100)", driver=None)
    assert any(each.variant == "rocm7.14" and each.needs for each in answer.alternatives)


def test_mac_is_told_about_mps() -> None:
    assert "MPS" in words(ask(driver=None, system="macos", machine="arm64"))


def test_downgrade_steps_stop_windows_from_undoing_it() -> None:
    answer = ask("NVIDIA GeForce GTX 1080 Ti", driver="591.59", system="windows")
    assert any("Windows Update" in str(step) for step in answer.driver.how)
    assert any("580.xx to 582.xx" in str(step) for step in answer.driver.how)


def test_wsl_steps_send_people_to_windows() -> None:
    answer = ask("NVIDIA GeForce RTX 3080", driver=None, system="wsl")
    assert any("never install an NVIDIA driver inside WSL" in str(step) for step in answer.driver.how)


def test_jetson_steps_name_jetpack() -> None:
    answer = ask("Orin (nvgpu)", driver="540.4.0", machine="aarch64", python="3.10")
    assert any("JetPack" in str(step) for step in answer.driver.how)
    assert answer.driver.branch is None


def test_old_cards_get_the_closed_module_on_linux() -> None:
    steps = ask("NVIDIA GeForce GTX 1080 Ti", driver=None).driver.how
    assert any("nvidia-driver-580" in str(step) and "580-open" not in str(step) for step in steps)
    new = ask("NVIDIA GeForce RTX 5090", driver=None).driver.how
    assert any("nvidia-driver-580-open" in str(step) for step in new)


def test_how_sure_follows_the_rows_that_decided() -> None:
    assert ask("NVIDIA GeForce RTX 4090").certainty == "confirmed"
    assert ask("NVIDIA GeForce RTX 4090", system="windows").certainty == "inferred"


def test_an_older_torch_that_works_means_nothing_to_do() -> None:
    answer = ask("NVIDIA H100 80GB HBM3", driver="580.159.04", installed_torch="2.11.0+cu130")
    assert answer.installed_fits is True
    assert "nothing has to be installed" in str(answer.because[0])
    assert "2.15.0" in str(answer.because[0])
    assert answer.choice is not None
    assert answer.choice.torch == "2.15.0"


def test_an_installed_torch_that_does_not_fit_is_told_apart_from_one_nobody_knows() -> None:
    pascal = "NVIDIA GeForce GTX 1080 Ti"
    assert ask(pascal, installed_torch="2.15.0+cu132").installed_fits is False
    assert ask(pascal, installed_torch="2.15.0+cpu").installed_fits is False
    assert ask(pascal, installed_torch="2.14.1+cu126").installed_fits is True
    assert ask(pascal, installed_torch="2.7.1+cu118").installed_fits is True
    assert ask(pascal, driver="590.48.01", installed_torch="2.14.1+cu126").installed_fits is False
    assert ask(pascal, driver="470.256.02", installed_torch="2.14.1+cu126").installed_fits is False
    assert ask(pascal, installed_torch="1.13.1+cu117").installed_fits is None
    assert ask(pascal, installed_torch=None).installed_fits is None
    assert ask(pascal, driver=FAILED, installed_torch="2.14.1+cu126").installed_fits is None


def test_a_cpu_torch_fits_where_there_is_no_gpu() -> None:
    assert ask(driver=None, installed_torch="2.13.0+cpu").installed_fits is True
    assert ask("Tesla K40m", driver="470.256.02", installed_torch="2.13.0+cpu").installed_fits is True
    assert ask("NVIDIA GeForce RTX 4090", driver=None, installed_torch="2.13.0+cpu").installed_fits is False
    assert ask("AMD Radeon RX 7900 XTX (gfx1100)", driver=None, installed_torch="2.13.0+rocm7.2").installed_fits is True
    assert ask("AMD Radeon RX 7900 XTX (gfx1100)", driver=None, installed_torch="2.13.0+cu130").installed_fits is False


def test_a_pin_that_the_installed_torch_breaks_is_not_nothing_to_do() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", installed_torch="2.11.0+cu130", torch_pin=">=2.14")
    assert answer.installed_fits is False


def test_a_left_out_card_is_to_be_hidden() -> None:
    assert "CUDA_VISIBLE_DEVICES" in words(ask("NVIDIA GeForce GTX 1080 Ti", "NVIDIA GeForce RTX 5090"))
    assert "CUDA_VISIBLE_DEVICES" not in words(ask("NVIDIA GeForce GTX 1080 Ti", "NVIDIA GeForce RTX 3090"))


def test_a_driver_past_the_card_is_not_called_fitting() -> None:
    assert "once the driver knows it again" in str(ask("NVIDIA GeForce GTX 1080 Ti", driver="590.48.01").because[0])


def test_windows_on_arm_is_told_what_would_work() -> None:
    answer = ask(driver=None, system="windows", machine="aarch64")
    assert answer.choice is None
    assert "x86_64 Python" in words(answer)


def test_a_k80_may_go_on_to_torch_2_7_without_cudnn() -> None:
    answer = ask("Tesla K80", driver="470.256.02", python="3.10")
    assert answer.choice is not None
    assert answer.choice.torch == "2.3.1"
    other = next(each for each in answer.alternatives if each.torch == "2.7.1")
    assert other.variant == "cu118"
    assert "cudnn.enabled" in str(other.needs)


def test_a_card_that_no_common_driver_serves_does_not_name_the_branch() -> None:
    answer = ask("NVIDIA GeForce RTX 4090", "Tesla K80", driver="470.256.02")
    assert answer.driver.action == "upgrade"
    assert (answer.driver.minimum, answer.driver.branch, answer.driver.maximum_branch) == ("580", "R580", None)
    steps = " ".join(map(str, answer.driver.how))
    assert "nvidia-driver-580" in steps
    assert "470" not in steps


def test_other_builds_are_of_the_same_maker() -> None:
    answer = ask("AMD Radeon RX 7900 XTX (gfx1100)", driver=None)
    assert answer.choice is not None
    assert answer.choice.variant.startswith("rocm")
    assert "xpu" not in {other.variant for other in answer.alternatives}


def test_debian_headers_are_of_the_machine() -> None:
    here = ask("NVIDIA GH200 480GB", driver="535.129.03", machine="aarch64")
    assert any("linux-headers-arm64" in str(step) for step in here.driver.how)
    there = ask("NVIDIA H100 80GB HBM3", driver="535.129.03")
    assert any("linux-headers-amd64" in str(step) for step in there.driver.how)


def test_only_a_driver_that_is_there_is_written_down() -> None:
    assert not any("write down" in str(step) for step in ask("NVIDIA GeForce RTX 3060", driver=None).driver.how)
    assert "write down" in str(ask("NVIDIA GeForce RTX 5090", driver="560.35.03").driver.how[0])


def test_a_pinned_choice_is_called_the_newest_that_the_pin_allows() -> None:
    said = str(ask("NVIDIA GeForce RTX 3090", torch_pin="==2.5.1").because[0])
    assert "==2.5.1" in said
    assert "newest release" not in said
