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
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from tests.recommender.archives import START, SUBJECTS, article, own_words, several, words

Make = Callable[[Iterable[Article]], Recommender]


def ids(recommender: Recommender, of: str, **options: object) -> list[str]:
    result = recommender.related(ArticleSeed(of), RelatedOptions(**options))  # type: ignore[arg-type]
    return [item.article.id for item in result.related]


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
        result = recommender.related(ArticleSeed(one.id))
        assert not result.fallback
        assert {item.article.id.split("-")[0] for item in result.related} == {one.id.split("-")[0]}


def test_an_article_is_never_related_to_itself_and_none_appears_twice(sample_recommender: Recommender) -> None:
    for article_id in ("2024-06-02-change-6-lands-far-side", "2024-01-09-peregrine-no-landing"):
        block = sample_recommender.block(ArticleSeed(article_id))
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
        answers = [r.related(ArticleSeed(one.id)).related for r in (first, second, first)]
        assert answers[0] == answers[1] == answers[2]


def test_scores_fall_and_the_limit_is_kept(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    found = recommender.related(ArticleSeed("chess-3"), RelatedOptions(limit=3, diversity=0)).related
    assert len(found) == 3
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_an_unknown_id_is_an_error_that_names_it(recommender_of: Make) -> None:
    with pytest.raises(ArticleNotFoundError, match="no-such-article"):
        recommender_of(several()).related(ArticleSeed("no-such-article"))


def test_the_only_article_of_an_archive_has_nothing_related(recommender_of: Make) -> None:
    recommender = recommender_of([article("chess", 1)])
    assert recommender.related(ArticleSeed("chess-1")).related == ()
    assert recommender.block(ArticleSeed("chess-1")).lead is None


def test_an_article_without_a_word_gets_the_latest_marked_as_such(recommender_of: Make) -> None:
    silent = Article(id="silent", title="...", date=START, section="SPORT")
    recommender = recommender_of([*several(), silent, article("chess", 99, section="SPORT")])
    answer = recommender.related(ArticleSeed("silent"), RelatedOptions(limit=3))
    assert answer.fallback
    assert [item.article.id for item in answer.related] == ["chess-99"]
    assert {(item.relation, item.reason) for item in answer.related} == {("fallback", "latest in SPORT")}


def test_an_article_in_a_language_of_its_own_gets_an_answer(recommender_of: Make) -> None:
    alone = Article(id="seul", title="Le pain", body="Le boulanger pétrit une pâte.", language="fr", date=START)
    answer = recommender_of([*several(), alone]).related(ArticleSeed("seul"), RelatedOptions(limit=4))
    assert answer.fallback
    assert len(answer.related) == 4


def test_archives_of_copies_only_have_nothing_related(recommender_of: Make) -> None:
    copies = [article("glacier", 1, id=f"glacier-{n}", site=f"Site {n}") for n in range(4)]
    answer = recommender_of(copies).related(ArticleSeed("glacier-0"))
    assert [item for item in answer.related if item.relation != "fallback"] == []


def test_copies_are_folded_to_the_one_on_the_same_site_with_the_others_listed(recommender_of: Make) -> None:
    wire = article("violin", 7, "The auction in Cremona went on until midnight with eleven bidders.", id="away")
    away = replace(wire, site="Evening")
    home = replace(wire, id="home", site="Daily")
    found = recommender_of([*several(), away, home]).related(ArticleSeed("violin-1")).related
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
    with Archive.open(recommender.engine.folder.path) as archive:
        archive.remove(["bread-3"])
    assert "bread-3" not in ids(recommender, "bread-1")


def test_new_articles_are_offered_without_reopening(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    ids(recommender, "bread-1")
    with Archive.open(recommender.engine.folder.path) as archive:
        archive.add([article("bread", 50, "A new mill opened."), *(article("chess", n) for n in range(60, 70))])
    assert "bread-50" in ids(recommender, "bread-1")


def test_background_comes_before_what_followed_on_an_article_of_the_archive(recommender_of: Make) -> None:
    common = words("chess", 0, 10)
    days = (10, 100, 190)
    before, now, after = (article("chess", n, body=f"{common} {own_words('chess', n)}", title="") for n in days)
    recommender = recommender_of([*several(3), before, now, after, article("bread", 400)])
    found = ids(recommender, "chess-100", diversity=0)
    assert found.index("chess-10") < found.index("chess-190")


def test_todays_article_is_offered_what_is_new_first(recommender_of: Make) -> None:
    common = words("chess", 0, 10)
    stale, fresh, now = (
        article("chess", n, body=f"{common} {own_words('chess', n)}", title="") for n in (10, 298, 300)
    )
    recommender = recommender_of([*several(3), stale, fresh, now])
    found = ids(recommender, "chess-300", diversity=0)
    assert found.index("chess-298") < found.index("chess-10")


def test_filters_exclusions_and_dates_are_kept(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 9, "Rye.", site="Evening")])
    assert ids(recommender, "bread-1", filters={"site": ["evening"]}) == ["bread-9"]
    assert "bread-0" not in ids(recommender, "bread-1", exclude=["bread-0", "unknown"])
    since = START + timedelta(days=3)
    assert set(ids(recommender, "bread-1", since=since)) == {"bread-3", "bread-4", "bread-9"}
    until = START + timedelta(days=2)
    assert set(ids(recommender, "bread-1", until=until)) == {"bread-0", "bread-2"}
    with pytest.raises(QueryError, match="colour"):
        recommender.related(ArticleSeed("bread-1"), RelatedOptions(filters={"colour": ["red"]}))


def test_every_item_has_a_reason_and_an_excerpt(sample_recommender: Recommender) -> None:
    for item in sample_recommender.related(ArticleSeed("2024-01-09-peregrine-no-landing")).related:
        assert item.reason
        assert item.excerpt
        assert "\n" not in item.excerpt
