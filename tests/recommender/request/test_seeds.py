"""Seeds: an article of the archive, a draft, a reader's session, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError
from recommender.related import Recommender
from recommender.request import profile
from recommender.request.drafts import parse_draft
from recommender.request.options import RelatedOptions
from recommender.request.seed_resolution import SESSION, resolve
from recommender.request.seeds import ArticleSeed, DraftSeed, SessionSeed
from recommender.results import RelatedResult, items_of
from tests.recommender.archives import article, several, words

Make = Callable[[Iterable[Article]], Recommender]


def ids(result: RelatedResult) -> list[str]:
    return [item.article.id for item in result.related]


def test_an_article_stands_for_itself_by_its_id_and_by_its_url(recommender_of: Make) -> None:
    url = "https://daily.example/chess-9"
    recommender = recommender_of([*several(), article("chess", 9, url=url)])
    engine, corpus = recommender.engine, recommender.corpus()
    by_id, by_url = (resolve(engine, corpus, ArticleSeed(name)) for name in ("chess-9", url))
    assert by_id.article == by_url.article == engine.article("chess-9")
    assert corpus.article_id(by_id.profile.doc) == "chess-9"
    assert (by_id.exclude, by_id.several) == ((), False)
    assert ids(recommender.related(ArticleSeed(url))) == ids(recommender.related(ArticleSeed("chess-9")))


def test_a_draft_stands_for_its_text_and_leaves_out_the_older_version(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    resolved = resolve(recommender.engine, recommender.corpus(), DraftSeed(article("chess", 2)))
    assert resolved.article.id == "chess-2"
    assert (resolved.exclude, resolved.several, resolved.profile.doc) == (("chess-2",), False, -1)


def test_a_session_stands_for_all_that_was_read_each_counting_half_of_the_next(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    engine, corpus = recommender.engine, recommender.corpus()
    resolved = resolve(engine, corpus, SessionSeed(("bread-1", "gone", "violin-2", "chess-3")))
    assert resolved.article.id == "chess-3"
    assert resolved.several
    assert set(resolved.exclude) == {"bread-1", "violin-2", "chess-3"}
    read = [resolve(engine, corpus, ArticleSeed(name)).profile for name in ("bread-1", "violin-2", "chess-3")]
    expected = profile.combine(read)
    np.testing.assert_array_equal(resolved.profile.terms.hashes, expected.terms.hashes)
    np.testing.assert_array_equal(resolved.profile.terms.weights, expected.terms.weights)
    mean = [
        float(resolved.profile.terms.weights[np.isin(resolved.profile.terms.hashes, each.terms.hashes)].max())
        for each in read
    ]  # no word of one subject is a word of another
    assert mean[0] < mean[1] < mean[2]


def test_a_session_of_one_known_article_is_that_article(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    engine, corpus = recommender.engine, recommender.corpus()
    resolved = resolve(engine, corpus, SessionSeed(("gone", "bread-1", "gone-too")))
    assert (resolved.article.id, resolved.exclude, resolved.several) == ("bread-1", (), False)


@pytest.mark.parametrize(
    ("seed", "named"),
    [
        (ArticleSeed("gone"), "'gone'"),
        (SessionSeed(("gone", "gone-too")), "'gone-too'"),
        (SessionSeed(("gone",)), "'gone'"),
        (SessionSeed(()), "''"),
    ],
)
def test_a_seed_of_which_nothing_is_there_is_an_error(
    recommender_of: Make, seed: ArticleSeed | SessionSeed, named: str
) -> None:
    recommender = recommender_of(several())
    for answer in (recommender.related, recommender.block):
        with pytest.raises(ArticleNotFoundError, match=named):
            answer(seed)


def test_of_a_long_session_the_last_known_articles_count(recommender_of: Make) -> None:
    articles = several(8)
    recommender = recommender_of(articles)
    read = [one.id for one in articles]
    resolved = resolve(recommender.engine, recommender.corpus(), SessionSeed((*read, "gone", "gone-too")))
    assert set(resolved.exclude) == set(read[-SESSION:])
    shown = set(ids(recommender.related(SessionSeed(tuple(read)), RelatedOptions(limit=50))))
    assert shown <= set(read[:-SESSION])


def test_a_draft_of_an_article_of_the_archive_is_not_offered_its_older_version(recommender_of: Make) -> None:
    articles = several()
    answer = recommender_of(articles).related(DraftSeed(replace(articles[3], body=articles[3].body + " Revised.")))
    assert articles[3].id not in {item.article.id for item in answer.related}


def test_an_empty_draft_gets_the_fallback(recommender_of: Make) -> None:
    assert recommender_of(several()).related(DraftSeed(Article(id="draft", title="-"))).fallback


def test_a_draft_finds_what_the_article_it_becomes_would(recommender_of: Make) -> None:
    articles = [one for one in several(6) if one.id != "chess-2"]
    recommender = recommender_of(articles)
    draft = article("chess", 2)
    assert sorted(ids(recommender.related(DraftSeed(draft)))) == [f"chess-{n}" for n in (0, 1, 3, 4, 5)]
    block = recommender.block(DraftSeed(draft), RelatedOptions(exclude=["chess-1"]))
    assert {item.article.id for item in items_of(block)} <= {f"chess-{n}" for n in (0, 3, 4, 5)}
    assert block.id == "chess-2"


def test_a_draft_stores_nothing(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    folder = recommender.engine.folder.path
    recommender.related(ArticleSeed("bread-1"))  # derives what is kept
    before = {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "articles.db-" not in path.name
    }
    recommender.related(DraftSeed(article("chess", 77)))
    after = {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "articles.db-" not in path.name
    }
    assert after == before
    with pytest.raises(ArticleNotFoundError):
        recommender.related(ArticleSeed("chess-77"))


@pytest.mark.parametrize("text", ["Zyx wvu tsr", "的 是", "!!!", "0"])
def test_a_draft_of_which_nothing_is_known_gets_the_fallback(recommender_of: Make, text: str) -> None:
    recommender = recommender_of(several())
    result = recommender.related(DraftSeed(parse_draft(text.encode(), "here")))
    assert result.fallback
    assert {item.relation for item in result.related} == {"fallback"}
    assert recommender.block(DraftSeed(parse_draft(text.encode(), "here"))).lead is None


def test_in_a_session_the_last_article_counts_most(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    first = ids(recommender.related(SessionSeed(("bread-1", "chess-1"))))
    assert first[0].startswith("chess")
    last = ids(recommender.related(SessionSeed(("chess-1", "bread-1"))))
    assert last[0].startswith("bread")
    assert {one.split("-")[0] for one in first} == {"bread", "chess"}


def test_nothing_read_comes_back_and_no_copy_of_it(recommender_of: Make) -> None:
    copies = [article("bread", n, id=f"copy-{n}", site="Weekly") for n in (1, 2)]
    recommender = recommender_of([*several(), *copies])
    read = ["bread-1", "bread-2", "chess-3"]
    result = recommender.related(SessionSeed(tuple(read)))
    shown = {one.id for item in result.related for one in (item.article, *item.siblings)}
    assert shown
    assert not shown & {*read, "copy-1", "copy-2"}
    block = recommender.block(SessionSeed(tuple(read)))
    assert not {item.article.id for item in items_of(block)} & {*read, "copy-1", "copy-2"}


def test_an_article_read_twice_was_read_when_it_was_read_last(recommender_of: Make) -> None:
    recommender = recommender_of(several(6))
    twice = recommender.related(SessionSeed(("bread-1", "chess-1", "bread-1")))
    assert twice.id == "bread-1"
    assert ids(twice) == ids(recommender.related(SessionSeed(("chess-1", "bread-1"))))


def test_unknown_articles_of_a_session_are_passed_over(recommender_of: Make) -> None:
    recommender = recommender_of(several(6))
    assert ids(recommender.related(SessionSeed(("gone", "bread-1", "gone-too")))) == ids(
        recommender.related(ArticleSeed("bread-1"))
    )


def test_a_session_knows_no_earlier_and_no_later(sample_recommender: Recommender) -> None:
    result = sample_recommender.related(SessionSeed(("2024-02-22-odysseus-lands", "2024-05-15-vineyard-frost")))
    assert {item.relation for item in result.related} <= {"", "story"}


def test_words_that_only_a_draft_has_do_no_harm(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    draft = Article(id="new", title=words("chess", 3, 5), body=f"{words('chess', 4)} unheardof neverseen")
    assert ids(recommender.related(DraftSeed(draft)))[0].startswith("chess")
