"""Running stories of a whole archive."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from indexer.article.article import Article
from readmore import open_engine
from recommender.audit.graph import related_graph
from recommender.audit.threads import thread_docs, thread_of
from tests.opening import recommending


def test_the_running_stories_of_the_sample_are_its_threads(sample: Path, truth: dict[str, Any]) -> None:
    with open_engine(sample) as engine:
        corpus = recommending(engine).corpus()
        threads = thread_docs(related_graph(recommending(engine), corpus, 10_000))
        found = [{corpus.article_id(doc) for doc in thread} for thread in threads]
    told = {pair for story in truth["stories"].values() for pair in combinations(sorted(story), 2)}
    pairs = {pair for thread in found for pair in combinations(sorted(thread), 2)}
    assert len(pairs & told) >= 0.95 * len(pairs)
    assert len(pairs & told) >= 0.95 * len(told)


def story(*headlines: str) -> list[Article]:
    dates = [datetime(2024, 1, day, tzinfo=UTC) for day in range(len(headlines), 0, -1)]
    return [
        Article(id=f"a{n}", title=title, body=f"{title}, it was said on the day.", date=dates[n])
        for n, title in enumerate(headlines)
    ]


def test_a_thread_has_the_most_telling_name_and_runs_from_old_to_new() -> None:
    articles = [
        Article(id=f"a{n}", title=f"part {n}", body="They say that Odysseus is near the Moon.", date=date)
        for n, date in enumerate(datetime(2024, 1, day, tzinfo=UTC) for day in (3, 2, 1))
    ]
    thread = thread_of(articles, "en", lambda terms: 0.5 if terms == ("moon",) else 3.0)
    assert thread.name == "Odysseus"
    assert [article.id for article in thread.articles] == ["a2", "a1", "a0"]


def test_a_thread_without_a_common_name_is_known_by_its_first_headline() -> None:
    articles = [*story("rain again", "more rain", "rain, rain"), Article(id="undated", title="when it rained")]
    thread = thread_of(articles, "en", lambda terms: 1.0)
    assert thread.articles[0].id == "undated"
    assert thread.name == "when it rained"
