"""Learning from links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import readmore
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from recommender.feedback import learning
from recommender.feedback.editor_links import editor_links
from recommender.feedback.learned_weights import load, save
from recommender.feedback.learning import Example, Learned, Worth, cross_validated, fit, learn, ndcg
from recommender.ranking.features import Features
from recommender.ranking.scoring import PRIOR, weigh
from recommender.related import Recommender
from tests.recommender.archives import article, several

NAMES = (*PRIOR, "section")


def planted(count: int, column: str | None) -> list[Example]:
    """Examples whose links go where one feature is highest, or anywhere."""
    random = np.random.default_rng(11)
    made = []
    for source in range(count):
        values = random.random((30, len(NAMES))).astype(np.float32) * 0.3
        best = int(values[:, NAMES.index(column)].argmax()) if column else int(random.integers(30))
        linked = np.arange(30) == best
        made.append(Example(source, np.arange(30), Features(NAMES, values), linked.astype(np.float32), 1))
    return made


def test_what_editors_look_at_is_found_and_comes_into_use() -> None:
    learned = learn(planted(150, "section"))
    assert learned.worth.held_out > learned.worth.prior + 0.1
    assert learned.in_use
    assert learned.weights["section"] > 2 * abs(PRIOR.get("section", 0)) + 0.05


def test_links_without_a_pattern_change_nothing() -> None:
    assert not learn(planted(150, None)).in_use


def test_too_few_links_are_not_trusted() -> None:
    assert not learn(planted(learning.MIN_SOURCES - 1, "section")).in_use
    assert learn([]).weights == PRIOR


def test_no_article_is_ranked_by_weights_that_saw_its_own_links() -> None:
    known = planted(40, "section")
    before = cross_validated(known)
    turned = [*known[:7], Example(7, known[7].docs, known[7].features, 1 - known[7].gains, 29), *known[8:]]
    after = cross_validated(turned)
    assert np.array_equal(before[7], after[7])
    assert not np.array_equal(before[8], after[8])


def test_fit_is_repeatable() -> None:
    assert fit(planted(40, "tags")) == fit(planted(40, "tags"))


def test_ndcg_counts_links_that_were_not_found() -> None:
    example = planted(1, "tags")[0]
    perfect = example.gains
    assert ndcg(example, perfect) == pytest.approx(1)
    missed = Example(0, example.docs, example.features, example.gains, 2)
    assert ndcg(missed, perfect) == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_weights_survive_the_disk_and_damage_means_the_prior(tmp_path: Path) -> None:
    learned = learn(planted(150, "section"))
    save(ArchiveFolder(tmp_path), learned)
    assert load(ArchiveFolder(tmp_path)) == pytest.approx(learned.weights, abs=1e-4)
    for damage in ("", "{", "[]", '{"version": 99, "in_use": true, "weights": {}}', '{"version": 1}'):
        ArchiveFolder(tmp_path).related_weights.write_text(damage)
        assert load(ArchiveFolder(tmp_path)) is None
    assert load(ArchiveFolder(tmp_path / "nowhere")) is None


def test_weights_that_were_no_gain_are_kept_but_not_used(tmp_path: Path) -> None:
    save(ArchiveFolder(tmp_path), learn(planted(150, None)))
    assert json.loads(ArchiveFolder(tmp_path).related_weights.read_text())["in_use"] is False
    assert load(ArchiveFolder(tmp_path)) is None


def test_links_are_found_by_address_path_and_file_name(
    recommender_of: Callable[[Iterable[Article]], Recommender],
) -> None:
    articles = [
        article("bread", 1, url="https://www.daily.example/bread/", links=("https://daily.example/chess?page=2",)),
        article(
            "chess", 1, url="https://daily.example/chess?page=2", links=("/bread", "https://daily.example/nowhere")
        ),
        article("violin", 1, links=("/glacier/1/", "https://other.example/bread")),
        article("glacier", 1),
    ]
    recommender = recommender_of(articles)
    corpus = recommender.corpus()
    named = {
        corpus.article_id(doc): {corpus.article_id(target) for target in targets}
        for doc, targets in editor_links(recommender.engine, corpus).items()
    }
    assert named == {"bread-1": {"chess-1"}, "chess-1": {"bread-1"}, "violin-1": {"glacier-1"}}


@pytest.mark.parametrize(("p", "in_use"), [(0.01, True), (0.2, False)])
def test_a_gain_that_may_be_chance_changes_nothing(p: float, in_use: bool) -> None:
    assert (
        Learned(PRIOR, Worth(sources=40, chosen=90, targets=40.0, prior=0.50, held_out=0.52, p=p), {}).in_use is in_use
    )


def test_the_command_reports_what_it_gained(recommender_of: Callable[[Iterable[Article]], Recommender]) -> None:
    articles = [
        article(a.id.split("-")[0], n // 4, id=a.id, links=(f"/{a.id.split('-')[0]}/{(n // 4 + 1) % 8}/",))
        for n, a in enumerate(several(8))
    ]
    recommender = recommender_of(articles)
    data = str(recommender.engine.folder.path)
    outcome = CliRunner().invoke(readmore.cli, ["--data", data, "learn", "--json"], catch_exceptions=False)
    record = json.loads(outcome.stdout)
    assert record["sources"] == 32
    assert set(record["ndcg@10"]) == {"prior", "held_out"}
    text = CliRunner().invoke(readmore.cli, ["--data", data, "learn"], catch_exceptions=False).stdout
    assert "nDCG@10 on held-out links" in text


def test_weigh_adds_up_what_has_a_weight() -> None:
    made = Features(("tfidf", "tags"), np.array([[0.5, 1.0], [0.1, 0.0]], np.float32))
    assert weigh(made, {"tfidf": 2.0, "unknown": 5.0}).tolist() == pytest.approx([1.0, 0.2])
