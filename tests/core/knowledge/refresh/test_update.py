"""Renewing the tables from an index: real-form pages, every kind of trouble, and nothing half-written."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from helpers.wheel_index import (
    FILES,
    Handler,
    dripping_body,
    dripping_headers,
    endless,
    html_page,
    json_page,
    redirecting,
    sending,
    serving,
    silent,
)

from gpuproof.core import knowledge
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge.refresh.download import Limits, download
from gpuproof.core.knowledge.refresh.update import update_from_files, update_from_index
from gpuproof.core.knowledge.refresh.wheels import read_wheel
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.model import Subject
from gpuproof.core.recommend.subject import named_card

DAY = date(2026, 12, 24)
QUICK = Limits(deadline_s=0.4, silence_s=0.2, body_bytes=2 * 2**20)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(folder))
    monkeypatch.setenv("NO_PROXY", "*")
    knowledge.forget()
    yield folder
    monkeypatch.undo()
    knowledge.forget()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(html_page(), "text/html", id="html"),
        pytest.param(json_page(), "application/vnd.pypi.simple.v1+json", id="json"),
    ],
)
def test_new_releases_and_builds_are_merged(body: bytes, content_type: str, data_folder: Path) -> None:
    with serving(sending(body, content_type)) as base:
        update = update_from_index(base, today=DAY)
    assert set(update.new_releases) == {"2.16.0", "2.15.1"}
    assert set(update.new_builds) == {"2.16.0 cpu", "2.16.0 cu132", "2.15.1 cu132"}
    newest = knowledge.torch_releases()[0]
    assert newest.version == "2.16.0"
    assert newest.pythons["linux_x86_64"] == ("3.12", "3.14t")
    assert newest.pythons["macos_arm64"] == ("3.12",)
    assert newest.minimum_glibc["linux_x86_64"] == DottedVersion("2.28")
    assert newest.requires_python == ">=3.11"
    assert newest.source == "from index, 2026-12-24"
    assert (
        data_folder / "knowledge" / f"index-page.{'json' if 'json' in content_type else 'html'}"
    ).read_bytes() == body


def test_upload_time_is_the_release_day() -> None:
    with serving(sending(json_page(), "application/json")) as base:
        update_from_index(base, today=DAY)
    assert knowledge.torch_releases()[0].released == "2026-12-22"


def test_a_patch_release_is_recommended_at_once_and_a_new_line_for_cards_that_it_will_not_drop() -> None:
    with serving(sending(html_page(), "text/html")) as base:
        update_from_index(base, today=DAY)
    card = named_card("NVIDIA GeForce RTX 4090")
    driver = DottedVersion("580.65.06")
    answer = recommend(Subject(system="linux", machine="x86_64", python="3.13", cards=(card,), driver=driver))
    assert answer.choice is not None
    assert (answer.choice.torch, answer.choice.variant) == ("2.15.1", "cu132")
    assert answer.certainty == "confirmed"
    other = recommend(Subject(system="linux", machine="x86_64", python="3.12", cards=(card,), driver=driver))
    assert other.choice is not None
    assert (other.choice.torch, other.choice.variant, other.certainty) == ("2.16.0", "cu132", "inferred")
    assert any("index alone" in str(notice) for notice in other.notices)
    oldest = named_card("Tesla T4")  # sm_75 is the oldest code of cu132, and so the next to be dropped
    turing = recommend(Subject(system="linux", machine="x86_64", python="3.12", cards=(oldest,), driver=driver))
    assert turing.choice is not None
    assert turing.choice.torch == "2.15.0"


def test_a_new_cuda_version_from_the_index_alone_is_not_chosen(tmp_path: Path) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(b'<a href="torch-2.17.0%2Bcu139-cp312-cp312-manylinux_2_28_x86_64.whl">x</a>')
    update_from_files(page, today=DAY)
    card = named_card("NVIDIA GeForce RTX 4090")
    driver = DottedVersion("620.70.06")
    answer = recommend(Subject(system="linux", machine="x86_64", python="3.12", cards=(card,), driver=driver))
    assert answer.choice is not None
    assert answer.choice.torch == "2.15.0"
    reasons = {(each.torch, each.variant): str(each.reason) for each in answer.rejected}
    assert "not known yet" in reasons["2.17.0", "cu139"]


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        pytest.param(sending(b"gone", "text/plain", 404), "404", id="not-found"),
        pytest.param(sending(b"", "text/plain", 503), "503", id="unavailable"),
        pytest.param(sending(b"<html>log in</html>", "application/json"), "JSON", id="html-that-says-json"),
        pytest.param(sending(b"<html>log in</html>", "text/html"), "no wheel index page", id="login-page"),
        pytest.param(sending(b"", "text/html"), "no wheel index page", id="empty"),
        pytest.param(sending(b"[" * 100_000, "application/json"), "JSON", id="deep-json"),
        pytest.param(sending(b'{"files": [1, {"filename": 2}]}', "application/json"), "no wheel", id="odd-json"),
        pytest.param(endless, "more than 2 MB", id="200-mb"),
        pytest.param(dripping_body, "within 0.4 s", id="slow-body"),
        pytest.param(dripping_headers, "within 0.4 s", id="slow-headers"),
        pytest.param(silent, "within 0.4 s", id="silent"),
        pytest.param(redirecting("ftp://example.invalid/whl"), "not https", id="redirect-to-ftp"),
        pytest.param(redirecting("/whl/torch/"), "on and on", id="redirect-loop"),
    ],
)
def test_trouble_is_one_line_and_changes_nothing(handle: Handler, words: str, data_folder: Path) -> None:
    with serving(handle) as base, pytest.raises(CouldNotFinish, match=words) as problem:
        update_from_index(base, limits=QUICK, today=DAY)
    assert problem.value.hint is not None
    assert not data_folder.exists()


def test_an_address_that_nobody_serves_is_said() -> None:
    with serving(silent) as base:
        pass
    with pytest.raises(CouldNotFinish, match="cannot be reached"):
        update_from_index(base, limits=QUICK)


def test_an_address_that_is_none_is_wrong_use() -> None:
    with pytest.raises(UserProblem) as problem:
        update_from_index("file:///etc", limits=QUICK)
    assert problem.value.exit_code == 2


def test_a_redirect_within_the_server_is_followed() -> None:
    def handle(request: object) -> None:
        path = request.path  # type: ignore[attr-defined]
        follow = sending(html_page(), "text/html") if path.endswith("/there/") else redirecting("/whl/there/")
        follow(request)  # type: ignore[arg-type]

    with serving(handle) as base:
        assert update_from_index(base, today=DAY).origin.endswith("/there/")


def test_a_mirror_without_a_common_page_is_read_variant_by_variant(data_folder: Path) -> None:
    def handle(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/whl/cu132/torch/":
            sending(html_page(), "text/html")(request)
        else:
            sending(b"", "text/plain", 404)(request)

    with serving(handle) as base:
        update = update_from_index(base, limits=Limits(deadline_s=3, silence_s=3), today=DAY)
    assert "2.16.0" in update.new_releases
    assert (data_folder / "knowledge" / "index-page-cu132.html").exists()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate: nobody vouches for it."""
    folder = tmp_path_factory.mktemp("tls")
    command = [
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
        *(
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(folder / "key.pem"),
            "-out",
            str(folder / "cert.pem"),
        ),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("needs openssl")
    return folder


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    limits = Limits(deadline_s=3, silence_s=3)
    with (
        serving(sending(html_page(), "text/html"), context) as base,
        pytest.raises(CouldNotFinish, match="not trusted"),
    ):
        update_from_index(base, limits=limits)


def test_a_step_down_from_https_to_http_is_not_followed(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    limits = Limits(deadline_s=3, silence_s=3)
    with (
        serving(sending(html_page(), "text/html")) as plain,
        serving(redirecting(plain), context) as base,
        pytest.raises(CouldNotFinish, match="not https"),
    ):
        download(base, limits)


def test_a_saved_page_and_a_folder_of_wheels_do_without_a_network(tmp_path: Path) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(html_page())
    assert "2.16.0" in update_from_files(page, today=DAY).new_releases
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / FILES[2][0]).touch()
    (folder / "readme.txt").write_text("nothing")
    update = update_from_files(folder, today=DAY)
    assert update.new_builds == ("2.16.0 cu132",)


@pytest.mark.parametrize("content", [b"", b"nothing here", b"\x00\xff" * 100, b"{"])
def test_a_file_that_is_no_page_is_wrong_input(tmp_path: Path, content: bytes) -> None:
    page = tmp_path / "page.json"
    page.write_bytes(content)
    with pytest.raises(UserProblem) as problem:
        update_from_files(page)
    assert problem.value.exit_code == 2


def test_a_missing_place_and_a_file_too_large_are_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(UserProblem, match="no file or folder"):
        update_from_files(tmp_path / "nowhere")
    page = tmp_path / "page.html"
    page.write_bytes(b" " * (QUICK.body_bytes + 1))
    with pytest.raises(UserProblem, match="larger than 2 MB"):
        update_from_files(page, limits=QUICK)


def test_a_second_update_replaces_the_first_whole(tmp_path: Path, data_folder: Path) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(html_page())
    update_from_files(page, today=DAY)
    page.write_bytes(b'<a href="torch-2.17.0%2Bcpu-cp312-cp312-win_amd64.whl">x</a>')
    update_from_files(page, today=DAY)
    assert [release.version for release in knowledge.torch_releases()[:2]] == ["2.17.0", "2.15.0"]
    assert [file.name for file in (data_folder / "knowledge").iterdir()] == ["from_index.json"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(html_page())
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(blocked))
    with pytest.raises(CouldNotFinish, match="cannot be written"):
        update_from_files(page)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "torch-2.14.1+cu126-cp311-cp311-manylinux_2_28_x86_64.whl",
            ("2.14.1", "cu126", "3.11", "linux_x86_64", "2.28"),
        ),
        ("torch-2.5.1+cu121-cp39-cp39-linux_x86_64.whl", ("2.5.1", "cu121", "3.9", "linux_x86_64", None)),
        ("torch-2.10.0-2-cp313-cp313t-macosx_11_0_arm64.whl", ("2.10.0", "cpu", "3.13t", "macos_arm64", None)),
        (
            "torch-2.9.1+rocm6.4-cp312-cp312-manylinux_2_28_x86_64.whl",
            ("2.9.1", "rocm6.4", "3.12", "linux_x86_64", "2.28"),
        ),
        ("torch-2.2.0-cp310-cp310-manylinux2014_aarch64.whl", ("2.2.0", "cpu", "3.10", "linux_aarch64", "2.17")),
        ("torch-2.8.0+xpu-cp312-cp312-win_amd64.whl", ("2.8.0", "xpu", "3.12", "windows_x86_64", None)),
    ],
)
def test_wheel_names_are_read(name: str, expected: tuple[str, ...]) -> None:
    wheel = read_wheel(name)
    assert wheel is not None
    assert (wheel.version, wheel.variant, wheel.python, wheel.platform, wheel.glibc) == expected


@pytest.mark.parametrize(
    "name",
    [
        "torch-1.13.1+cu117-cp310-cp310-linux_x86_64.whl",
        "torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl",  # which CUDA it holds does not stand in the name
        "torch-2.1.0+cu121.with.pypi.cudnn-cp310-cp310-linux_x86_64.whl",
        "torch-2.16.0.dev20261101+cu132-cp312-cp312-win_amd64.whl",
        "torch-2.15.0+cu132-cp311-cp311-linux_s390x.whl",
        "torch-2.15.0.tar.gz",
        "torch" + "-2" * 5000,
        "../torch-2.15.0+cpu-cp311-cp311-win_amd64.whl",
    ],
)
def test_other_names_are_passed_over(name: str) -> None:
    assert read_wheel(name) is None


def test_what_is_kept_is_plain_json(tmp_path: Path, data_folder: Path) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(html_page())
    update_from_files(page, today=DAY)
    kept = json.loads((data_folder / "knowledge" / "from_index.json").read_text(encoding="utf-8"))
    assert kept["fetched_on"] == "2026-12-24"
    assert {row["source"] for row in kept["torch_builds"]} == {"from index, 2026-12-24"}
