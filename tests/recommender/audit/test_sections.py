"""Articles whose section their neighbours doubt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.article.article import Article
from readmore import open_engine
from recommender.audit.graph import Graph, related_graph
from recommender.audit.section_words import by_words
from recommender.audit.sections import SectionCheck, check_sections, sureness
from recommender.corpus.corpus import Corpus
from recommender.related import Recommender
from tests.opening import recommending
from tests.recommender.archives import several


@dataclass(frozen=True)
class Known:
    """An archive's graph, and the ids, sections and sites of its docs."""

    corpus: Corpus
    graph: Graph
    ids: list[str]
    sections: list[str]
    sites: list[str]

    def check(self, sections: Sequence[str], *, words: Mapping[int, str] | None = None) -> SectionCheck:
        """The doubts about these sections, those that words confirm, if not all that neighbours have."""
        found = by_words(self.corpus, sections, self.graph.sources) if words is None else words
        return check_sections(self.graph, sections, self.sites, found)


@pytest.fixture(scope="module")
def known(sample: Path) -> Iterator[Known]:
    """The sample archive."""
    with open_engine(sample) as engine:
        corpus = recommending(engine).corpus()
        graph = related_graph(recommending(engine), corpus, 10_000)
        ids = [corpus.article_id(doc) for doc in range(corpus.max_doc)]
        stored = engine.articles(ids)
        yield Known(corpus, graph, ids, [stored[i].section for i in ids], [stored[i].site for i in ids])


def test_wrong_sections_of_the_sample_are_found_with_few_others(known: Known, truth: dict[str, Any]) -> None:
    doubts = known.check(known.sections).doubts
    wrong: dict[str, str] = truth["wrong_section"]
    found = {known.ids[doubt.doc]: doubt.likely for doubt in doubts}
    right = {article_id for article_id in found if article_id in wrong}
    assert len(right) >= 4, "of the six"
    assert len(found) - len(right) <= 1
    assert all(found[article_id] == wrong[article_id] for article_id in right)
    assert [known.ids[doubt.doc] in wrong for doubt in doubts[:2]] == [True, True], "the clearest come first"


def test_words_take_back_false_doubts_and_hardly_any_true_one(known: Known, truth: dict[str, Any]) -> None:
    """Other articles than those of the sample, filed by lot under another section of their site."""
    wrong: dict[str, str] = truth["wrong_section"]
    filed = [wrong.get(i, section) for i, section in zip(known.ids, known.sections, strict=True)]
    right, false = np.zeros(2, int), np.zeros(2, int)
    for seed in range(12):
        draw, sections = random.Random(seed), list(filed)
        moved = draw.sample(range(len(filed)), 6)
        for doc in moved:
            others = {s for s, site in zip(filed, known.sites, strict=True) if site == known.sites[doc]} - {filed[doc]}
            sections[doc] = draw.choice(sorted(others))
        # whatever neighbours say is confirmed, or what words say
        everything = {one.doc: one.likely for one in _unconfirmed(known, sections)}
        for kind, found in enumerate((everything, None)):
            doubts = known.check(sections, words=found).doubts
            right[kind] += sum(one.doc in moved and one.likely == filed[one.doc] for one in doubts)
            false[kind] += sum(one.doc not in moved for one in doubts)
    assert right[1] >= 0.9 * right[0] > 0
    assert false[1] <= 0.7 * false[0]


def _unconfirmed(known: Known, sections: Sequence[str]) -> list[Any]:
    """The doubts that neighbours have, whatever words say: one section after the other is confirmed."""
    return [
        doubt
        for section in sorted(set(sections))
        for doubt in known.check(sections, words=dict.fromkeys(range(len(sections)), section)).doubts
    ]


def test_sections_that_say_nothing_of_the_subject_raise_no_doubt(known: Known) -> None:
    for seed in range(5):
        assert known.check(random.Random(seed).sample(known.sections, len(known.sections))).doubts == []


def test_an_archive_without_sections_or_with_one_has_nothing_to_doubt(known: Known) -> None:
    assert known.check([""] * len(known.sections)).checked == 0
    alike = known.check(["NEWS"] * len(known.sections))
    assert alike.doubts == []
    assert alike.agreeing == alike.checked > 0


def test_a_section_is_only_likely_on_a_site_that_has_it(known: Known) -> None:
    own = [f"{site}: {section}" for site, section in zip(known.sites, known.sections, strict=True)]
    for doubt in known.check(own).doubts:
        assert doubt.likely.split(":")[0] == known.sites[doubt.doc]


def test_words_speak_for_the_section_with_the_nearest_mean_without_the_article(
    recommender_of: Callable[[Iterable[Article]], Recommender],
) -> None:
    """The same by making every mean anew for every article."""
    corpus = recommender_of(several(6)).corpus()
    docs = np.arange(corpus.max_doc)
    draw = random.Random(3)
    sections = [draw.choice(["A", "B", "C", ""]) for _ in docs]
    sections[0] = "ALONE"
    rows = corpus.terms_of(docs)
    terms, column = np.unique(rows.hashes, return_inverse=True)
    matrix = np.zeros((len(docs), len(terms)))
    matrix[np.repeat(docs, rows.counts), column] = rows.weights
    found = by_words(corpus, sections, docs)
    filed = [doc for doc in docs.tolist() if sections[doc]]
    assert sorted(found) == filed
    for doc in filed:
        others = [other for other in filed if other != doc]
        likeness = {}
        for section in sorted({sections[other] for other in others}):
            inside = [other for other in others if sections[other] == section]
            mean = matrix[inside].mean(axis=0) - matrix[others].mean(axis=0)
            likeness[section] = mean @ matrix[doc] / np.linalg.norm(mean)
        assert likeness[found[doc]] == pytest.approx(max(likeness.values()))


def test_words_of_one_section_only_speak_for_it(known: Known) -> None:
    sections = ["NEWS"] * len(known.sections)
    assert set(by_words(known.corpus, sections, known.graph.sources).values()) == {"NEWS"}


def test_sureness_is_a_share_that_never_rises() -> None:
    sure = sureness(np.array([True, True, False, True, False, False]))
    assert sure.tolist() == sorted(sure.tolist(), reverse=True)
    assert sure[-1] == pytest.approx(4 / 8)
    assert len(sureness(np.zeros(0, bool))) == 0
