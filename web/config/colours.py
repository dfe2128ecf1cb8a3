"""Colours that a publisher sets: whether text in them can be read, by the contrast that WCAG 2.2 asks for."""

from __future__ import annotations

import re

LEAST = 4.5  # contrast of text with what is behind it, WCAG 2.2 AA
LIGHT_GROUNDS = ("#ffffff", "#f4f5f3")  # of the pages: paper and wash
DARK_GROUNDS = ("#14171b", "#1c2025")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\Z")
_STEPS = 20


def parse_colour(text: str) -> str | None:
    """``#a3271b`` for a colour as CSS writes it in hexadecimal digits, None for anything else."""
    text = text.strip().lower()
    if not _HEX.match(text):
        return None
    return text if len(text) == 7 else "#" + "".join(2 * digit for digit in text[1:])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """The lowest contrast of a colour with any of some grounds."""
    return min(contrast(colour, ground) for ground in grounds)


def lightened(colour: str, grounds: tuple[str, ...] = DARK_GROUNDS) -> str:
    """The colour, mixed with as little white as makes text in it readable on the grounds."""
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, step / _STEPS)
        if least_contrast(mixed, grounds) >= LEAST:
            return mixed
    return "#ffffff"


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on the colour; one of them always meets `LEAST`."""
    return max(("#ffffff", "#10151c"), key=lambda ink: contrast(colour, ink))


def _mixed(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(c + (255 - c) * share):02x}" for c in _channels(colour))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (n / 255 for n in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
