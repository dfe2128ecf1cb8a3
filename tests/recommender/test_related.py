"""What is recommended: laws that hold in every archive, and the cases at the edge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ArticleNotFoundError, QueryError
from recommender.related import Recommender
from recommender.request.options import Wanted
from tests.recommender.archives import START, SUBJECTS, article, own_words, several, words

Make = Callable[[Iterable[Article]], Recommender]


def ids(recommender: Recommender, of: str, **options: object) -> list[str]:
    return [item.article.id for item in recommender.related(of, **options).related]  # type: ignore[arg-type]


def test_articles_on_the_same_subject_are_related_and_no_others(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    for subject in SUBJECTS:
        found = ids(recommender, f"{subject}-2")
        assert sorted(found) == [f"{subject}-{n}" for n in (0, 1, 3, 4)]


@pytest.mark.parametrize("others", [0, 4])
def test_in_a_small_archive_on_one_subject_its_articles_are_related(recommender_of: Make, others: int) -> None:
    """Most pairs are related here, so what is usual among pairs says nothing of unrelated ones."""
    articles = [article("chess", n) for n in range(26)] + [article("violin", n) for n in range(others)]
    recommender = recommender_of(articles)
    for one in articles[:3] + articles[26:]:
        result = recommender.related(one.id)
        assert not result.fallback
        assert {item.article.id.split("-")[0] for item in result.related} == {one.id.split("-")[0]}


def test_an_article_is_never_related_to_itself_and_none_appears_twice(sample_recommender: Recommender) -> None:
    for article_id in ("2024-06-02-change-6-lands-far-side", "2024-05-15-vineyard-frost"):
        block = sample_recommender.block(article_id)
        assert block.lead is not None
        shown = [block.lead, *(item for group in block.groups for item in group.items)]
        names = [one.id for item in shown for one in (item.article, *item.siblings)]
        assert article_id not in names
        assert len(names) == len(set(names))
        assert article_id not in ids(sample_recommender, article_id, limit=100)


def test_the_answer_is_the_same_every_time(recommender_of: Make) -> None:
    articles = several()
    first, second = recommender_of(articles), recommender_of(articles)
    for one in articles:
        answers = [r.related(one.id).related for r in (first, second, first)]
        assert answers[0] == answers[1] == answers[2]


def test_scores_fall_and_the_limit_is_kept(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    found = recommender.related("chess-3", limit=3, wanted=Wanted(diversity=0)).related
    assert len(found) == 3
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_an_unknown_id_is_an_error_that_names_it(recommender_of: Make) -> None:
    with pytest.raises(ArticleNotFoundError, match="no-such-article"):
        recommender_of(several()).related("no-such-article")


def test_an_article_can_be_asked_for_by_its_url(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("chess", 9, url="https://daily.example/chess-9")])
    assert ids(recommender, "https://daily.example/chess-9") == ids(recommender, "chess-9")


def test_the_only_article_of_an_archive_has_nothing_related(recommender_of: Make) -> None:
    recommender = recommender_of([article("chess", 1)])
    assert recommender.related("chess-1").related == ()
    assert recommender.block("chess-1").lead is None


def test_an_article_without_a_word_gets_the_latest_marked_as_such(recommender_of: Make) -> None:
    silent = Article(id="silent", title="...", date=START, section="SPORT")
    recommender = recommender_of([*several(), silent, article("chess", 99, section="SPORT")])
    answer = recommender.related("silent", limit=3)
    assert answer.fallback
    assert [item.article.id for item in answer.related] == ["chess-99"]
    assert {(item.relation, item.reason) for item in answer.related} == {("fallback", "latest in SPORT")}


def test_an_article_in_a_language_of_its_own_gets_an_answer(recommender_of: Make) -> None:
    alone = Article(id="seul", title="Le pain", body="Le boulanger pétrit une pâte.", language="fr", date=START)
    answer = recommender_of([*several(), alone]).related("seul", limit=4)
    assert answer.fallback
    assert len(answer.related) == 4


def test_archives_of_copies_only_have_nothing_related(recommender_of: Make) -> None:
    copies = [article("glacier", 1, id=f"glacier-{n}", site=f"Site {n}") for n in range(4)]
    answer = recommender_of(copies).related("glacier-0")
    assert [item for item in answer.related if item.relation != "fallback"] == []


def test_copies_are_folded_to_the_one_on_the_same_site_with_the_others_listed(recommender_of: Make) -> None:
    wire = article("violin", 7, "The auction in Cremona went on until midnight with eleven bidders.", id="away")
    away = replace(wire, site="Evening")
    home = replace(wire, id="home", site="Daily")
    found = recommender_of([*several(), away, home]).related("violin-1").related
    offered = {item.article.id: {sibling.id for sibling in item.siblings} for item in found}
    assert offered["home"] == {"away"}
    assert "away" not in offered


def test_a_copy_of_the_article_itself_is_not_offered(recommender_of: Make) -> None:
    original = several()[2]
    copy = replace(original, id="copy", site="Evening", title=original.title + "!")
    assert "copy" not in ids(recommender_of([*several(), copy]), original.id)


def test_removed_articles_are_not_offered(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    assert "bread-3" in ids(recommender, "bread-1")
    with Archive.open(recommender._engine.data) as archive:
        archive.remove(["bread-3"])
    assert "bread-3" not in ids(recommender, "bread-1")


def test_new_articles_are_offered_without_reopening(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    ids(recommender, "bread-1")
    with Archive.open(recommender._engine.data) as archive:
        archive.add([article("bread", 50, "A new mill opened."), *(article("chess", n) for n in range(60, 70))])
    assert "bread-50" in ids(recommender, "bread-1")


def test_background_comes_before_what_followed_on_an_article_of_the_archive(recommender_of: Make) -> None:
    common = words("chess", 0, 10)
    days = (10, 100, 190)
    before, now, after = (article("chess", n, body=f"{common} {own_words('chess', n)}", title="") for n in days)
    recommender = recommender_of([*several(3), before, now, after, article("bread", 400)])
    found = ids(recommender, "chess-100", wanted=Wanted(diversity=0))
    assert found.index("chess-10") < found.index("chess-190")


def test_todays_article_is_offered_what_is_new_first(recommender_of: Make) -> None:
    common = words("chess", 0, 10)
    stale, fresh, now = (
        article("chess", n, body=f"{common} {own_words('chess', n)}", title="") for n in (10, 298, 300)
    )
    recommender = recommender_of([*several(3), stale, fresh, now])
    found = ids(recommender, "chess-300", wanted=Wanted(diversity=0))
    assert found.index("chess-298") < found.index("chess-10")


def test_filters_exclusions_and_dates_are_kept(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 9, "Rye.", site="Evening")])
    assert ids(recommender, "bread-1", wanted=Wanted({"site": ["evening"]})) == ["bread-9"]
    assert "bread-0" not in ids(recommender, "bread-1", wanted=Wanted(exclude=["bread-0", "unknown"]))
    since = Wanted(since=START + timedelta(days=3))
    assert set(ids(recommender, "bread-1", wanted=since)) == {"bread-3", "bread-4", "bread-9"}
    until = Wanted(until=START + timedelta(days=2))
    assert set(ids(recommender, "bread-1", wanted=until)) == {"bread-0", "bread-2"}
    with pytest.raises(QueryError, match="colour"):
        recommender.related("bread-1", wanted=Wanted({"colour": ["red"]}))


def test_a_draft_gets_what_the_same_text_in_the_archive_would(recommender_of: Make) -> None:
    articles = several()
    recommender = recommender_of(articles)
    answer = recommender.related_to_text(article("violin", 77, id="new-draft"))
    assert {item.article.id for item in answer.related} == {f"violin-{n}" for n in range(5)}


def test_a_draft_of_an_article_of_the_archive_is_not_offered_its_older_version(recommender_of: Make) -> None:
    articles = several()
    answer = recommender_of(articles).related_to_text(replace(articles[3], body=articles[3].body + " Revised."))
    assert articles[3].id not in {item.article.id for item in answer.related}


def test_an_empty_draft_gets_the_fallback(recommender_of: Make) -> None:
    assert recommender_of(several()).related_to_text(Article(id="draft", title="-")).fallback


def test_several_articles_are_answered_with_what_is_near_them_all_and_none_of_them(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    answer = recommender.related_to_several(["bread-0", "unknown", "chess-1"], limit=10)
    found = {item.article.id for item in answer.related}
    assert answer.id == "chess-1"
    assert {i.partition("-")[0] for i in found} == {"bread", "chess"}
    assert not found & {"bread-0", "chess-1"}
    with pytest.raises(ArticleNotFoundError):
        recommender.related_to_several(["unknown"])


def test_every_item_has_a_reason_and_an_excerpt(sample_recommender: Recommender) -> None:
    for item in sample_recommender.related("2024-01-09-peregrine-no-landing").related:
        assert item.reason
        assert item.excerpt
        assert "\n" not in item.excerpt
