"""Names as their articles spell them out."""

from __future__ import annotations

import pytest

from recommender.names.spelled_out import spelled_out


@pytest.mark.parametrize(
    ("name", "text", "whole"),
    [
        ("U.S Forest Service", "The U.S. Forest Service opens. The U.S. Forest Service closes.", "U.S. Forest Service"),
        ("Wage Hour Division", "Ask the Wage and Hour Division.", "Wage and Hour Division"),
        ("Bank England", "It is the Bank of England's.", "Bank of England"),
        ("Every Kid", "Every Kid in a Park is open. We like Every Kid in a Park.", "Every Kid in a Park"),
        ("Every Kid", "Every Kid in a Park is open. Every Kid ran.", "Every Kid"),
        ("Ada Quay", "Ada Quay and Ben Buoy met. Ada Quay left.", "Ada Quay"),
        ("Ada Quay", "Ada Quay and Ben Buoy met. Ada Quay and Ben Buoy left.", "Ada Quay"),
        ("Ada Quay", "Nobody is named.", "Ada Quay"),
    ],
)
def test_a_name_is_spelled_as_its_text_spells_it(name: str, text: str, whole: str) -> None:
    assert spelled_out(name, text) == whole


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("Wales", "New South Wales"),
        ("Louis", "St. Louis"),
        ("Varn", "Varn"),  # "Minister Varn" has an office before it
        ("Berg", "Berg"),  # now with a word before it, now without
        ("England", "Bank of England"),
    ],
)
def test_what_a_text_always_has_before_a_name_belongs_to_it(name: str, whole: str) -> None:
    text = (
        "In New South Wales and in St. Louis, Minister Varn met Jon Berg of the Bank of England. Berg went on. The "
        "Bank of England and Minister Varn left St. Louis for New South Wales."
    )
    assert spelled_out(name, text) == whole


def test_a_name_goes_on_where_it_mostly_does() -> None:
    text = "Every Kid in a Park began. See Every Kid in a Park. With Every Kid in a Park the parks. Every Kid is free."
    assert spelled_out("Every Kid", text) == "Every Kid in a Park"
