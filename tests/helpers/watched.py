"""Constructed observations of a program: four samples a second of the host and of each GPU."""

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.watch.model import GpuClients, Observation, WatchedGpu

H100 = {"name": "NVIDIA H100 80GB HBM3", "memory_total_mib": 81559.0, "power_limit_w": 700.0, "slowdown_celsius": 87.0}


def an_observation(parts, *, cards=1, mine=True, others=0, **changes):
    """Return an observation; ``parts`` are (seconds, process CPU %, GPU %) or with a GPU % for each GPU."""
    samples, at_s = [], 0.0
    for seconds, cpu, load in parts:
        loads = load if isinstance(load, tuple) else (load,) * cards
        for _ in range(int(seconds * 4)):
            for index, busy in enumerate(loads):
                samples.append(
                    TelemetrySample(
                        at_s=at_s,
                        gpu=index,
                        utilisation_percent=busy,
                        memory_used_mib=4576.0,
                        process_memory_mib=changes.get("memory", 4096.0 if mine and index == 0 else 0.0),
                        temperature_celsius=57.0,
                        power_w=300.0,
                    )
                )
            samples.append(TelemetrySample(at_s=at_s, cpu_percent=50.0, process_cpu_percent=cpu))
            at_s += 0.25
    clients = tuple(
        GpuClients(at_s=float(second), gpu=index, mine=int(mine and index == 0), others=others)
        for second in range(int(at_s) + 1)
        for index in range(cards)
    )
    changes.pop("memory", None)
    values = {
        "samples": tuple(samples),
        "gpus": tuple(WatchedGpu(index=index, **H100) for index in range(cards)),
        "clients": clients,
    }
    return Observation(**{**values, **changes})
