"""Plain text: a saved article page gives its article and nothing of what surrounds it; other text gives itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.article.article import Article, Dateline
from indexer.sources import Accepted, Item, Refused, read_source

BODY = (
    "A cargo capsule reached the orbital station on Tuesday after a two-day chase, its operators said in the evening.",
    "- 'A quiet ride' -",
    '"Everything went by the book," flight director Ana Sol told reporters, adding that the crew would sleep first.',
    "Tweet the crew, she said.",
)
LINKS = ["Related Links", "Space Tourism at OrbitDaily.com", "The latest on rockets at RocketDaily.com", ""]
OFFER = ["Subscribe Free To Our Daily Newsletters", "Tweet", ""]
RELATED = [
    "RELATED CONTENT",
    "The following news reports may link to other Orbit Media Network websites.",
    "CARGO",
    "Station crew prepares for spacewalk",
    "Houston TX (SPX) Mar 17, 2024",
    "Two members of the crew will leave the airlock on Friday to replace a worn pump ... read more",
    "",
    "CARGO",
    "CARGO",
    "Moon lander tips over",
    "",
    "NASA",
    "",
    "MARS NEWS",
    "Rover finds a strange stone",
    "",
]
COPYRIGHT = ["The content herein, unless otherwise known to be public domain, are Copyright 1995-2024 - Orbit Media."]
OFFERED = (
    "Station crew prepares for spacewalk",
    "Moon lander tips over",
    "NASA",
    "Rover finds a strange stone",
)
HEAD = [
    "Orbit Daily",
    "CARGO",
    "Capsule reaches the station",
    "Capsule reaches the station",
    "By Ana ONE, Bob TWO",
    "Paris, France (AFP) Mar 18, 2024",
]


def page(
    *,
    head: list[str] = HEAD,
    body: tuple[str, ...] = BODY,
    links: list[str] = LINKS,
    offer: list[str] = OFFER,
    related: list[str] = RELATED,
    last: list[str] = [*OFFER[:1], "", *COPYRIGHT],  # noqa: B006 - never changed
) -> str:
    return "\n".join([*head, "", "\n\n".join(body), "", *links, *offer, *related, *last])


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Item]:
    def read(text: str, name: str = "capsule.txt") -> Item:
        path = tmp_path / name
        path.write_bytes(text.encode())
        (item,) = read_source(path)
        return item

    return read


@pytest.fixture
def article(read: Callable[..., Item]) -> Callable[..., Article]:
    def article(text: str, *warnings: str, name: str = "capsule.txt") -> Article:
        item = read(text, name)
        assert isinstance(item, Accepted), item
        assert item.warnings == warnings
        return item.article

    return article


def test_a_saved_page_gives_its_article_and_nothing_around_it(article: Callable[..., Article], tmp_path: Path) -> None:
    assert article(page()) == Article(
        id="capsule",
        title="Capsule reaches the station",
        body="\n\n".join(BODY),
        authors=("Ana ONE", "Bob TWO"),
        date=datetime(2024, 3, 18, tzinfo=UTC),
        dateline=Dateline("Paris, France", "AFP"),
        section="CARGO",
        site="Orbit Daily",
        offered=OFFERED,
        source=str(tmp_path / "capsule.txt"),
    )


def without(*lines: str) -> list[str]:
    return [line for line in HEAD if line not in lines]


@pytest.mark.parametrize(
    ("head", "changed"),
    [
        (without("CARGO"), {"section": ""}),
        (without("Orbit Daily"), {"site": ""}),
        (without("Orbit Daily", "CARGO"), {"site": "", "section": ""}),
        ([*HEAD[:2], *HEAD[3:]], {}),  # the headline once
        ([*HEAD[1:2], *HEAD[3:]], {"site": ""}),
        (["THE DAILY ORBIT", *HEAD[3:]], {"site": "THE DAILY ORBIT", "section": ""}),
        (without(HEAD[4]), {"authors": ()}),
        ([*HEAD[:4], "by Staff Writers", HEAD[5]], {"authors": ()}),
        ([*HEAD[:4], "by Ana One", HEAD[5]], {"authors": ("Ana One",)}),
        ([*HEAD[:4], "By Ana de la Cruz and Jean-Luc O'Neill in Oslo", HEAD[5]],
         {"authors": ("Ana de la Cruz", "Jean-Luc O'Neill")}),
        ([*HEAD[:4], HEAD[5], HEAD[4]], {}),  # dateline before byline
        ([*HEAD[:5], "Washington DC (UPI) Jan 5, 2024"],
         {"dateline": Dateline("Washington DC", "UPI"), "date": datetime(2024, 1, 5, tzinfo=UTC)}),
        ([*HEAD[:5], "Oslo, Mar 18, 2024"], {"dateline": Dateline("Oslo")}),
        ([*HEAD[:5], "Published: March 18, 2024"], {"dateline": Dateline()}),
        ([line for pair in zip(HEAD, [""] * 6, strict=True) for line in pair], {}),  # blank lines between
        (["Orbit Daily", "CARGO", "By Jupiter, it moves", "By Jupiter, it moves", *HEAD[4:]],
         {"title": "By Jupiter, it moves"}),
        (["Orbit Daily", "CARGO", "Moon lander tips over", "Moon lander tips over", *HEAD[4:]],
         {"title": "Moon lander tips over"}),  # which is offered as well
        (["Orbit Daily", "CARGO", "ESA PICKS ARIANE", "ESA PICKS ARIANE", *HEAD[4:]], {"title": "ESA PICKS ARIANE"}),
        ([*HEAD[:2], "Firm (again) wins", "Firm (again) wins", *HEAD[4:]], {"title": "Firm (again) wins"}),
    ],
)  # fmt: skip
def test_pages_whose_head_differs(article: Callable[..., Article], head: list[str], changed: dict[str, object]) -> None:
    usual, found = article(page()), article(page(head=head))

    for name in ("title", "body", "authors", "date", "dateline", "section", "site", "offered"):
        assert getattr(found, name) == changed.get(name, getattr(usual, name)), name


@pytest.mark.parametrize(
    "parts",
    [
        {"links": []},
        {"links": LINKS[1:]},  # the heading alone is missing
        {"offer": []},
        {"offer": ["Tweet", ""]},
        {"last": []},
        {"last": COPYRIGHT},
        {"links": [], "offer": [], "last": []},
        {"links": LINKS[1:], "offer": ["Tweet"], "last": COPYRIGHT},
        {"related": RELATED[:1] + RELATED[2:]},
        {"related": RELATED[1:]},
    ],
)
def test_pages_with_some_boilerplate_missing(article: Callable[..., Article], parts: dict[str, list[str]]) -> None:
    assert article(page(**parts)) == article(page())  # type: ignore[arg-type]


def test_a_page_without_related_headlines_offers_none(article: Callable[..., Article]) -> None:
    found = article(page(related=[]))

    assert (found.offered, found.body) == ((), "\n\n".join(BODY))


def test_a_page_that_ends_with_the_article(article: Callable[..., Article]) -> None:
    found = article("\n".join([*HEAD, "", *"\n\n".join(BODY).split("\n"), ""]))

    assert (found.title, found.body, found.authors) == (HEAD[2], "\n\n".join(BODY), ("Ana ONE", "Bob TWO"))


def test_line_ends_of_windows_make_no_difference(article: Callable[..., Article]) -> None:
    assert article("\ufeff" + page().replace("\n", "\r\n")) == article(page())


def test_a_teaser_without_its_usual_ending_is_still_no_headline(article: Callable[..., Article]) -> None:
    related = [
        *RELATED[:4],
        "by Staff Writers",
        RELATED[4],
        "Two members of the crew will leave the airlock.",
        *RELATED[6:],
    ]

    assert article(page(related=related)).offered == OFFERED


def test_headlines_without_blank_lines_between_them(article: Callable[..., Article]) -> None:
    related = [*RELATED[:7], "CARGO", "Moon lander tips over", "A second headline", "A third", ""]

    assert article(page(related=related)).offered == (
        OFFERED[0],
        "Moon lander tips over",
        "A second headline",
        "A third",
    )


def test_hard_wrapped_paragraphs_are_joined_and_unspaced_ones_kept_apart(article: Callable[..., Article]) -> None:
    wrapped = article(page(body=("A cargo capsule reached\nthe orbital station\non Tuesday.", "It docked.")))
    unspaced = article(page(body=("\n".join(BODY),)))

    assert wrapped.body == "A cargo capsule reached the orbital station on Tuesday.\n\nIt docked."
    assert unspaced.body == "\n\n".join(BODY)


def test_a_page_without_a_dateline_says_what_became_of_its_date(article: Callable[..., Article]) -> None:
    text = page(head=HEAD[:5])

    assert article(text, "no date above the article: indexed without a date").date is None
    dated = article(
        text, "no date above the article: the date in the file name, 2024-03-19, is used", name="orbit-2024-03-19.txt"
    )
    assert dated.date == datetime(2024, 3, 19, tzinfo=UTC)
    assert (dated.id, dated.title, dated.body) == ("orbit-2024-03-19", HEAD[2], "\n\n".join(BODY))


def test_a_page_with_neither_byline_nor_dateline(article: Callable[..., Article]) -> None:
    for head in (HEAD[:4], HEAD[:3]):
        found = article(page(head=head), "no date above the article: indexed without a date")

        assert (found.site, found.section, found.title) == ("Orbit Daily", "CARGO", HEAD[2])
        assert found.body == "\n\n".join(BODY)


def test_a_page_without_text_says_so(article: Callable[..., Article]) -> None:
    found = article(page(body=()), "no text between headline and links: indexed with the title only")

    assert (found.title, found.body, found.offered) == (HEAD[2], "", OFFERED)


@pytest.mark.parametrize(
    ("text", "title", "body", "authors"),
    [
        ("A title\n\nThe text\nof it.\n\n  More.\n", "A title", "The text\nof it.\n\n  More.", ()),
        ("A title\nby Ann Poe\n\nThe text.", "A title", "The text.", ("Ann Poe",)),
        ("Only one line", "Only one line", "", ()),
        ("La la\nLa la\nLa la la", "La la", "La la\nLa la la", ()),
        ("A title\n\nBy the sea they stood.\n\nMore.", "A title", "By the sea they stood.\n\nMore.", ()),
        ("A title\n\nBy 2030, 40 ships\n\nMore.", "A title", "By 2030, 40 ships\n\nMore.", ()),
        ("Notes\n\nThe firm (NYSE: X) fell on May 1, 2024.", "Notes", "The firm (NYSE: X) fell on May 1, 2024.", ()),
    ],
)  # fmt: skip
def test_other_text_is_a_title_and_a_body(
    article: Callable[..., Article], text: str, title: str, body: str, authors: tuple[str, ...]
) -> None:
    found = article(text)

    assert (found.title, found.body, found.authors, found.site, found.section) == (title, body, authors, "", "")
    assert found.date is None


def test_a_file_name_may_date_other_text(article: Callable[..., Article]) -> None:
    assert article("T\n\nx", name="notes 2024-03-18.txt").date == datetime(2024, 3, 18, tzinfo=UTC)


def test_a_first_line_as_long_as_a_paragraph_is_no_title(article: Callable[..., Article]) -> None:
    text = "word " * 60 + "\n\nMore."
    found = article(text, "no title: indexed with an empty title")

    assert (found.title, found.body) == ("", text.strip())


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "neither title nor text"), ("\n \n", "neither title nor text"), ("a\0b", "NUL bytes: not a text file")],
)
def test_what_is_no_text_is_refused(read: Callable[..., Item], tmp_path: Path, text: str, reason: str) -> None:
    assert read(text) == Refused(str(tmp_path / "capsule.txt"), reason, "capsule")


LINES = st.sampled_from(
    [*HEAD, *LINKS, *OFFER, *RELATED, *COPYRIGHT, *BODY, "", "By", "by Staff Writers", "x" * 300, "(AFP)"]
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(LINES).map("\n".join), st.text()))
def test_any_text_is_one_item(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(text.encode())

    (item,) = read_source(path)

    assert isinstance(item, Accepted | Refused)


def test_the_page_this_product_was_conceived_from(shared: Callable[[str], Path]) -> None:
    (item,) = read_source(shared("inputs/space-travel-news-2024-03-18.txt"))
    assert isinstance(item, Accepted)
    found = item.article

    assert item.warnings == ()
    assert found.id == "space-travel-news-2024-03-18"
    assert found.title == "China ties with Russia set to deepen after Putin election win"
    assert found.authors == ("Matthew WALSH", "James EDGAR")
    assert found.dateline == Dateline("Beijing", "AFP")
    assert found.date == datetime(2024, 3, 18, tzinfo=UTC)
    assert (found.site, found.section) == ("Space Travel News", "MILPLEX")
    paragraphs = found.body.split("\n\n")
    assert len(paragraphs) == 29
    assert paragraphs[0].startswith("Chinese President Xi Jinping on Monday congratulated")
    assert paragraphs[-1] == (
        '"In return, Beijing is getting cheap fossil fuels and also key military technologies from Russia."'
    )
    assert [text for text in paragraphs if text.startswith("- ")] == ["- 'New paradigm' -", "- Military, trade ties -"]
    assert len(found.offered) == 29
    assert found.offered[0] == "EU states urge bloc's lender to up financing for defence"
    assert found.offered[1] == "Study reveals potential for life's building blocks from Mars' ancient atmosphere"
    assert found.offered[-1] == "Can astronomers use radar to spot a cataclysmic asteroid?"
    assert "MILPLEX" not in found.offered
