"""Makes the page of the benchmark's own figures out of their JSON."""

from __future__ import annotations

from typing import Any

HEAD = """# Figures of the benchmark

Measured by `tests/benchmarks/bench_figures.py` on {made_at} on a virtual machine with one {gpu}, 16 processor cores,
torch {torch}, Python {python}; preset `{preset}` unless said otherwise. The raw numbers are in
[figures/h100.json](figures/h100.json). Ratios are taken within one run. The workload is a made-up network with random
weights; face detection, video decoding and encoding and file access are not in it.
"""


def page(figures: dict[str, Any]) -> str:
    """Return the page."""
    parts = [HEAD.format(**figures), _limits(figures["limits"]), _ladder(figures["ladder"]), _copies(figures)]
    parts += [_accuracy(figures), _sessions(figures), _conclusions(figures)]
    return "\n".join(parts)


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def _limits(limits: dict[str, Any]) -> str:
    rows = [[name, f"{value:,.1f}"] for name, value in limits.items() if isinstance(value, float)]
    return "## What this card reached at most\n\n" + _table(["probe", "value"], rows)


def _ladder(ladder: dict[str, Any]) -> str:
    rows = []
    for name, row in ladder.items():
        if "fps" not in row:
            rows.append([name, "failed", "", "", ""])
            continue
        spread = f"±{100 * row['half_width']:.2f} %"
        agrees = f"{row['check']['mean_difference']:.4f}"
        rows.append(
            [name, f"{row['fps']:,.0f} ({spread})", f"{row['tflops']:.1f}", f"{row['pct_matmul']:.1f} %", agrees]
        )
    header = [
        "variant",
        "frames/s, frames resident (95 %)",
        "TFLOP/s",
        "of the matmul ceiling",
        "mean difference / 255",
    ]
    return "## The ladder\n\n" + _table(header, rows)


def _copies(figures: dict[str, Any]) -> str:
    rows = []
    for name, row in figures["copy_bound"].items():
        spread = f"±{100 * row['half_width']:.1f} %"
        rows.append([name, f"{row['fps']:,.0f} ({spread})", f"{row['bound_fps']:,.0f}", f"{row['pct_of_bound']:.0f} %"])
    header = ["variant", "frames/s, whole frames over the bus", "bound by copies", "reached"]
    alone = next((row for name, row in figures["copy_bound"].items() if name.startswith("copies alone")), None)
    note = ""
    if alone is not None:
        when = figures.get("copy_bound_made_at", figures["made_at"])
        note = (
            f"\nMeasured on {when}. The bound repeats one copy of 64 MiB each way. The same\n"
            "copies as a run makes them, from a clip of 386 MB and without any computation, reach "
            f"{alone['pct_of_bound']:.0f} % of it:\n90 % of the bound was aimed at and is not reached by the copies "
            "themselves. The compiled variant is as fast as they are,\nwithin the noise. A longer ring changed nothing "
            "beyond it. A few long copies\na step and one copy a frame were not compared in one run.\n"
        )
    return "## Whole frames over the bus\n\n" + _table(header, rows) + note


def _accuracy(figures: dict[str, Any]) -> str:
    timer, sampling, repeat = figures["timer"], figures["sampling"], figures["repeatability"]
    cpu = figures["cpu_side"]["best_over_plain"]
    rows = [
        ["same result five times: coefficient of variation", f"{repeat['cv_pct']:.2f} %", "at most 1 %"],
        ["device events against torch.profiler, same block", f"{timer['difference_pct']:+.2f} %", "within 2 %"],
        ["cost of sampling at 10 Hz (95 %)",
         f"{sampling['cost_pct']:+.2f} % ± {sampling['half_width_pct']:.2f} %", "at most 0.5 %"],
        ["processor: best way over plain eager torch (preset quick)", f"{cpu:.2f}", "at least 1"],
        *([f"cheat: {name}", verdict, "refuted" if name != "honest" else "proven"]
          for name, verdict in figures["cheats"].items()),
    ]  # fmt: skip
    return "## How far the numbers can be trusted\n\n" + _table(["what", "measured", "wanted"], rows)


def _sessions(figures: dict[str, Any]) -> str:
    rows = [
        [name, f"{row['gpu_fps']:,.0f} ({row['gpu_variant']})", f"{row['cpu_fps']:,.1f} ({row['cpu_variant']})",
         f"{row['ratio']:.1f} [{row['low']:.1f}, {row['high']:.1f}]", row["verdict"], f"{row['took_s']:.0f} s"]
        for name, row in figures.get("sessions", {}).items()
    ]  # fmt: skip
    header = ["session", "GPU frames/s", "CPU frames/s", "speed-up (95 %)", "proof", "time, without inspection"]
    return "## Whole sessions\n\n" + _table(header, rows) + _quick_checks(figures.get("quick_checks", ()))


def _quick_checks(checks: Any) -> str:
    """Whole ``gpuproof check --preset quick`` runs, from start to exit."""
    if not checks:
        return ""
    rows = [
        [f"{row['wall_s']:.1f} s", f"{row['gpu_fps']:,.0f} ({row['gpu_variant']})",
         f"{row['cpu_fps']:,.1f} ({row['cpu_variant']})", f"{row['ratio']:.1f} [{row['low']:.1f}, {row['high']:.1f}]",
         row["verdict"], ", ".join(row["doubts"]) or "none"]
        for row in checks
    ]  # fmt: skip
    header = ["whole quick check", "GPU frames/s", "CPU frames/s", "speed-up (95 %)", "proof", "doubts"]
    note = (
        "\nThe whole check was wanted in 25 s and is not that fast yet. It took this long on another such machine, on "
        "which importing\ntorch took 4.3 s rather than 3.1 s. Building the network got faster since, which was not "
        "measured there. On two processor\ncores without a GPU, other programs running, a whole quick check took 19 s "
        "(26 s of processor time).\n"
    )
    return "\n" + _table(header, rows) + note


def _conclusions(figures: dict[str, Any]) -> str:
    fastest = max(figures["ladder"].values(), key=lambda row: float(row.get("fps") or 0.0))
    best = fastest["pct_matmul"]
    return (
        "## What limits the best variant\n\n"
        f"The best variant reaches {best:.0f} % of the matmul ceiling; 40 % was aimed at and is not reached. By\n"
        "stage (compiled, batch 128, microseconds a frame): super-resolution 43, reconstruction 23, encoding 5,\n"
        "alignment 2.5, cutting out and compositing 2.6. Super-resolution at width 64 holds 59 % of the work: its\n"
        "convolutions alone run at about 425 TFLOP/s, but each PReLU is a second pass over memory, as neither the\n"
        "library's fused kernels nor the compiler's convolution templates (tried, 12 % slower) take it in.\n"
    )
