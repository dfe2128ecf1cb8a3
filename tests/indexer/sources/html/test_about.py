"""What is known of an article beside its text, and whom the page is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import HtmlElement

from indexer.sources.html.about import bylines
from indexer.sources.html.about.authors import names_in, people
from indexer.sources.html.about.when import day_as_shown, said_date, shown_date, url_date
from tests.indexer.sources.html.pages import TITLE, article, article_of, meta, page

NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2024-03-18T09:30:00+02:00",
    "author": [{"@type": "Person", "name": "Ana Holt"}],
    "articleSection": "Harbour",
    "keywords": ["pier", "council"],
    "inLanguage": "en-GB",
    "publisher": {"@type": "Organization", "name": "The Marlow Courier"},
}


def test_json_ld_goes_before_meta_tags_and_these_before_what_is_seen() -> None:
    tags = meta(article__author="Bo Lind", article__published_time="2023-01-01T00:00:00Z", article__section="Town")
    seen = '<p class="byline">By Cy Moss</p><time datetime="2022-02-02">2 February 2022</time>'
    everything = article_of(page(article(seen), tags, linked=NEWS))
    assert everything.authors == ("Ana Holt",)
    assert everything.date == datetime.fromisoformat("2024-03-18T09:30:00+02:00")
    assert everything.section == "Harbour"
    assert everything.tags == ("pier", "council")
    assert everything.site == "The Marlow Courier"
    assert everything.language == "en"
    without = article_of(page(article(seen), tags))
    assert (without.authors, without.section) == (("Bo Lind",), "Town")
    assert without.date == datetime(2023, 1, 1, tzinfo=UTC)
    only_seen = article_of(page(article(seen)))
    assert only_seen.authors == ("Cy Moss",)
    assert only_seen.date == datetime(2022, 2, 2, tzinfo=UTC)


def test_url_is_the_canonical_one_and_never_the_front_page() -> None:
    link = '<link rel="canonical" href="{}">'
    assert article_of(page(head=link.format("https://courier.example/pier?utm_source=x#top"))).url == (
        "https://courier.example/pier"
    )
    relative = link.format("/pier") + meta(og__url="https://courier.example/other")
    assert article_of(page(head=relative)).url == "https://courier.example/pier"
    front = article_of(page(head=link.format("https://courier.example/")), "2024/pier.html")
    assert (front.url, front.id) == ("", "pier")


def test_a_paragraph_of_labels_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, read = bylines.lines_of, list[HtmlElement]()

    def lines_of(element: HtmlElement) -> list[str]:
        read.append(element)
        return whole(element)

    monkeypatch.setattr(bylines, "lines_of", lines_of)
    labels = "<b>Author:</b> Ana Holt, " * 300  # in one line, which is none of names
    assert article_of(page(article(f"<p>{labels}</p>"))).authors == ()
    assert len(read) < 10


def test_json_ld_in_a_graph_with_references_and_with_mistakes() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "name": "another"},
            {
                "@type": ["Article", "Thing"],
                "headline": TITLE,
                "author": {"@id": "#ana"},
                "datePublished": "2024-03-18",
            },
            {"@type": "Person", "@id": "#ana", "name": "Ana Holt", "url": "https://courier.example/ana"},
        ]
    }
    assert article_of(page(linked=graph)).authors == ("Ana Holt",)
    broken = '{"@type": "NewsArticle", "author": "Ana\nHolt", "datePublished": "2024-03-18",}'
    read = article_of(page(head=f'<script type="application/ld+json"><!-- {broken} --></script>'))
    assert read.authors == ("Ana Holt",)
    assert read.date == datetime(2024, 3, 18, tzinfo=UTC)


def test_the_node_of_the_page_is_chosen_among_several_articles() -> None:
    other = {"@type": "NewsArticle", "headline": "Storm takes the last lamp", "author": "Bo Lind"}
    assert article_of(page(linked=[other, NEWS])).authors == ("Ana Holt",)


@pytest.mark.parametrize(
    ("heading", "title", "head"),
    [
        (TITLE, f"{TITLE} | The Marlow Courier", ""),
        (TITLE, f"The Marlow Courier » Harbour » {TITLE}", ""),
        (TITLE, "The Marlow Courier", meta(og__title=f"{TITLE}!")),
    ],
)
def test_title_is_the_heading_that_shows_what_the_page_says(heading: str, title: str, head: str) -> None:
    logo = '<header><h1 class="logo"><a href="/">The Marlow Courier</a></h1></header>{}'
    assert article_of(page(article(title=heading), head, title=title, around=logo)).title == heading


@pytest.mark.parametrize(
    ("headings", "head", "window"),
    [
        (
            f"<h1 class=strapline>Harbour news: the pier</h1><h2 class=title>{TITLE}</h2>",
            "og",
            f"{TITLE} - Harbour news: the pier",
        ),
        (f"<h2>[&gt; {TITLE}</h2>", "", f"courier.example // » {TITLE}"),
        (f"<h1>Harbourwork: {TITLE}</h1>", "og", "The new harbourworks – what they cost and who pays"),
        (f"<nav><h3>Harbour service</h3></nav><h1>{TITLE} of the Harbourservice</h1>", "og", "Harbour service"),
    ],
)
def test_title_where_page_and_heading_say_different_things(headings: str, head: str, window: str) -> None:
    told = meta(og__title=window) if head else ""
    text = article().replace(f"<h1>{TITLE}</h1>", headings)
    assert TITLE in article_of(page(text, told, title=window)).title


def test_title_without_a_heading_is_without_the_name_of_the_site() -> None:
    body = article().replace("h1>", "b>")
    named = meta(og__site_name="The Marlow Courier")
    assert article_of(page(body, named)).title == TITLE


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Holt", ["Ana Holt"]),
        ("By Ana Holt, Bo Lind and Cy Moss", ["Ana Holt", "Bo Lind", "Cy Moss"]),
        ("By Ana Holt, Staff Writer", ["Ana Holt"]),
        ("Ana Holt, political correspondent | 3 May 2024", ["Ana Holt"]),
        ("By Ana Holt and Reuters", ["Ana Holt"]),
        ("Reuters", ["Reuters"]),
        ("Von Ana Holt und Bo Lind, Redakteur", ["Ana Holt", "Bo Lind"]),
        ("Par Ana Holt (avec AFP)", ["Ana Holt"]),
        ("Por Ana Holt y Bo Lind", ["Ana Holt", "Bo Lind"]),
        ("Text: Ana Holt, Foto: Bo Lind", ["Ana Holt"]),
        ("Posted by ana on April 5, 2015", ["ana"]),
        ("Ana Holt @anaholt ana@courier.example", ["Ana Holt"]),
        ("Holt, Ana", ["Holt, Ana"]),
        ("Ana Holt, Jr.", ["Ana Holt, Jr"]),
        ("Ana Holt Chefredakteurin", ["Ana Holt"]),
        ("Ana Holt Weitere Beiträge", ["Ana Holt"]),
        ("Ana Holt on Thu, 3 May", ["Ana Holt"]),
        ("Ana Holt Stand: 3.5.2024", ["Ana Holt"]),
        ("Von A\u00adna Holt", ["Ana Holt"]),
        ("Staff and news service reports", ["Staff and news service reports"]),
        ("admin", []),
        ("By Staff Writers", []),
        ("5 min read", []),
    ],
)
def test_names_in_bylines(byline: str, names: list[str]) -> None:
    assert names_in(byline) == names


def test_people_go_before_desks_and_each_is_there_once() -> None:
    assert people(["Newsroom", "Ana Holt", "ANA HOLT", "AFP"]) == ["Ana Holt"]
    assert people(["Redaktion"]) == ["Redaktion"]


def test_a_name_beside_the_date_or_below_the_text_is_the_author() -> None:
    assert article_of(page(article("<p class=info>11.12.2019 - Ana Holt</p>"))).authors == ("Ana Holt",)
    assert article_of(page(article(end="<p><b>Ana Holt</b></p>"))).authors == ("Ana Holt",)
    assert article_of(page()).authors == ()


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("<div class=byline><a href=/author/ana>Ana Holt</a><span>Redakteurin für Wirtschaft, Umwelt</span></div>", 1),
        ("<p class=author><b>Ana Holt</b><span>18 March 2024</span></p>", 1),
        ("<p>Von <b>Ana Holt</b> und <b>Bo Lind</b><br>Marlow / Bay</p>", 2),
        ("<ul class=authors><li class=a>Ana Holt, PhD</li><li class=a>Bo Lind</li></ul>", 2),
        ("<div class=authors><i>AH</i><a href=/authors/1>Ana Holt</a><i>BL</i><a href=/authors/2>Bo Lind</a></div>", 2),
        ("<div class=author><span>By</span><br><span>Ana Holt</span><br><span>Harbour Desk</span></div>", 1),
        ("<p class=byline>Photo: Cy Moss<br>Text: Ana Holt</p>", 1),
        ("<div class=teaser-info>von Ana Holt</div>", 1),
    ],
)
def test_bylines_are_read_by_their_lines_and_links(byline: str, names: int) -> None:
    found = [name.split(",")[0] for name in article_of(page(article(byline))).authors]
    assert found == ["Ana Holt", "Bo Lind"][:names]


def test_the_byline_at_the_headline_goes_before_who_made_the_page() -> None:
    by_link = '<p class=date><a href="https://courier.example/author/ana">Ana</a>, 18 March 2024</p>'
    opened = "<p><strong>Von Ana Holt</strong></p>"
    keeper = '<meta name="author" content="Cy Moss">'
    assert article_of(page(article(by_link), keeper)).authors == ("Ana",)
    assert article_of(page(article(opened), keeper)).authors == ("Ana Holt",)
    graph = {"@graph": [{"@type": "WebPage", "author": {"@type": "Person", "name": "Cy Moss"}}]}
    assert article_of(page(article(opened), linked=graph)).authors == ("Ana Holt",)
    assert article_of(page(article("<p class=author>Bo</p>"), keeper)).authors == ("Cy Moss",)  # may be anybody
    assert article_of(page(article("<p>Photo by Bo Lind</p>"), keeper)).authors == ("Cy Moss",)


def test_a_publisher_that_calls_itself_the_author_is_the_last_to_be_believed() -> None:
    both = meta(publisher="Bay Radio (bay.example)", author="Bay Radio (bay.example)")
    assert article_of(page(article(end="<p>Auteur : Ana Holt</p>"), both)).authors == ("Ana Holt",)
    assert article_of(page(article(), both)).authors == ("Bay Radio",)


def test_commenters_and_authors_of_other_stories_are_no_authors() -> None:
    other = '<section class="related"><article><h2>Storm</h2><span class=author>By Bo Lind</span></article></section>'
    comment = '<div id="comments"><b class="comment-author">Cy Moss</b><p>Well done at last.</p></div>'
    assert article_of(page(around="{}" + other + comment)).authors == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18 March 2024", "2024-03-18"),
        ("March 18th, 2024 at 9:30 am", "2024-03-18"),
        ("Montag, 18. März 2024", "2024-03-18"),
        ("le 1er mars 2024", "2024-03-01"),
        ("18 de marzo de 2024", "2024-03-18"),
        ("18 maart 2024", "2024-03-18"),
        ("18 marca 2024", "2024-03-18"),
        ("18 марта 2024", "2024-03-18"),
        ("18. 3. 2024", "2024-03-18"),
        ("2024年3月18日", "2024-03-18"),
        ("03/04/2024", "2024-03-04"),
        ("18/03/2024", "2024-03-18"),
        ("18·03·2024", "2024-03-18"),
        ("Mar 18 09:34 2024", "2024-03-18"),
        ("Mon 18 Mar 2024 09.30 GMT", "2024-03-18"),
        ("the 18th of March 2024", "2024-03-18"),
        ("18-Mar-2024", "2024-03-18"),
        ("2024. március 18., hétfő", "2024-03-18"),
        ("2024 m. kovo 18 d.", "2024-03-18"),
        ("2024. gada 18. marts", "2024-03-18"),
        ("18. märts 2024", "2024-03-18"),
        ("18. marec 2024", "2024-03-18"),
        ("18. maaliskuuta 2024", "2024-03-18"),
        ("18 Μαρτίου 2024", "2024-03-18"),
        ("18 березня 2024", "2024-03-18"),
        ("18 Mart 2024 Pazartesi", "2024-03-18"),
        ("18 במרץ 2024", "2024-03-18"),
        ("18 مارس 2024", "2024-03-18"),
        ("١٨ آذار ٢٠٢٤", "2024-03-18"),
        ("۲۸ اسفند ۱۴۰۲", "2024-03-18"),
        ("۱۴۰۲/۱۲/۲۸", "2024-03-18"),
        ("18 मार्च 2024", "2024-03-18"),
        ("১৮ মার্চ ২০২৪", "2024-03-18"),
        ("18 மார்ச் 2024", "2024-03-18"),
        ("18 مارچ 2024", "2024-03-18"),
        ("ngày 18 tháng 3 năm 2024", "2024-03-18"),
        ("18 มีนาคม 2567", "2024-03-18"),
        ("18 มี.ค. 2567", "2024-03-18"),
        ("2024년 3월 18일", "2024-03-18"),
        ("18 Machi 2024", "2024-03-18"),
        ("Marso 18, 2024", "2024-03-18"),
        ("30 اسفند 1402", None),  # no leap year
        ("no day in March 2024", None),
        ("Call 555-0199 for 3 boats", None),
    ],
)
def test_dates_that_readers_see(text: str, day: str | None) -> None:
    found = shown_date(text)
    assert (found.date().isoformat() if found else None) == day


def test_the_day_is_first_outside_the_united_states() -> None:
    assert str(shown_date("03/04/2024", day_first=True)).startswith("2024-04-03")
    seen = '<p class="date">03/04/2024</p>'
    assert str(article_of(page(article(seen), lang="pt-BR")).date).startswith("2024-04-03")
    assert str(article_of(page(article(seen), lang="en-US")).date).startswith("2024-03-04")


def test_no_page_is_from_before_the_web_or_from_the_future() -> None:
    assert said_date("0001-01-01") is None
    assert said_date("2999-01-01") is None


def test_a_page_that_says_it_is_published_later_keeps_that_date() -> None:
    later = "2199-03-18T09:30:00+02:00"
    expected = datetime.fromisoformat(later)
    node = {**NEWS, "datePublished": later}
    seen = "<time datetime=2024-03-01>1 March 2024</time>"
    assert article_of(page(article(seen), linked=node)).date == expected
    assert article_of(page(article(seen), meta(article__published_time=later))).date == expected
    assert article_of(page(article(seen), meta(pubdate=later))).date == expected
    # An event's day is no date of publication, and what JSON-LD says first is believed.
    assert str(article_of(page(article(seen), meta(date=later))).date).startswith("2024-03-01")
    told = article_of(page(article(seen), meta(article__published_time=later), linked=NEWS))
    assert str(told.date).startswith("2024-03-18")


def test_a_sentence_about_a_day_is_no_date_of_the_page() -> None:
    sentence = "<p>The next meeting of the harbour board takes place on 5 February 2020 in the old boat house.</p>"
    assert article_of(page(article(sentence))).date is None
    assert str(article_of(page(article("<p>Marlow Bay, 5 February 2020</p>"))).date).startswith("2020-02-05")


def test_the_date_of_a_comment_is_not_that_of_the_page() -> None:
    seen = '<p class="publication"><time datetime="2019-06-28">28 June 2019</time></p>'
    comment = (
        '<article><h3>Comment</h3><p>By Kim, <time datetime="2019-09-22" pubdate>22 September</time></p></article>'
    )
    told = article_of(page(f"<main><h1>A pier for Marlow Bay</h1>{seen}<p>{'Words of it. ' * 40}</p></main>{comment}"))
    assert str(told.date).startswith("2019-06-28")
    alone = (
        "<article><h1>A pier</h1><time datetime='2019-09-22' pubdate>22 September</time><p>Words of it.</p></article>"
    )
    assert str(article_of(page(alone)).date).startswith("2019-09-22")


def test_a_day_in_the_url() -> None:
    assert str(url_date("https://courier.example/2024/03/18/pier")).startswith("2024-03-18")
    assert str(url_date("/news/18-03-2024-pier")).startswith("2024-03-18")
    assert url_date("/news/1234567-pier") is None


def test_a_moment_in_utc_is_given_on_the_day_that_the_page_shows() -> None:
    evening = datetime(2023, 11, 9, 5, 30, tzinfo=UTC)
    shown = day_as_shown(evening, datetime(2023, 11, 8, tzinfo=UTC))
    assert shown == evening
    assert shown.date().isoformat() == "2023-11-08"
    elsewhere = day_as_shown(evening, datetime(2023, 10, 1, tzinfo=UTC))
    assert elsewhere.utcoffset() == evening.utcoffset()


def test_the_only_heading_is_the_headline_of_a_page_whose_window_is_called_after_its_site() -> None:
    text = article().replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    assert article_of(page(text, title="Marlow harbour office - service")).title == TITLE
