"""Retracted and expired articles are found, but never offered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.local import withheld
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from search.engine import Engine
from tests.opening import recommending
from tests.recommender.archives import article, several

RecommenderOf = Callable[[Iterable[Article]], Recommender]
PAST, FUTURE = datetime(2024, 6, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=400)


def offered(recommender: Recommender, article_id: str) -> set[str]:
    """Everything that an answer shows, as a list and as a block."""
    block = recommender.block(ArticleSeed(article_id))
    items = [
        *recommender.related(ArticleSeed(article_id), RelatedOptions(limit=50)).related,
        *([block.lead] if block.lead else []),
    ]
    items += [item for group in block.groups for item in group.items]
    return {one.id for item in items for one in (item.article, *item.siblings)}


def test_neither_is_offered_and_both_have_related_articles_of_their_own(recommender_of: RecommenderOf) -> None:
    recommender = recommender_of(
        [
            *several(8),
            article("chess", 20, status="retracted"),
            article("chess", 21, expires=PAST),
            article("chess", 22, expires=FUTURE),
        ]
    )
    for number in range(8):
        shown = offered(recommender, f"chess-{number}")
        assert not {"chess-20", "chess-21"} & shown
    assert "chess-22" in offered(recommender, "chess-1")
    assert offered(recommender, "chess-20")


def test_a_fallback_does_not_offer_them_either(recommender_of: RecommenderOf) -> None:
    recommender = recommender_of(
        [article("chess", 1), article("bread", 2), article("violin", 3, status="retracted", site="Daily")]
    )
    result = recommender.related(ArticleSeed("chess-1"))
    assert result.fallback
    assert [item.article.id for item in result.related] == ["bread-2"]


def test_an_article_leaves_when_its_day_comes_without_a_commit(
    recommender_of: RecommenderOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender = recommender_of([*several(8), article("chess", 22, expires=FUTURE)])
    assert "chess-22" in offered(recommender, "chess-1")
    before = recommender.edition()
    monkeypatch.setattr("time.time", lambda: FUTURE.timestamp() + 1)
    assert "chess-22" not in offered(recommender, "chess-1")
    assert recommender.edition() != before


def test_an_editors_pick_that_was_retracted_is_not_offered(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*several(8), article("violin", 20)])
        (tmp_path / "rules.yaml").write_text("- under: chess-1\n  pin: violin-20\n")
        recommender = recommending(engine)
        assert "violin-20" in offered(recommender, "chess-1")
        archive.add([article("violin", 20, status="retracted")])
        assert "violin-20" not in offered(recommender, "chess-1")


def test_a_retraction_and_its_end_are_seen_by_a_process_that_runs(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(several(8))
        recommender = recommending(engine)
        assert "chess-2" in offered(recommender, "chess-1")
        archive.add([article("chess", 2, status="retracted")])
        assert "chess-2" not in offered(recommender, "chess-1")
        archive.add([article("chess", 2)])
        assert "chess-2" in offered(recommender, "chess-1")


@pytest.mark.parametrize("kept", ["", "{", '{"version": 0}', '{"version": 1, "read_up_to": 900, "withheld": []}'])
def test_what_is_kept_about_them_is_only_derived(tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withheld, "READ_AGAIN", 0)
    with Archive.create(tmp_path) as archive:
        archive.add([*several(8), article("chess", 20, status="retracted")])
    with open_engine(tmp_path) as engine:
        recommending(engine).prepare()
    path = tmp_path / "related" / withheld.FILE
    assert len(json.loads(path.read_text())["withheld"]) == 1
    path.write_text(kept)
    with open_engine(tmp_path) as engine:
        assert "chess-20" not in offered(recommending(engine), "chess-1")
        recommending(engine).prepare()
    with open_engine(tmp_path) as engine, monkeypatch.context() as patch:
        patch.setattr(Engine, "withheld", lambda self, after, up_to: [] if after == up_to else pytest.fail("read"))
        assert "chess-20" not in offered(recommending(engine), "chess-1")
