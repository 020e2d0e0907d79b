"""What is replaced and what stays readable, one form at a time."""

from __future__ import annotations

import pytest

from gpuproof.core.report.privacy.identities import Identity
from gpuproof.core.report.privacy.replacer import Replacer
from gpuproof.core.report.privacy.spelling import is_only_by_position

ZHANG = Identity("user", "zhangwei88")


@pytest.mark.parametrize(
    "words",
    [
        "nvidia-curand-cu12 10.3.9.90",
        "nvidia-curand-cu12==10.3.9.90",
        "nvidia_cudnn_cu12-9.1.0.70",
        "cuDNN version: 9.1.0.70",
        "driver 10.18.13.54",
        "Video BIOS: 96.00.da.00.0c",
        "NVIDIA-SMI 560.35.03.01",
        "Windows 10.0.22631.4317",
        "listening on 127.0.0.1",
        "std::vector c10::Error at::Tensor 12:34:56 00000000:01:00.0 0000:0A:00.0",
        "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
        "https://download.pytorch.org/whl/cu130",
        "https://pypi.tuna.tsinghua.edu.cn/simple",
        "1/2 of 3/4, N/A, and/or",
        "torch 2.11.0+cu130 on Linux",
        "GPU-00000000-0000-0000-0000-000000000000",
        "root@localhost:~# python",
        "max_tokens: 4096",
        "/usr/local/nvidia/lib64/libcuda.so.580.159.04",
        "C:\\Windows\\System32\\nvcuda.dll",
        "/usr/local/cuda-13.0/targets/x86_64-linux/lib/libcudart.so.13",
        "Linux version 6.8.0-45-generic (buildd@lcy02-amd64-115)",
        "/usr/local/bin:/usr/bin:/bin",
    ],
)
def test_words_that_tell_nothing_about_a_person_stay(words: str) -> None:
    assert Replacer([ZHANG])(words) == words


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("connect to 10.3.9.90:8443", "10.3.9.90"),
        ("inet 172.16.3.4/20", "172.16.3.4"),
        ("proxy 8.8.4.4 refused", "8.8.4.4"),
        ("fe80::3eec:efff:fe12:abcd", "fe80"),
        ("mail me: wei.zhang@corp.example.cn", "corp"),
        ("wei@buildbox:~$ nvidia-smi", "buildbox"),
        ("https://me:pw@pypi.org/simple", "pw@"),
        ("https://nexus.corp.example/repo/simple?token=abc", "corp"),
        ("HF_TOKEN=hf_abcdefghijk", "abcdefghijk"),
        ("MIG-5e1f0c9a-77aa-4b21-9c3d-0123456789ab", "5e1f0c9a"),
        ("D:\\Clients\\AcmeCorp\\run.py", "AcmeCorp"),
        ("/srv/acmecorp/videos/out.mp4", "acmecorp"),
        ("ZHANGWEI88", "ZHANGWEI"),
        ("zhangwei", "zhangwei"),
        ("zhangwei+", "zhangwei"),
        ("/home/li/x", "/li/"),
    ],
)
def test_what_tells_something_is_replaced(words: str, gone: str) -> None:
    replaced = Replacer([ZHANG])(words)
    assert gone not in replaced
    assert Replacer([ZHANG])(replaced) == replaced


def test_a_version_that_the_report_states_is_not_taken_for_an_address() -> None:
    assert Replacer([], versions=frozenset({"10.3.9.90"}))("found 10.3.9.90 there") == "found 10.3.9.90 there"
    assert "10.3.9.90" not in Replacer([])("found 10.3.9.90 there")


@pytest.mark.parametrize("name", ["torch", "max", "li", "driver", "memory", "record", "result", "dev", "work"])
def test_a_name_that_is_an_everyday_word_counts_only_where_names_stand(name: str) -> None:
    assert is_only_by_position(name)
    replacer = Replacer([Identity("user", name)])
    assert name not in replacer(f"/home/{name}/x").split("/")
    assert replacer(f"the {name} stays") == f"the {name} stays"


def test_programs_are_named_only_when_everybody_has_them() -> None:
    replacer = Replacer([])
    assert replacer.program("python3") == "python3"
    assert replacer.program("acme_renderer").startswith("program-")
    assert replacer.program("/usr/lib/xorg/Xorg") == "/usr/lib/xorg/Xorg"
