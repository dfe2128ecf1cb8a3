"""What comes nearest to searches that find nothing, and the synonyms that would mend them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.curation.rules import parse_rules
from search.curation.rules_file import add_rule
from search.engine import Engine
from search.usage.events import Searched
from search.usage.missed import LITTLE, missed_searches

ARTICLES = [
    *(
        Article(id=f"voyager{n}", title=f"Voyager {n} leaves", body="Voyager has left the heliosphere.")
        for n in range(5)
    ),
    *(Article(id=f"lander{n}", title=f"Touchdown {n}", body="A lander set down on the moon.") for n in range(5)),
    Article(id="tax", title="Road tax for electric cars", body="Owners of electric cars pay."),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Archive.create(tmp_path) as archive:
        archive.add(ARTICLES)
    with open_engine(tmp_path) as opened:
        yield opened


def searched(query: str, times: int = 3, found: int = 0) -> Searched:
    return Searched(query, times, 1, found)


def test_a_slip_is_proposed_as_what_is_spelt_alike(engine: Engine) -> None:
    [missed] = missed_searches(engine, [searched("voyagr probe")], 10)
    assert missed.nearest is not None
    assert missed.nearest.id.startswith("voyager")
    assert missed.synonym is not None
    assert (missed.synonym.typed, missed.synonym.instead, missed.synonym.why) == ("voyagr", "voyager", "spelt alike")
    assert missed.synonym.command == "readmore rules synonyms --one-way voyagr voyager"


def test_a_word_for_what_the_archive_calls_otherwise(engine: Engine) -> None:
    [missed] = missed_searches(engine, [searched("moonship lander")], 10)
    assert missed.nearest is not None
    assert missed.nearest.id.startswith("lander")
    assert missed.synonym is not None
    assert missed.synonym.typed == "moonship"
    assert missed.synonym.instead == "touchdown"
    assert missed.synonym.why == "in what comes nearest"


def test_no_other_word_of_an_article_is_proposed_for_having_one_that_is_spelt_a_little_alike(engine: Engine) -> None:
    [missed] = missed_searches(engine, [searched("xcaz")], 10)
    assert missed.nearest is not None
    assert missed.nearest.id == "tax"  # for its "car"
    assert missed.synonym is None


def test_what_has_nothing_near_is_listed_all_the_same(engine: Engine) -> None:
    [missed] = missed_searches(engine, [searched("qqqq")], 10)
    assert (missed.nearest, missed.synonym) == (None, None)
    assert missed.to_dict()["nearest"] is None


def test_what_finds_enough_by_now_or_was_made_once_is_not(engine: Engine) -> None:
    asked = [searched("voyager"), searched("zeppelin", times=1), searched("lander", found=LITTLE + 1), searched("tax")]
    assert [missed.searched.query for missed in missed_searches(engine, asked, 10)] == ["tax"]
    assert missed_searches(engine, [searched("zeppelin"), searched("tax")], 1)[0].searched.query == "zeppelin"


def test_a_slip_that_the_search_forgives_by_now_is_not(engine: Engine) -> None:
    assert missed_searches(engine, [searched("voyagr")], 10) == []


def test_the_approved_synonym_mends_the_search(engine: Engine) -> None:
    asked = [searched("moonship lander")]
    [missed] = missed_searches(engine, asked, 10)
    assert missed.synonym is not None
    assert engine.folder is not None
    words = f"[{missed.synonym.typed}, {missed.synonym.instead}]"
    add_rule(engine.folder, parse_rules(f"- synonyms: {words}\n  one_way: true\n").rules[0])
    assert engine.search("moonship").total == 5
    assert missed_searches(engine, asked, 10) == []


def test_a_query_that_leads_elsewhere_misses_nothing(engine: Engine) -> None:
    assert engine.folder is not None
    add_rule(engine.folder, parse_rules("- redirect: /shop\n  query: tickets\n").rules[0])
    assert missed_searches(engine, [searched("tickets")], 10) == []


def test_what_is_quoted_in_the_command_is_no_other_command(engine: Engine) -> None:
    [missed] = missed_searches(engine, [searched("voyagr';rm")], 10)
    assert missed.synonym is None or "';" not in missed.synonym.command
