"""What the collector takes out before it writes, and what it must keep."""

from __future__ import annotations

import pytest

from gpuproof.core.agent.collector.redact import Redaction

REDACTION = Redaction(user="miriam", host="workshop-7", home="/home/miriam")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("/home/miriam/app/.venv", "~/app/.venv", id="own-home"),
        pytest.param("/home/otto/x and /Users/eva/y", "/home/<user>/x and /Users/<user>/y", id="other-homes"),
        pytest.param(r"C:\Users\Eva Maria\app", r"C:\Users\<user> Maria\app", id="windows-home-with-a-space"),
        pytest.param("Miriam's job on workshop-7", "<user>'s job on <host>", id="names"),
        pytest.param("https://me:hunter2@index/x", "https://<secret>@index/x", id="password-in-an-address"),
        pytest.param("token=abcdef", "<secret>", id="token"),
        pytest.param("hf_abcdefghij", "<secret>", id="token-of-a-hub"),
        pytest.param("mail eva@example.org from 00:1a:2b:3c:4d:5e", "mail <address> from <address>", id="addresses"),
        pytest.param("server 10.0.0.17 said no", "server <address> said no", id="ip-in-free-text"),
        pytest.param("<serial>1654923008417</serial>", "<serial>MASKED</serial>", id="serial"),
        pytest.param("<process_name>/opt/x</process_name>", "<process_name>MASKED</process_name>", id="process"),
    ],
)
def test_private_words_are_taken_out(given: str, expected: str) -> None:
    assert REDACTION.text(given) == expected


@pytest.mark.parametrize(
    "kept", ["580.159.04", "NVIDIA H100 80GB HBM3", "2.11.0+cu130", "0000:00:06.0", "sm_90", "/usr/local/cuda-13.0"]
)
def test_facts_are_kept(kept: str) -> None:
    assert REDACTION.text(kept) == kept


def test_a_cudnn_version_of_four_numbers_is_no_address() -> None:
    answer = {"question": "python.packages", "status": "ok", "value": {"version": "9.10.2.21"}}
    assert REDACTION.redact(answer)["value"] == {"version": "9.10.2.21"}


def test_the_same_card_keeps_the_same_pseudonym_and_another_has_another() -> None:
    first = REDACTION.text("GPU-8a4c1f6e-1234-5678-9abc-def012345678")
    assert first == REDACTION.text("GPU-8A4C1F6E-1234-5678-9ABC-DEF012345678")
    assert first.startswith("GPU-masked-")
    assert first != REDACTION.text("GPU-8a4c1f6e-1234-5678-9abc-def012345679")


def test_an_answer_outside_the_catalogue_loses_its_content() -> None:
    found = REDACTION.redact({"question": "made.up", "status": "ok", "text": "my secret", "took_s": 0.1})
    assert found == {
        "question": "made.up", "status": "denied", "took_s": 0.1, "detail": "left out: it may hold a secret",
    }  # fmt: skip


def test_keys_and_nested_values_are_cleaned_too() -> None:
    answer = {"question": "driver.kernel_log", "status": "ok", "value": [{"/home/otto": ["a /home/eva/b", 3, None]}]}
    assert REDACTION.redact(answer)["value"] == [{"/home/<user>": ["a /home/<user>/b", 3, None]}]


def test_names_that_are_ordinary_words_are_left_alone() -> None:
    redaction = Redaction(user="nvidia", host="gpu", home="/root")
    assert redaction.text("nvidia driver, gpu 0") == "nvidia driver, gpu 0"
