"""The style sheet: text can be read in light and dark, and nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web

CSS = (Path(web.__file__).parent / "static" / "readmore.css").read_text(encoding="utf-8")
TEXT = ["ink", "muted", "link", "accent"]
PAIRS = [(text, ground, 4.5) for text in TEXT for ground in ("paper", "wash")]
PAIRS += [("mark-ink", "mark", 4.5), ("button-ink", "button", 4.5), ("ink", "field", 4.5), ("muted", "field", 4.5)]
PAIRS += [("field-line", "paper", 3.0), ("field-line", "wash", 3.0)]  # the edge of a control
SCHEMES = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", root)) for root in re.findall(r":root \{(.*?)\}", CSS, re.S)]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_contrast_meets_wcag_aa(scheme: dict[str, str], text: str, ground: str, least: float) -> None:
    dark, light = sorted((luminance(scheme[text]), luminance(scheme[ground])))

    assert (light + 0.05) / (dark + 0.05) >= least


def test_both_schemes_name_the_same_colours() -> None:
    assert len(SCHEMES) == 2
    assert SCHEMES[0].keys() == SCHEMES[1].keys()


def test_colours_are_named_once_and_used() -> None:
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", rules)
    assert {name for name in SCHEMES[0] if f"var(--{name})" not in CSS} == set()


def test_nothing_is_fetched() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
