"""Plots a run: ``python -m benchmarks.plot out/reuters.json`` writes ``out/reuters.svg`` and ``out/reuters.png``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from benchmarks.machine import sentence
from benchmarks.report import MIB, NAMES

# Okabe and Ito's colours, which people with any colour vision tell apart; this project's stands out.
COLOURS = {
    "readmore": "#D55E00",
    "tantivy": "#0072B2",
    "sqlite": "#009E73",
    "xapian": "#CC79A7",
    "bm25s": "#B8B8B8",
    "bm25s-numba": "#7A7A7A",
    "whoosh": "#E6C229",
}
KINDS = ("1 word", "OR, 2 words", "OR, 4 words", "OR, 8 words", "AND, 2 words", "AND, 4 words", "phrase, 2 words",
         "prefix", "page of ten")  # fmt: skip


def plot(figures: Path) -> None:
    """Draws the run in the JSON file `figures` beside it."""
    run = json.loads(figures.read_text())
    engines = {name: f for name, f in run["engines"].items() if f.get("builds")}
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none"})
    figure = plt.figure(figsize=(11, 7.2), layout="constrained")
    grid = figure.add_gridspec(2, 3, height_ratios=(1, 1.6))
    _bars(figure.add_subplot(grid[0, 0]), engines, "Articles indexed per second", "articles_per_second", 1)
    sizes = {name: f | {"size": f.get("bytes", {}).get("total", 0)} for name, f in engines.items()}
    _bars(figure.add_subplot(grid[0, 1]), sizes, "On disk, MiB", "size", MIB)
    _bars(figure.add_subplot(grid[0, 2]), engines, "Peak memory while building, MiB", "peak_bytes", MIB)
    _latencies(figure.add_subplot(grid[1, :]), engines)
    archive = run["archive"]
    figure.suptitle(f"{archive['name']}: {archive['articles']:,} articles", fontweight="bold")
    figure.supxlabel(sentence(run["machine"]), fontsize=7, color="#555555")
    for suffix in (".svg", ".png"):
        figure.savefig(figures.with_suffix(suffix), dpi=130)
    plt.close(figure)


def _bars(axes: Axes, engines: dict[str, dict[str, Any]], title: str, key: str, unit: float) -> None:
    names = [name for name in engines if engines[name].get(key)]
    values = [engines[name][key] / unit for name in names]
    bars = axes.barh([NAMES[name] for name in names], values, color=[COLOURS[name] for name in names])
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8)
    axes.set_title(title, loc="left", fontsize=10)
    axes.margins(x=0.18)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines.bottom.set_visible(False)


def _latencies(axes: Axes, engines: dict[str, dict[str, Any]]) -> None:
    """Bars to p50, a line on to p95, on a logarithmic scale."""
    width = 0.85 / max(len(engines), 1)
    for i, (name, figures) in enumerate(engines.items()):
        measured = [(k, figures["ms"][kind]) for k, kind in enumerate(KINDS) if kind in figures["ms"]]
        if not measured:
            continue
        x = [k + (i - (len(engines) - 1) / 2) * width for k, _ in measured]
        p50, p95 = ([ms[p] for _, ms in measured] for p in ("p50", "p95"))
        axes.bar(x, p50, width * 0.9, label=NAMES[name], color=COLOURS[name])
        axes.vlines(x, p50, p95, color=COLOURS[name], linewidth=1.2)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xticks(range(len(KINDS)), KINDS)
    axes.set_title("Top 10, ms: p50 (bar) to p95 (line), logarithmic", loc="left", fontsize=10)
    axes.grid(axis="y", color="#E5E5E5")
    axes.set_axisbelow(True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(ncols=len(engines), loc="upper center", bbox_to_anchor=(0.5, -0.08), frameon=False)


if __name__ == "__main__":
    plot(Path(sys.argv[1]))
