"""Hits of a search folded by what articles say: copies, and running stories."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from indexer.base.errors import QueryError
from readmore import open_recommender
from recommender.related import Recommender
from web.commands.demo import index_sample


@pytest.fixture(scope="module")
def recommender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recommender]:
    folder: Path = tmp_path_factory.mktemp("folding")
    index_sample(folder)
    with open_recommender(folder) as recommender:
        yield recommender


def groups(recommender: Recommender, query: str, what: str) -> list[list[str]]:
    result = recommender.engine.search(query, limit=200, folding=recommender.folding(what))
    assert result.total == len(result.hits)
    return [[hit.article.id, *(article.id for article in hit.folded)] for hit in result.hits]


def test_a_story_is_one_hit(recommender: Recommender) -> None:
    folded = groups(recommender, "peregrine lander", "stories")
    assert max(len(group) for group in folded) > 1
    for group in folded:
        story = set(recommender.story(group[0]))
        assert len(set(group[1:]) & story) >= len(group[1:]) / 2  # of one story, seen from the one that stays


def test_copies_are_one_hit_and_stories_contain_them(recommender: Recommender) -> None:
    plain = [hit.article.id for hit in recommender.engine.search("*", limit=200).hits]
    copies, stories = groups(recommender, "*", "copies"), groups(recommender, "*", "stories")
    assert 0 < len(plain) - len(copies) < len(plain) - len(stories)
    for folded in (copies, stories):
        assert sorted(chain.from_iterable(folded)) == sorted(plain)
        assert [group[0] for group in folded] == [i for i in plain if i in {group[0] for group in folded}]
    for group in copies:
        texts = [set(recommender.engine.article(i).body.lower().split()) for i in group]
        assert all(len(texts[0] & text) > 0.7 * min(len(texts[0]), len(text)) for text in texts)


def test_nothing_else_is_folded(recommender: Recommender) -> None:
    with pytest.raises(QueryError, match="cannot fold 'sections'; possible are copies and stories"):
        recommender.folding("sections")


def test_few_hits(recommender: Recommender) -> None:
    assert groups(recommender, "zzzzqqq", "stories") == []
    assert len(groups(recommender, "id:2024-05-03-change-6-launches", "copies")) == 1
