"""Articles whose section their neighbours doubt."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readmore import open_engine
from recommender.audit.graph import Graph, related_graph
from recommender.audit.sections import check_sections, sureness
from tests.opening import recommending


@pytest.fixture(scope="module")
def known(sample: Path) -> tuple[Graph, list[str], list[str], list[str]]:
    """The graph of the sample archive with the ids, sections and sites of its docs."""
    with open_engine(sample) as engine:
        corpus = recommending(engine).corpus()
        graph = related_graph(recommending(engine), corpus, 10_000)
        ids = [corpus.article_id(doc) for doc in range(corpus.max_doc)]
        stored = engine.articles(ids)
    return graph, ids, [stored[i].section for i in ids], [stored[i].site for i in ids]


def test_wrong_sections_of_the_sample_are_found_with_few_others(
    known: tuple[Graph, list[str], list[str], list[str]], truth: dict[str, Any]
) -> None:
    graph, ids, sections, sites = known
    check = check_sections(graph, sections, sites)
    wrong: dict[str, str] = truth["wrong_section"]
    found = {ids[doubt.doc]: doubt.likely for doubt in check.doubts}
    right = {article_id for article_id in found if article_id in wrong}
    assert len(right) >= 4, "of the six"
    assert len(found) <= 2 * len(right)
    assert all(found[article_id] == wrong[article_id] for article_id in right)
    assert [ids[doubt.doc] in wrong for doubt in check.doubts[:2]] == [True, True], "the clearest come first"


def test_sections_that_say_nothing_of_the_subject_raise_no_doubt(
    known: tuple[Graph, list[str], list[str], list[str]],
) -> None:
    graph, _, sections, sites = known
    for seed in range(5):
        shuffled = random.Random(seed).sample(sections, len(sections))
        assert check_sections(graph, shuffled, sites).doubts == []


def test_an_archive_without_sections_or_with_one_has_nothing_to_doubt(
    known: tuple[Graph, list[str], list[str], list[str]],
) -> None:
    graph, _, sections, sites = known
    assert check_sections(graph, [""] * len(sections), sites).checked == 0
    alike = check_sections(graph, ["NEWS"] * len(sections), sites)
    assert alike.doubts == []
    assert alike.agreeing == alike.checked > 0


def test_a_section_is_only_likely_on_a_site_that_has_it(known: tuple[Graph, list[str], list[str], list[str]]) -> None:
    graph, _, sections, sites = known
    own = [f"{site}: {section}" for site, section in zip(sites, sections, strict=True)]
    for doubt in check_sections(graph, own, sites).doubts:
        assert doubt.likely.split(":")[0] == sites[doubt.doc]


def test_sureness_is_a_share_that_never_rises() -> None:
    sure = sureness(np.array([True, True, False, True, False, False]))
    assert sure.tolist() == sorted(sure.tolist(), reverse=True)
    assert sure[-1] == pytest.approx(4 / 8)
    assert len(sureness(np.zeros(0, bool))) == 0
