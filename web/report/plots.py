"""Plots of the report as SVG to stand inside a page. They take their colours from the page, in light and in dark, and
their letters stay letters, which a browser can enlarge and a screen reader can read."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

_INK, _ACCENT, _MUTED = "#010203", "#040506", "#070809"  # stand for colours of the page
_COLOURS = {_INK: "var(--ink)", _ACCENT: "var(--accent)", _MUTED: "var(--muted)"}
_WIDTH = 4.4  # inches of 72 points: about as wide as a phone, so that letters keep their size there
_PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_NAMES = 34  # characters of a story's name


class PlotsMissingError(ImportError):
    """matplotlib is not installed."""


def plots(report: Mapping[str, Any]) -> dict[str, str]:
    """The plots of a report by name, each an SVG element; one that there is nothing to plot for is left out. Raises
    PlotsMissingError."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise PlotsMissingError from None
    style = {
        "svg.fonttype": "none",
        "svg.hashsalt": "readmore",
        "font.size": 9,
        "font.family": "sans-serif",
        "text.color": _INK,
        "axes.edgecolor": _MUTED,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.color": _ACCENT,
    }
    drawn = {}
    with matplotlib.rc_context(style):
        if any(each["articles"] for each in report["exposure"]["histogram"]):
            figure = Figure(figsize=(_WIDTH, 2.9), layout="constrained")
            _histogram(figure, report["exposure"]["histogram"])
            drawn["histogram"] = _svg(figure, "histogram", "How many articles are offered how often")
        if len(report["exposure"]["evening"]) > 1:
            figure = Figure(figsize=(_WIDTH, 2.9), layout="constrained")
            _trade_off(figure, report["exposure"]["evening"])
            drawn["evening"] = _svg(figure, "evening", "Share of articles offered, and mean score, under each penalty")
        threads = [thread for thread in report["stories"]["threads"] if any(a["date"] for a in thread["articles"])]
        if threads:
            figure = Figure(figsize=(_WIDTH, 0.9 + 0.42 * len(threads)), layout="constrained")
            _timeline(figure, threads)
            drawn["timeline"] = _svg(figure, "timeline", "When the articles of each running story appeared")
    return drawn


def _histogram(figure: Any, classes: Sequence[Mapping[str, int]]) -> None:
    axes = figure.subplots()
    lows = [each["from"] for each in classes]
    labels = [str(low) if following == low + 1 else f"{low}–{following - 1}" for low, following in pairwise(lows)]
    bars = axes.bar([*labels, f"{lows[-1]}+"], [each["articles"] for each in classes], color=_ACCENT)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=8, color=_INK)
    axes.set_xlabel("lists that an article is in")
    axes.set_ylabel("articles")
    axes.tick_params(axis="x", length=0, labelsize=7.5)


def _trade_off(figure: Any, rows: Sequence[Mapping[str, float]]) -> None:
    axes = figure.subplots()
    places = range(len(rows))
    axes.plot(places, [100 * row["offered_share"] for row in rows], "o-", color=_ACCENT)
    first = rows[0]["mean_score"] or 1
    axes.plot(places, [100 * row["mean_score"] / first for row in rows], "s--", color=_INK)
    axes.set_xticks(list(places), [f"{row['penalty']:g}" for row in rows])
    axes.set_xlabel("penalty")
    axes.set_ylabel("%")
    low = min(*(100 * row["offered_share"] for row in rows), *(100 * row["mean_score"] / first for row in rows))
    axes.set_ylim(max(0, low - 5), 101)
    axes.legend(["articles offered", "mean score, of that without"], frameon=False, fontsize=8, loc="lower right")


def _timeline(figure: Any, threads: Sequence[Mapping[str, Any]]) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    axes = figure.subplots()
    for row, thread in enumerate(threads):
        days = [datetime.fromisoformat(a["date"]).date() for a in thread["articles"] if a["date"]]
        axes.plot([min(days), max(days)], [row, row], color=_MUTED, linewidth=1)
        axes.plot(days, [row] * len(days), "o", color=_ACCENT, markersize=5)
        name = thread["name"]
        label = name if len(name) <= _NAMES else name[: _NAMES - 3].rstrip() + "..."
        axes.annotate(label, (min(days), row), (0, 5), textcoords="offset points", fontsize=8, color=_INK)
    axes.set_ylim(len(threads) - 0.5, -0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    locator = AutoDateLocator(maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.margins(x=0.08)


def _svg(figure: Any, name: str, says: str) -> str:
    """The figure as an SVG element that says in words what it shows; its ids begin with its name, since a page may
    have each id only once."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = _PROLOGUE.sub("", buffer.getvalue())
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{says}" ', 1).strip()
