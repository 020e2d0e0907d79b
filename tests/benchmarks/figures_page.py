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
    note = (
        "\nBlocks of one second, the four in turn. The bound repeats one copy of 64 MiB each way and keeps the best. "
        "In blocks of a\nquarter of a second the start and the end of the overlap cost some 5 %.\n"
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
        *([f"planted fault: {name}", "found" if not passed else "passed", "found" if name != "honest" else "passed"]
          for name, passed in figures.get("faults", {}).items()),
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
        "\nThe four checks ran one after the other; the verdict stands about a second before the end, when the report "
        "is written. On\ntwo processor cores without a GPU a whole quick check took 12.8 s. The processor's figure "
        "differs from run to run on\nsuch a virtual machine far more than its interval says, the GPU's does not.\n"
    )
    return "\n" + _table(header, rows) + note


def _conclusions(figures: dict[str, Any]) -> str:
    fastest = max(figures["ladder"].values(), key=lambda row: float(row.get("fps") or 0.0))
    best = fastest["pct_matmul"]
    return (
        "## What limits the best variant\n\n"
        f"The best variant reaches {best:.0f} % of the matmul ceiling. By stage (compiled, batch 512, microseconds\n"
        "a frame, one after the other): super-resolution 35, reconstruction 20, encoding 3.6, compositing 2.3,\n"
        "cutting out 1.5, alignment 1.5. Super-resolution at width 64 holds 59 % of the work. Its PReLU would be a\n"
        "second pass over memory; cuDNN, asked directly for convolution, bias and PReLU as one operation, runs it in\n"
        "one kernel at 371 TFLOP/s a layer, where convolution with ReLU reaches 420. What is left beside the products\n"
        "are the joins of the decoder and the transposed convolutions.\n"
        "\n## The 4k preset\n\n"
        "Run on the same kind of machine without the processor's side. Probes, frames resident, frames/s: "
        + ", ".join(f"{name} {row['fps_probe']:,.0f}" for name, row in figures.get("preset_4k", {}).items())
        + ".\nIn that run the self-check refused the half-precision variants for one limit that was too narrow: the "
        "network reaches 0.9998,\nwhich is 1 in sixteen bits. With the limit corrected the compiled variant passed "
        "in a later run.\n"
    )
