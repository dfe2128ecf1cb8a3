"""What an excerpt marks and shows of what a query finds in another spelling, or in letters without blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.results import to_html

FILLER = "Nothing of note happened on the next day either. "
SOLD = (
    "We sell wi-fi, e-mail, COVID-19, Node.js, C++ and sendRawTransaction items, co-operate, Łódź, naïve, AT&T, "
    ".NET, #harbour, @tide, \U0001f355 and $ACME."
)
ARTICLES = {
    "spellings": ("en", "Spellings", FILLER * 30 + SOLD + FILLER * 30),
    "rain": ("en", "Rain", "It rains."),
    "german": ("de", "Grüße", "Der Rest. " * 40 + "Herr Müller schrieb E\u2011Mails. " + "Der Rest. " * 40),
    "hebrew": ("he", "חדש", "זה היה. " * 60 + "הספר החדש יצא. " + "זה היה. " * 60),
    "end": ("ja", "日本の城", "昔々、城があった。" + "人々が集まった。" * 60 + "クオッカが跳んだ。最後の文。"),
    "middle": (
        "ja",
        "長い話",
        "とても長い前置きがあり、" * 40 + "その中でクオッカが跳ぶ。" + "そして物語は続きます。" * 40,
    ),
    "thai": ("th", "ไทย", "กรุงเทพมหานครเป็นเมืองหลวง" * 30 + "ควอกกากระโดด" + "กรุงเทพมหานครเป็นเมืองหลวง" * 30),
}
VERSIONS = {
    "v": "The library of v2.7.1 came at last. ",
    "brackets": "The library (2.7.1) came at last. ",
    "cve": "We mended CVE-2024-3094 at last. ",
}
# what is typed, and what is marked in the excerpt of an article
MARKED = {
    "wifi": ("spellings", ["wi-fi"]),
    "email": ("spellings", ["e-mail"]),
    "emails": ("german", ["E\u2011Mails"]),
    "covid19": ("spellings", ["COVID-19"]),
    "nodejs": ("spellings", ["Node.js"]),
    "C++": ("spellings", ["C++"]),
    "RawTransaction": ("spellings", ["RawTransaction"]),
    "rawtransactions": ("spellings", ["RawTransaction"]),
    "cooperate": ("spellings", ["co-operate"]),
    "AT&T": ("spellings", ["AT&amp;T"]),
    ".NET": ("spellings", [".NET"]),
    "#harbour": ("spellings", ["#harbour"]),
    "$ACME": ("spellings", ["$ACME"]),
    "\U0001f355": ("spellings", ["\U0001f355"]),
    "mueller": ("german", ["Müller"]),
    "ספר": ("hebrew", ["הספר"]),
    "กระโดด": ("thai", ["กระโดด"]),
    "クオッカ": ("end", ["クオッカ"]),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("excerpts") / "archive"
    with Archive.create(folder) as archive:
        archive.add(
            [Article(id=name, title=of[1], body=of[2], language=of[0]) for name, of in ARTICLES.items()], workers=1
        )
        others = "He paid 1 of 2.5 and 7 more, in 2024, and for the cve 3 of 3094. "
        archive.add(
            [
                Article(
                    id=name, title=name, body=FILLER * 20 + others + FILLER * 20 + text + FILLER * 20, language="en"
                )
                for name, text in VERSIONS.items()
            ]
        )
    with open_engine(folder) as engine:
        yield engine


def excerpt(engine: Engine, typed: str, name: str) -> str:
    return next(to_html(hit.excerpt) for hit in engine.search(typed).hits if hit.article.id == name)


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("2.7.1", "v", ["2.7.1"]),
        ("2.7.1", "brackets", ["2.7.1"]),
        ("library 2.7.1", "brackets", ["library", "2.7.1"]),
        ("CVE-2024-3094", "cve", ["CVE-2024-3094"]),
        ("cve 2024 3094", "cve", ["CVE-2024-3094"]),
    ],
)
def test_a_version_is_shown_and_not_where_its_figures_are(
    engine: Engine, typed: str, name: str, marked: list[str]
) -> None:
    assert re.findall("<mark>(.*?)</mark>", excerpt(engine, typed, name)) == marked


@pytest.mark.parametrize("typed", MARKED)
def test_what_is_found_is_shown_and_marked_as_it_is_written(engine: Engine, typed: str) -> None:
    name, words = MARKED[typed]
    assert re.findall("<mark>(.*?)</mark>", excerpt(engine, typed, name)) == words


def test_a_sentence_with_a_hit_is_shown_to_its_end(engine: Engine) -> None:
    assert excerpt(engine, "クオッカ", "end").endswith("。<mark>クオッカ</mark>が跳んだ。最後の文。")


def test_text_without_blanks_begins_and_ends_behind_a_clause_where_one_is_near(engine: Engine) -> None:
    shown = excerpt(engine, "クオッカ", "middle")
    assert re.match(r"\.\.\. (とても長い前置きがあり、)+その中で<mark>クオッカ</mark>が跳ぶ。", shown)
    assert re.search(r"(そして物語は続きます。)+ \.\.\.\Z", shown)
