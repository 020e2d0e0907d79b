"""The second look finds by itself what the first one would have had to replace."""

from __future__ import annotations

import pytest

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.privacy.scan import refuse_hits, scan


@pytest.mark.parametrize(
    "words",
    [
        "ZhangWei88",
        "%7Ahangwei88",
        "\\u007ahangwei88",
        "&#122;hangwei88",
        "3c:ec:ef:12:ab:cd",
        "https://me:word@pypi.org/simple",
        "hf_abcdefghijkl",
        "GPU-5e1f0c9a-77aa-4b21-9c3d-0123456789ab",
        "/home/somebody/x",
        "C:\\\\Users\\\\Somebody",
        "192.168.1.20",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_each_private_form_is_a_hit_and_refused(words: str) -> None:
    hits = scan(words.encode(), ["zhangwei88"])
    assert hits
    with pytest.raises(CouldNotFinish, match="Nothing was saved"):
        refuse_hits(hits)


@pytest.mark.parametrize(
    "words",
    [
        "/home/user-3f9a2c41b0/x",
        "https://[removed]@pypi.org",
        "/home/root",
        "GPU-00000000-0000-",
        "9.1.0.70",
        "gpu-3f9a2c41b0",
    ],
)
def test_stand_ins_are_no_hit(words: str) -> None:
    assert scan(words.encode(), ["zhangwei88"], allowed_homes=frozenset({"root"})) == ()


def test_a_hit_never_repeats_what_it_found() -> None:
    with pytest.raises(CouldNotFinish) as caught:
        refuse_hits(scan(b"zhangwei88", ["zhangwei88"]))
    assert "zhang" not in str(caught.value)
