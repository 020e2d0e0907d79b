"""The ladder of variants, and what stands in the way of its upper rungs."""

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch

ALWAYS = ["naive", "fp32", "tf32", "fp16", "bf16", "fp16+graph", "fp16+compile"]


def _names(*given, **more):
    from gpuproof.core.agent.workload.gpu_modes import rungs

    return [row.name for row in rungs(*given, **more)]


@pytest.mark.parametrize(
    ("tuned", "largest", "has_large"),
    [(True, 256, True), (True, 65, True), (True, 64, False), (True, 0, False), (False, 256, False)],
)
def test_a_larger_batch_is_one_more_rung_of_a_tuned_ladder(tuned, largest, has_large):
    assert _names(64, tuned=tuned, largest=largest) == [*ALWAYS, *(["fp16+compile+large"] if has_large else [])]


def test_the_large_rung_differs_from_the_compiled_one_in_its_batch_alone():
    from gpuproof.core.agent.workload.gpu_modes import rungs

    rows = {row.name: row for row in rungs(64, tuned=True, largest=256)}
    large, compiled = rows["fp16+compile+large"], rows["fp16+compile"]
    assert large == compiled._replace(name=large.name, batch=256, is_model_only=True)
    assert [name for name, row in rows.items() if row.is_model_only] == ["fp16+compile+large"]


def test_names_are_their_own_and_an_untuned_ladder_searches_for_nothing():
    from gpuproof.core.agent.workload.gpu_modes import rungs

    tuned, untuned = rungs(64, tuned=True, largest=256), rungs(64, tuned=False)
    assert len({row.name for row in tuned}) == len(tuned)
    assert not any(row.autotune or row.deep for row in untuned)
    assert all(row.mode != "eager" for row in tuned if row.deep)
    assert [row.batch for row in untuned] == [16, *[64] * 6]


def _stock(kind):
    return SimpleNamespace(accelerator=SimpleNamespace(device=SimpleNamespace(type=kind)))


@pytest.mark.parametrize(("kind", "reason"), [("cuda", ""), ("xpu", "graphs_need_cuda"), ("cpu", "graphs_need_cuda")])
def test_graphs_are_for_cuda_devices(kind, reason):
    from gpuproof.core.agent.workload.gpu_modes import why_no_graph

    assert why_no_graph(_stock(kind)) == reason


@pytest.mark.parametrize(
    ("kind", "system", "triton", "compilers", "reason"),
    [
        ("mps", "posix", True, {"gcc"}, "compile_not_tried_here"),
        ("cuda", "nt", True, {"gcc"}, "compile_not_tried_on_windows"),
        ("cuda", "posix", False, {"gcc"}, "no_triton"),
        ("cuda", "posix", True, set(), "no_compiler"),
        ("cuda", "posix", True, {"clang"}, ""),
        ("cuda", "posix", True, {"CC"}, ""),
    ],
)
def test_compiling_needs_triton_and_a_compiler(monkeypatch, kind, system, triton, compilers, reason):
    from gpuproof.core.agent.workload import gpu_modes

    def load(name):
        assert name == "triton"
        if not triton:
            raise ImportError(name)

    environment = {"CC": "/usr/bin/cc"} if "CC" in compilers else {}
    monkeypatch.setattr(gpu_modes, "os", SimpleNamespace(name=system, environ=environment))
    monkeypatch.setattr(gpu_modes, "importlib", SimpleNamespace(import_module=load))
    monkeypatch.setattr(gpu_modes.shutil, "which", lambda name: name if name in compilers else None)
    assert gpu_modes.why_no_compile(_stock(kind)) == reason
