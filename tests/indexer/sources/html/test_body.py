"""The text of an article, all of it and nothing else of its page."""

from __future__ import annotations

import pytest

from indexer.sources.html.about.metadata import Metadata
from indexer.sources.html.body_text.blocks import blocks_of
from indexer.sources.html.body_text.choice import Choice
from indexer.sources.html.layout import Layout
from indexer.sources.html.tree import parsed
from tests.indexer.sources.html.pages import PARAGRAPHS, TITLE, article, article_of, page
from tests.indexer.sources.html.sites import site

WHOLE = "\n\n".join(PARAGRAPHS)
UNWANTED = "Nobody who reads this article should ever have to see this sentence about gardens in it."


@pytest.mark.parametrize(
    "end",
    [
        f"<p hidden>{UNWANTED}</p>",
        f"<p style='color: red; display : none'>{UNWANTED}</p>",
        f"<p class='big visually-hidden'>{UNWANTED}</p>",
        f"<noindex><p>{UNWANTED}</p></noindex>",
        f"<!--noindex--><p>{UNWANTED}</p><!--/noindex-->",
        f"<!-- <p>{UNWANTED}</p> -->",
        f"<template><p>{UNWANTED}</p></template><noscript><p>{UNWANTED}</p></noscript>",
        f"<div class='cookie-banner'><p>{UNWANTED}</p></div>",
        f"<div id='onetrust-consent-sdk'><p>{UNWANTED}</p></div>",
        f"<div id='comments'><h3>2 comments</h3><div class=comment><p>{UNWANTED}</p></div></div>",
        f"<section class='related-posts'><h3>Related</h3><ul><li><a href=/a>{UNWANTED}</a></li></ul></section>",
        f"<p>Read more:</p><ul><li><a href=/a>{UNWANTED}</a></li></ul>",
        f"<figure><img src=x><figcaption>{UNWANTED}</figcaption></figure>",
        f"<div class=box><h3>Sign up for our newsletter</h3><p>{UNWANTED}</p></div>",
        f"<script>{UNWANTED}</script><style>{UNWANTED}</style><iframe>{UNWANTED}</iframe>",
        "<p>Subscribe now for more about gardens.</p><p>© 2024 Gardens</p>",
    ],
)
def test_what_is_hidden_or_beside_the_article_stays_out(end: str) -> None:
    body = article_of(page(article(end=end))).body
    assert "gardens" not in body.lower()
    for paragraph in PARAGRAPHS:
        assert paragraph in body


def test_paragraphs_lists_headings_and_tables_of_the_article_stay() -> None:
    inside = (
        "<h2>What it will cost</h2>"
        "<p>The treasurer read out what each part of the work on the pier is to cost the town:</p>"
        "<ul><li>Two million crowns for the piles and the beams</li>"
        "<li>One million crowns for the deck and the rails</li></ul>"
        "<table><tr><th>Year</th><th>Crowns</th></tr><tr><td>2024</td><td>one million</td></tr></table>"
        "<blockquote>We would rather pay once than mend for ever, said the mayor after the vote.</blockquote>"
        f"<p>{PARAGRAPHS[3].replace('Fishermen', 'Ferrymen')}</p>"
    )
    body = article_of(page(article(end=inside))).body
    assert body.startswith(WHOLE)
    assert "What it will cost\n\nThe treasurer" in body
    assert "the piles and the beams\nOne million crowns for the deck" in body
    assert "2024 | one million" in body
    assert "We would rather pay once" in body


@pytest.mark.parametrize(
    "lead",
    [
        "<p class='standfirst'>{}</p>",
        "<div class='teaser-text'><p>{}</p></div>",
        "<header><p>{}</p></header>",
    ],
)
def test_a_standfirst_above_the_body_belongs_to_it(lead: str) -> None:
    text = "After years of delay the pier that the town grew up around is to be made safe again."
    assert article_of(page(article(lead.format(text)))).body.startswith(text)


def test_headline_byline_and_date_are_not_in_the_body() -> None:
    below = "<p class=byline>By Ana Holt</p><p class=date>Published 18 March 2024, 9:30</p><p>3 min read</p>"
    assert article_of(page(article(below))).body == WHOLE


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("MARLOW BAY (Reuters) - ", "MARLOW BAY", "Reuters"),
        ("MARLOW BAY — ", "MARLOW BAY", ""),
        ("Marlow Bay (dpa) – ", "Marlow Bay", "dpa"),
        ("(Reuters) - ", "", "Reuters"),
    ],
)
def test_a_dateline_is_taken_off(opening: str, place: str, agency: str) -> None:
    read = article_of(page(article().replace(PARAGRAPHS[0], opening + PARAGRAPHS[0])))
    assert (read.dateline.place, read.dateline.agency) == (place, agency)
    assert read.body == WHOLE


def test_a_dash_in_a_sentence_is_no_dateline() -> None:
    read = article_of(page(article().replace(PARAGRAPHS[0], f"The pier – {PARAGRAPHS[0]}")))
    assert not read.dateline
    assert read.body.startswith("The pier – ")


def test_an_article_that_only_json_ld_gives_is_read_from_there() -> None:
    said = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)}
    lead = "<p class=lead>After years of delay the pier that the town grew up around is made safe again.</p>"
    shown = f"<main><h1>{TITLE}</h1>{lead}<div class=wall><p>Read on with a subscription</p></div></main>"
    body = article_of(page(shown, linked=said)).body
    assert body.endswith(WHOLE)
    assert body.startswith("After years")
    assert "subscription" not in body


def test_an_article_that_a_style_hides_until_a_program_shows_it_is_read() -> None:
    assert article_of(page(article().replace("class='text'", "style='display:none'"))).body == WHOLE


def test_a_very_large_page_is_read_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.html.body_text.body.MAX_BLOCKS", 3)
    monkeypatch.setattr("indexer.sources.html.body_text.body._proposed", None)
    nav = "<nav><a href=/a>Harbour news of the week</a></nav>{}<div class=footer>All about the courier</div>"
    assert article_of(page(around=nav)).body == WHOLE


def test_letters_are_in_their_composed_form() -> None:
    assert article_of(page(article().replace("The town", "The cafe\u0301 of the town"))).body.startswith("The café of")


def test_links_of_the_text_are_the_articles_and_those_around_it_are_not() -> None:
    linked = (
        '<p>The council had <a href="/2024/03/vote/?utm_source=x">voted twice</a> on <a href="https://bay.example/a">plans</a>'
        ' before it agreed, and <a href="http://[::1">one link</a> of the report is'
        ' <a href="javascript:alert(1)">broken</a> beyond repair, <a href="#notes">as the notes say</a>.</p>'
    )
    around = '<nav><a href="/sport/">Sport</a></nav>{}<footer><a href="/imprint">Imprint</a></footer>'
    head = '<link rel="canonical" href="https://courier.example/2024/pier/">'
    assert article_of(page(article(end=linked), head, around=around)).links == (
        "https://courier.example/2024/03/vote/",
        "https://bay.example/a",
    )


def test_paragraphs_in_one_cell_are_no_row() -> None:
    text = f"<table><tr><td>{'<br><br>'.join(PARAGRAPHS)}</td></tr></table>"
    body = article_of(page(f"<h1>{TITLE}</h1>{text}")).body
    assert body == "\n\n".join(PARAGRAPHS)


def test_posts_of_a_forum_in_cells_of_a_table_are_the_article() -> None:
    (thread,) = site("forum", pages=1).pages  # one page, of which nothing is known to be on others
    body = article_of(thread.html).body
    assert all(text in body for text in thread.paragraphs)


LEAD = "Storms and worms have eaten at the pier, and the harbour can wait no longer."


def test_a_standfirst_below_a_headline_that_is_shown_twice() -> None:
    twice = f"<div class=title>{TITLE}</div><div class=teaser-text><p>{LEAD}</p></div>"
    assert article_of(page(article(twice))).body.startswith(LEAD)


def test_a_standfirst_where_a_figure_holds_the_whole_article() -> None:
    text = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    root = parsed(f"<section><figure class=teaser><h1>{TITLE}</h1><p>{LEAD}</p>{text}</figure></section>")
    heading = next(root.iter("h1"))
    blocks = blocks_of(root)
    choice = Choice(
        blocks, Layout(root), heading, Metadata(title=TITLE), [block.text in PARAGRAPHS for block in blocks]
    )
    choice.add_lead()
    assert [block.text for block in choice.blocks] == [LEAD, *PARAGRAPHS]


@pytest.mark.parametrize(("href", "kept"), [("", True), ("/other", False)])
def test_a_list_that_was_left_out_is_added_unless_it_is_one_of_links(href: str, kept: bool) -> None:
    items = ("Lock the shed when you leave.", "Moor the boats with two lines each.", "Tell the harbour office.")
    shown = "".join(f"<li><a href={href}>{item}</a></li>" if href else f"<li>{item}</li>" for item in items)
    root = parsed(f"<div><p>{PARAGRAPHS[0]}</p><ul class=list>{shown}</ul><p>{PARAGRAPHS[1]}</p></div>")
    blocks = blocks_of(root)
    choice = Choice(blocks, Layout(root), None, Metadata(), [block.tag == "p" for block in blocks])
    choice.add_lists()
    assert [block.text for block in choice.blocks] == [PARAGRAPHS[0], *(items if kept else ()), PARAGRAPHS[1]]
