"""The table that a run prints: one column for each engine, one row for each figure, Markdown that reads as text."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import Any

from benchmarks.machine import sentence
from benchmarks.measure import TASKS

Figures = dict[str, Any]
NAMES = {
    "readmore": "readmore",
    "tantivy": "tantivy",
    "sqlite": "FTS5",
    "xapian": "Xapian",
    "bm25s": "bm25s",
    "bm25s-numba": "bm25s+numba",
    "whoosh": "Whoosh",
}
MIB = 2**20


def markdown(run: dict[str, Any]) -> str:
    """The whole report of a run, as `benchmarks.run` writes it to JSON."""
    archive, engines = run["archive"], run["engines"]
    lines = [
        f"{archive['name']}: {archive['articles']:,} articles, {archive['text_bytes'] / MIB:,.1f} MiB of text; "
        f"{run['queries']} queries a kind, top 10, times in ms.",
        *wrap(sentence(run["machine"]) + ".", 98),
        "",
        *_table(engines, archive),
        "",
        *_notes(engines, archive),
    ]
    return "\n".join(lines) + "\n"


def _table(engines: dict[str, Figures], archive: Figures) -> list[str]:
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("articles", lambda f: _count(f["articles"])),
        ("articles/s indexed", lambda f: f"{f['articles_per_second']:,.0f}"),
        ("- and merged", lambda f: f"{f['articles_per_second_merged']:,.0f}"),
        ("on disk, MiB", lambda f: f"{f['bytes']['total'] / MIB:,.1f}"),
        ("- without articles", lambda f: f"{f['bytes']['index'] / MIB:,.1f}"),
        ("peak memory, MiB", lambda f: f"{f['peak_bytes'] / MIB:,.0f}"),
        ("open", lambda f: _ms(f["open_ms"])),
        ("first query", lambda f: _ms(f["first_query_ms"])),
        ("one added, findable", lambda f: _ms(sorted(f["add_ms"])[len(f["add_ms"]) // 2])),
    ]
    for task in TASKS:
        for percentile in ("p50", "p95", "p99"):
            label = f"{task.name} {percentile}" if percentile == "p50" else percentile
            rows.append((label, lambda f, t=task.name, p=percentile: _ms(f["ms"][t][p])))  # type: ignore[misc]
    cells = [["", *(NAMES.get(name, name) for name in engines)]]
    cells += [[label, *(_cell(figure, figures) for figures in engines.values())] for label, figure in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    # Percentiles under the first of each kind are set to the right, so that the kinds stand out.
    lines = [
        "| " + " | ".join(
            [row[0].rjust(widths[0]) if row[0] in ("p95", "p99") else row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        ) + " |"
        for row in cells
    ]  # fmt: skip
    rule = "| " + " | ".join(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]) + " |"
    return [lines[0], rule, *lines[1:]]


def _cell(figure: Callable[[Figures], str], figures: Figures) -> str:
    try:
        return figure(figures)
    except (KeyError, TypeError):  # not measured; the notes say why
        return "n/a"


def _notes(engines: dict[str, Figures], archive: Figures) -> list[str]:
    notes = []
    for name, figures in engines.items():
        shown = NAMES.get(name, name)
        said = [figures.get("description", "").split("\n")[0]]
        if figures.get("version"):
            said[0] = f"{figures['version']}: {said[0]}"
        if "error" in figures:
            said.append(f"Not measured in full: {figures['error']}.")
        if figures.get("articles", archive["articles"]) < archive["articles"]:
            said.append(f"Only {figures['articles']:,} of the articles.")
        if reasons := figures.get("unsupported"):
            said.append("n/a: " + "; ".join(f"{what}: {why}" for what, why in reasons.items()) + ".")
        if "agreement" in figures:
            said.append(f"Top 10 shared with the others: {figures['agreement']:.0%}.")
        notes += wrap(f"- {shown} " + " ".join(filter(None, said)), 98, subsequent_indent="  ")
    return notes


def _count(n: int) -> str:
    return f"{n / 1e6:.4g} M" if n >= 1_000_000 else f"{n:,}"


def _ms(value: float) -> str:
    """Three significant digits, and no more than three decimals."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
