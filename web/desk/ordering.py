"""From the order that an editor wants to the pins that make it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from search.curation.rules import Pin
from search.curation.rules_text import Step
from search.curation.search_rules import QueryPin

P = TypeVar("P", Pin, QueryPin)


def moved(order: Sequence[str], article: str, place: int) -> list[str]:
    """The articles in order with one of them, or a new one, at a place, counted from 1."""
    others = [each for each in order if each != article]
    others.insert(max(0, place - 1), article)
    return others


def pins_of_block(
    order: Sequence[str], article: str, place: int, pins: Mapping[str, Pin], new: Callable[[str, int], Pin]
) -> list[Step]:
    """The pins that bring an article of a block, or a new one, to a place in it. What editors picked stands together
    right behind the lead, so all between the lead and that place are pinned; what is pinned already moves along."""
    wanted = moved(order, article, place)
    is_lead = place == 1 or (bool(order) and order[0] == article)
    first = 1 if is_lead else 2
    needed = {each for at, each in enumerate(wanted, 1) if first <= at <= place}
    return _steps(wanted, needed, pins, new)


def pins_of_place(
    order: Sequence[str], article: str, place: int, pins: Mapping[str, P], new: Callable[[str, int], P]
) -> list[Step]:
    """The pin that brings an article of a list, or a new one, to a place in it; what is pinned already moves along."""
    return _steps(moved(order, article, place), {article}, pins, new)


def _steps(
    wanted: Sequence[str],
    needed: set[str],
    pins: Mapping[str, P],
    new: Callable[[str, int], P],
) -> list[Step]:
    steps = []
    for place, article in enumerate(wanted, 1):
        pin = pins.get(article)
        if pin is None and article in needed:
            steps.append(Step(new(article, place)))
        elif pin is not None and pin.position != place:
            steps.append(Step(replace(pin, position=place)))
    return steps
