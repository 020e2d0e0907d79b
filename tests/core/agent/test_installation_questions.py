"""Broken files, installers' settings, tools and the loader's cache, from files written for the test."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import pytest

from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions import driver, installation, installers, libraries
from gpuproof.core.agent.questions.kinds import Absent

LINUX_NAMES = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the file names are those of Linux")


def an_install(site: Path, record: str, files: dict[str, int]) -> Place:
    (site / "torch-2.11.0.dist-info").mkdir(parents=True)
    (site / "torch-2.11.0.dist-info" / "RECORD").write_text(record)
    for name, size in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(b"x" * size)
    return Place(import_path=[str(site)])


@LINUX_NAMES
def test_a_library_that_is_missing_or_cut_is_named(tmp_path: Path) -> None:
    record = (
        "torch/lib/libtorch_cpu.so,sha256=abc,400\ntorch/lib/libgomp.so.1,sha256=abc,30\r\n"
        "torch/_C.so,sha256=abc,7\ntorch/lib/gone.so,sha256=abc,7\ntorch/notes.so.txt.py,,\n"
        '"torch/a, b.so",sha256=x,3\n'
    )
    files = {"torch/lib/libtorch_cpu.so": 100, "torch/lib/libgomp.so.1": 30, "torch/_C.so": 7, "torch/a, b.so": 3}
    found = installation.broken_files(an_install(tmp_path, record, files))
    assert found["missing"] == ["torch/lib/gone.so"]
    assert found["wrong_size"] == [{"path": "torch/lib/libtorch_cpu.so", "expected": 400, "found": 100}]
    assert found["bytes"] == {"torch": 140}


@LINUX_NAMES
def test_a_record_that_leads_out_of_its_folder_is_not_followed(tmp_path: Path) -> None:
    found = an_install(
        tmp_path, "../../etc/evil.so,sha256=a,1\n/abs/evil.so,sha256=a,1\ntorch/x.so,sha256=a,1\n", {"torch/x.so": 1}
    )
    assert installation.broken_files(found)["checked"] == 1


def test_no_record_is_absent(tmp_path: Path) -> None:
    with pytest.raises(Absent):
        installation.broken_files(Place(import_path=[str(tmp_path)]))


def test_tools_are_named_with_the_file_that_they_really_are(tmp_path: Path) -> None:
    ending = ".exe" if os.name == "nt" else ""
    (tmp_path / f"ffmpeg{ending}").write_text("")
    (tmp_path / "unrelated").write_text("")
    found = installation.tools(Place(environ={"PATH": f"{tmp_path}{os.pathsep}relative"}))
    assert found == {"ffmpeg": os.path.realpath(tmp_path / f"ffmpeg{ending}")}


def test_this_python_says_how_it_was_started(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "distutils-precedence.pth").write_text("import os\n")
    found = installation.runtime(Place(import_path=[str(site), str(tmp_path / "gone")]))
    assert found["start_up_files"] == ["distutils-precedence.pth"]
    assert found["missing_path_entries"] == 1
    assert found["file_system_encoding"] == sys.getfilesystemencoding()


# ---- settings of pip, uv and conda


def settings_in(text: str) -> list[str]:
    return installers.kept_lines(text)


def test_a_well_known_index_is_named_and_any_other_is_not() -> None:
    text = (
        "[global]\nindex-url = https://pypi.tuna.tsinghua.edu.cn/simple\n"
        "extra-index-url = https://me:hunter2@packages.acme.example/simple?token=abc https://download.pytorch.org/whl/cu126\n"
        "trusted-host = packages.acme.example pypi.org\ncert = /home/me/secret.pem\n"
    )
    assert settings_in(text) == [
        "index-url = https://pypi.tuna.tsinghua.edu.cn/simple",
        "extra-index-url = https://another-host https://download.pytorch.org/whl/cu126",
        "trusted-host = another-host pypi.org",
    ]


def test_lists_of_channels_and_of_indexes_keep_their_entries() -> None:
    assert settings_in("channels:\n  - https://conda.acme.example/x\n  - conda-forge\nssl_verify: false\n") == [
        "channels:", "- https://another-host", "- conda-forge",
    ]  # fmt: skip
    uv = '[[index]]\nname = "torch"\nurl = "https://download.pytorch.org/whl/cpu"\nexplicit = true\n'
    assert settings_in(uv) == ['name = "torch"', 'url = "https://download.pytorch.org/whl/cpu"', "explicit = true"]


def test_a_proxy_with_a_password_stays_where_it_is() -> None:
    (line,) = settings_in("proxy = http://me:hunter2@proxy.acme.example:3128\n")
    assert "hunter2" not in line
    assert "acme" not in line


@pytest.mark.skipif(os.name == "nt", reason="the folders are those of Unix")
def test_settings_are_found_in_the_users_folder_and_refusals_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text("[global]\nno-index = true\n")
    place = Place(environ={"HOME": str(tmp_path)})
    found = [entry for entry in installers.settings(place) if entry["file"].startswith(str(tmp_path))]
    assert found == [{"tool": "pip", "file": f"{tmp_path}/.config/pip/pip.conf", "settings": ["no-index = true"]}]

    def refuse(path: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(place, "text_of", refuse)
    assert {entry["problem"] for entry in installers.settings(place)} == {"Permission denied"}


# ---- the loader's cache


def a_cache(entries: list[tuple[int, str, str]], before: bytes = b"") -> bytes:
    """Write the file as the C library does: header, entries, then the texts that the entries point at."""
    header_size, entry_size = 48, 24
    texts, places = b"", []
    start = header_size + entry_size * len(entries)
    for _, name, path in entries:
        places.append((start + len(texts), start + len(texts) + len(name) + 1))
        texts += name.encode() + b"\0" + path.encode() + b"\0"
    header = b"glibc-ld.so.cache1.1" + struct.pack("<II20x", len(entries), len(texts))
    rows = b"".join(
        struct.pack("<IIIIQ", flags, *where, 0, 0) for (flags, _, _), where in zip(entries, places, strict=True)
    )
    return before + header + rows + texts


def test_the_loaders_cache_is_read_like_ldconfig_prints_it(tmp_path: Path) -> None:
    entries = [
        (0x303, "libcuda.so.1", "/usr/lib/libcuda.so.1"),
        (0x3, "libcudnn.so.9", "/usr/lib32/libcudnn.so.9"),
        (0x303, "libz.so.1", "/usr/lib/libz.so.1"),
    ]
    for number, before in enumerate((b"", b"ld.so-1.7.0\0" + b"\0" * 20)):
        root = tmp_path / str(number)
        (root / "etc").mkdir(parents=True)
        (root / "etc" / "ld.so.cache").write_bytes(a_cache(entries, before))
        assert driver.loader_cache(Place(root=str(root))).text == (
            "\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/libcuda.so.1\n"
            "\tlibcudnn.so.9 (libc6) => /usr/lib32/libcudnn.so.9\n"
        )


def test_a_cache_of_another_kind_or_one_that_is_cut_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "ld.so.cache").write_bytes(b"something else")
    with pytest.raises(Absent):
        driver.loader_cache(Place(root=str(tmp_path)))
    whole = a_cache([(0x303, "libcuda.so.1", "/usr/lib/libcuda.so.1")] * 3)
    for length in range(20, len(whole), 7):
        (tmp_path / "etc" / "ld.so.cache").write_bytes(whole[:length])
        reply = driver.QUESTIONS[[q.id for q in driver.QUESTIONS].index("driver.loader_cache")].ask(
            Place(root=str(tmp_path))
        )
        assert reply.status in ("ok", "failed")


# ---- nvcc


def a_compiler(folder: Path, script: str = "") -> Path:
    program = folder / "bin" / "nvcc"
    program.parent.mkdir(parents=True)
    program.write_text(script or "binary")
    program.chmod(0o755)
    return program


@pytest.mark.skipif(os.name == "nt", reason="the wrapper is a shell script")
def test_the_compilers_release_is_read_from_the_files_beside_it(tmp_path: Path) -> None:
    real = a_compiler(tmp_path / "cuda-12.4")
    (tmp_path / "cuda-12.4" / "version.json").write_text('{"cuda_nvcc": {"name": "NVCC", "version": "12.4.131"}}')
    place = Place(environ={"PATH": str(real.parent)})
    assert libraries.nvcc(place).text == "release 12.4, by its version file\n"
    wrapper = a_compiler(tmp_path / "usr", f'#!/bin/sh\nexec {real} "$@"\n')
    assert libraries.nvcc(Place(environ={"PATH": str(wrapper.parent)})).text == "release 12.4, by its version file\n"


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
def test_the_header_serves_where_no_version_file_is_and_else_it_is_run(tmp_path: Path) -> None:
    program = a_compiler(tmp_path / "cuda", "#!/bin/sh\necho 'Cuda compilation tools, release 11.8, V11.8.89'\n")
    place = Place(environ={"PATH": str(program.parent)})
    assert "release 11.8" in (libraries.nvcc(place).text or "")
    (tmp_path / "cuda" / "include").mkdir()
    (tmp_path / "cuda" / "include" / "cuda_runtime_api.h").write_text("#define CUDART_VERSION  13000\n")
    assert libraries.nvcc(place).text == "release 13.0, by the header beside it\n"
    with pytest.raises(Absent):
        libraries.nvcc(Place(root=str(tmp_path), environ={"PATH": ""}))
