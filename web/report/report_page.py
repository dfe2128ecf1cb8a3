"""The editors' report as one page that needs nothing else: no service, no other file, no script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from indexer.article.urls import is_followable
from indexer.base.durable_files import replace
from web.http.rendering import encodable
from web.pages.languages import LANGUAGES, Localised
from web.report.plots import PlotsMissingError, plots
from web.report.report_text import WHY, most_offered


def write_page(report: Mapping[str, Any], path: Path) -> list[str]:
    """Writes the page. Returns what a person should be told. Raises WriteError."""
    notes = []
    try:
        drawn = plots(report)
    except PlotsMissingError:
        drawn = {}
        notes.append("the page has no plots: they need matplotlib, pip install 'readmore[plots]'")
    replace(path, page(report, drawn).encode())
    return notes


def page(report: Mapping[str, Any], drawn: Mapping[str, str]) -> str:
    """The page with these plots, SVG elements by name."""
    environment = Environment(loader=PackageLoader("web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"day": _day, "followable": is_followable}
    template = environment.get_template("report.html")
    shown = {n: Markup(svg) for n, svg in drawn.items()}
    most = most_offered(report["archive"])
    return encodable(template.render(report=report, plots=shown, why=WHY, most_offered=most))


def _day(date: str | None) -> str:
    return Localised(LANGUAGES[0]).day(datetime.fromisoformat(date)) if date else "no date"
