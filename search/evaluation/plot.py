"""A picture of an evaluation: the measures of every leg, and where one run wins and loses against another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.base.errors import ReadmoreError, WriteError
from search.evaluation.report import Judged
from search.evaluation.significance import Comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any colour vision tell apart
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#B8B8B8", "#F0E442")
_BEST, _WORSE = "#D55E00", "#0072B2"
_NAME_LENGTH = 24


class PlotError(ReadmoreError):
    """A plot that cannot be drawn here."""


def check_plot(path: Path) -> None:
    """Raises PlotError if a plot could not be drawn into `path`: said before a long evaluation, not after it."""
    figure = _figure(1)
    known = sorted(figure.canvas.get_supported_filetypes())
    if path.suffix.lstrip(".").lower() not in known:
        raise PlotError(f"{path}: not a name for a plot; it must end in one of {', '.join('.' + k for k in known)}")


def draw(path: Path, title: str, kinds: Sequence[Judged], comparisons: Sequence[Comparison]) -> None:
    """Draws a row for each kind of judgements: bars of its measures beside the first of its comparisons."""
    figure = _figure(len(kinds))
    grid = figure.subplots(len(kinds), 2, squeeze=False)
    for (bars, differences), kind in zip(grid, kinds, strict=True):
        _bars(bars, kind)
        shown = [c for c in comparisons if c.measure == kind.measures[0] and {c.a, c.b} <= kind.values.keys()]
        if shown:
            _differences(differences, kind, shown[0])
        else:
            differences.set_axis_off()
    figure.suptitle(title, fontweight="bold")
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written ({error.strerror})") from None


def _figure(rows: int) -> Figure:
    try:
        from matplotlib.figure import Figure  # optional, and slow to import
    except ImportError:
        raise PlotError("a plot needs matplotlib: install it with pip install 'readmore[plots]'") from None
    return Figure(figsize=(11, 0.6 + 3.6 * rows), layout="constrained")


def _bars(axes: Axes, kind: Judged) -> None:
    means = kind.means()
    width = 0.8 / len(means)
    for number, (leg, of) in enumerate(means.items()):
        places = [place + width * (number - (len(means) - 1) / 2) for place in range(len(kind.measures))]
        colour = _BEST if leg == "fusion" else _COLOURS[number % len(_COLOURS)]
        bars = axes.bar(places, list(of.values()), width * 0.94, color=colour, label=_short(leg))
        axes.bar_label(bars, [f"{value:.3f}".lstrip("0") for value in of.values()], fontsize=7, padding=1)
    axes.set_xticks(range(len(kind.measures)), kind.measures)
    axes.set_title(f"{kind.name}: mean over {len(kind.judgements):,}", loc="left", fontsize=10)
    axes.margins(y=0.12)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.08))
    _plain(axes)


def _differences(axes: Axes, kind: Judged, pair: Comparison) -> None:
    a, b = (kind.values[leg][pair.measure] for leg in (pair.a, pair.b))
    values = sorted((a[query] - b[query] for query in a), reverse=True)
    axes.bar(range(len(values)), values, 1.0, color=[_BEST if value > 0 else _WORSE for value in values])
    axes.axhline(0, color="#555555", linewidth=0.6)
    axes.set_xlabel(
        f"{pair.wins} queries better, {pair.losses} worse, {pair.ties} equal; "
        f"mean {pair.difference:+.4f}, p = {pair.p_randomisation:.3g} (randomisation)",
        fontsize=8,
    )
    axes.set_title(f"{kind.name}, query by query: {pair.measure} of {_short(pair.a)} less {_short(pair.b)}", loc="left",
                   fontsize=10)  # fmt: skip
    axes.set_xticks([])
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)


def _short(leg: str) -> str:
    return leg if len(leg) <= _NAME_LENGTH else "…" + leg[-_NAME_LENGTH + 1 :]
