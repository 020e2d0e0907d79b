"""One small network, clip and reference for all tests of this folder: they take seconds to make."""

from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def workload():
    """The quick preset: network, inputs and the processor's reference of window 0."""
    torch = pytest.importorskip("torch")
    from gpuproof.core.agent.workload import check, inputs, pipeline, presets, weights

    preset = presets.PRESETS["quick"]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # many small operators: threads would only wait for each other
    with torch.no_grad():
        network = weights.build_network(preset)
        made = inputs.make_inputs(preset, 32)
        torch.set_num_threads(threads)
        plain = pipeline.Pipeline(network, preset, "cpu")
        reference = check.make_reference(plain, made.clip, made.mel, 8)
    return SimpleNamespace(preset=preset, network=network, inputs=made, plain=plain, reference=reference)
