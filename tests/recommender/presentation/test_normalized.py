"""Texts are put into the form in which names are looked for once for a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from indexer.article.article import Article
from indexer.text.words import normalize
from recommender.presentation import normalized
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of
from tests.recommender.archives import article

TEXT = "“The gambit of Magnus Varnholm won,” said Varnholm’s coach. The rook of Varnholm stood well."


def test_a_block_needs_the_text_of_each_article_once(
    recommender_of: Callable[[Iterable[Article]], Recommender], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Counter[str]()

    def counted(text: str) -> str:
        done[text] += 1
        return normalize(text)

    for module in ("normalized", "own_names", "subjects", "events", "headline_phrases", "headline_words"):
        monkeypatch.setattr(f"recommender.presentation.{module}.normalize", counted, raising=False)
    articles = [article("chess", n, TEXT, title=f"Varnholm’s gambit wins round {n}") for n in range(12)]
    recommender = recommender_of([*articles, *(article("bread", n) for n in range(12))])
    normalized._kept.cache_clear()
    block = recommender.block(ArticleSeed("chess-5"))
    bodies = {one.body for one in articles}
    assert len(list(items_of(block))) > 1
    assert {text: count for text, count in done.items() if count > 1 and text in bodies} == {}
    assert sum(body in text for body in bodies for text in done) == len(bodies & done.keys()) > 1


@pytest.mark.parametrize("text", ["plain", "“naïve” – it’s", "“" * (normalized.LONGEST + 1)])
def test_it_is_as_without(text: str) -> None:
    assert normalized.normalized(text) == normalized.normalized(text) == normalize(text)
