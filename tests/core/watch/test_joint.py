"""Behaviour outranks the log; the log speaks where the driver could not."""

import pytest

from gpuproof.core.logs.scan import scan
from gpuproof.core.watch.joint import join
from gpuproof.core.watch.model import Judgement
from gpuproof.core.words import text

LOGS = {
    "gpu_used": ["Using device: cuda:0"],
    "cpu_fallback": ["Using device: cpu"],
    "oom": ["CUDA out of memory. Tried to allocate 2 GiB"],
    "inconclusive": ["hello"],
}


@pytest.mark.parametrize(
    ("behaviour", "log", "verdict"),
    [
        ("gpu", "gpu_used", "proven"),
        ("gpu", "inconclusive", "proven"),
        ("mixed", "inconclusive", "proven"),
        ("gpu", "cpu_fallback", "not_proven"),
        ("cpu", "gpu_used", "refuted"),
        ("cpu", "inconclusive", "refuted"),
        ("cannot_tell", "gpu_used", "not_proven"),
        ("cannot_tell", "oom", "refuted"),
        ("waits", "inconclusive", "not_proven"),
    ],
)
def test_the_joint_verdict(behaviour, log, verdict):
    judged = scan(LOGS[log])
    assert judged.verdict == log
    joint = join(Judgement(verdict=behaviour, why=text("x")), judged, None)
    assert joint.verdict == verdict
    assert [name for name, _, _ in joint.layers] == ["behaviour", "log"]
