"""What `learn` must not be fooled by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from recommender.audit.preview import changes
from recommender.feedback import learned_weights
from recommender.feedback.learning import Example, Learned, Worth, examples, learn
from recommender.feedback.navigation import without_navigation
from recommender.feedback.sense import nonsense
from recommender.ranking.features import Features
from recommender.ranking.scoring import PRIOR
from recommender.related import Recommender
from tests.recommender.archives import SUBJECTS, article, several
from tests.recommender.command import run

Make = Callable[[Iterable[Article]], Recommender]
GOOD = Worth(sources=40, chosen=90, targets=40.0, prior=0.40, held_out=0.52, p=0.001)


def test_the_prior_makes_sense_and_so_does_what_is_near_it() -> None:
    assert nonsense(PRIOR) == []
    assert nonsense(PRIOR | {"older": 0.2, "central": -0.6, "tags": 0.3, "title": -0.05}) == []


@pytest.mark.parametrize(
    "wrong",
    [{"central": -3.8}, {"central": 0.9}, {"tfidf": -0.5}, {"tags": -0.4}, {"older": 7.0}, {"vectors": float("nan")}],
)
def test_weights_that_make_no_sense_are_refused_however_well_they_score(wrong: dict[str, float]) -> None:
    learned = Learned(PRIOR | wrong, GOOD, {})
    assert Learned(PRIOR, GOOD, {}).in_use
    assert not learned.in_use
    assert any(name in objection for name in wrong for objection in learned.objections())


def test_texts_must_count_for_something() -> None:
    assert nonsense({"tfidf": 0.1, "vectors": -0.1, "tags": 0.5})


def test_nonsense_in_the_file_is_not_used(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    for weights, used in ((dict(PRIOR), True), (dict(PRIOR) | {"central": -3.8}, False)):
        folder.related_weights.write_text(json.dumps({"version": 1, "in_use": True, "weights": weights}))
        assert (learned_weights.load(folder) is not None) is used


def test_links_to_what_everything_links_to_are_left_out() -> None:
    links = {source: frozenset({99, (source + 1) % 30}) for source in range(30)}
    left, everywhere = without_navigation(links)
    assert everywhere == 1
    assert left == {source: frozenset({(source + 1) % 30}) for source in range(30)}


def test_a_small_archive_may_link_to_its_main_article_and_a_list_of_articles_teaches_nothing() -> None:
    links = {source: frozenset({99}) for source in range(5)}
    assert without_navigation(links) == (links, 0)
    links[50] = frozenset(range(100, 180))
    assert 50 not in without_navigation(links)[0]


def test_a_target_counts_less_the_more_articles_link_to_it(recommender_of: Make) -> None:
    corpus = recommender_of(several(6)).corpus()
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}
    often, once = docs["bread-0"], docs["bread-1"]
    links = {docs[f"bread-{n}"]: frozenset({often}) for n in (2, 3, 4)} | {docs["bread-5"]: frozenset({often, once})}
    gains = {
        int(doc): float(gain)
        for doc, gain in zip(
            *(getattr(_of(examples(corpus, links), docs["bread-5"]), name) for name in ("docs", "gains")), strict=True
        )
    }
    assert gains[once] == pytest.approx(1)
    assert gains[often] == pytest.approx(0.5)


def _of(made: list[Example], source: int) -> Example:
    return next(example for example in made if example.source == source)


def test_pages_without_words_are_no_candidates(recommender_of: Make) -> None:
    page = Article(id="section", title="News", body="")
    recommender = recommender_of([*several(6), page])
    corpus = recommender.corpus()
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}
    links = {docs["bread-0"]: frozenset({docs["bread-1"], docs["section"]})}
    (example,) = examples(corpus, links)
    assert docs["section"] not in example.docs
    assert docs["bread-1"] in example.docs


def test_one_page_that_all_link_to_teaches_nothing() -> None:
    """A feature that only this page has would rank it first."""
    names = (*PRIOR, "section")
    draw = np.random.default_rng(3)

    def planted(targets: int) -> list[Example]:
        made = []
        for source in range(60):
            values = draw.random((30, len(names))).astype(np.float32) * 0.3
            values[:, -1] = 0
            target = source % targets
            values[target, -1] = 1
            made.append(
                Example(source, np.arange(30), Features(names, values), (np.arange(30) == target).astype(np.float32), 1)
            )
        return made

    assert learn(planted(30)).in_use
    fooled = learn(planted(1))
    assert fooled.worth.held_out > fooled.worth.prior + 0.1
    assert not fooled.in_use
    assert "different" in fooled.objections()[0]


def footers(own: bool) -> list[Article]:
    """Articles that all link to one page in their footer, on this site or on another."""
    link = "/newsletter/" if own else "https://someone-else.example/newsletter/"
    return [article(one.id.split("-")[0], int(one.id.split("-")[1]), links=(link,)) for one in several(15)] + [
        Article(id="newsletter", title="Newsletter", body="Sign up here.")
    ]


@pytest.mark.parametrize("own", [True, False])
def test_a_footer_teaches_nothing(recommender_of: Make, own: bool) -> None:
    data = recommender_of(footers(own)).engine.folder.path
    record = json.loads(run(data, "learn", "--json").stdout)
    assert record["in_use"] is False
    assert record["sources"] == 0
    assert record["navigation"] == own


def learnable() -> list[Article]:
    """Articles that link to those on their subject in their section, of which their texts know nothing."""
    made = [(subject, number) for number in range(20) for subject in SUBJECTS]
    return [
        article(
            subject,
            number,
            section=("NEWS", "SPORT")[number % 2],
            links=tuple(f"/{subject}/{(number + step) % 20}/" for step in (2, 6, 10)),
        )
        for subject, number in made
    ]


def test_a_dry_run_shows_what_would_change_and_changes_nothing_and_a_run_is_undone(recommender_of: Make) -> None:
    recommender = recommender_of(learnable())
    data = recommender.engine.folder.path
    folder = ArchiveFolder(data)
    before = recommender.picks("bread-3", 5)[1]
    record = json.loads(run(data, "learn", "--dry-run", "--json").stdout)
    assert record["in_use"] is True
    assert len(record["changes"]) == 10
    assert any(change["now"] != change["then"] for change in record["changes"])
    assert not folder.related_weights.exists()
    assert recommender.picks("bread-3", 5)[1] == before
    text = run(data, "learn", "--dry-run").stdout
    assert "would be in use" in text
    assert "  + " in text
    run(data, "learn")
    shown = {change["article"]: change["then"] for change in record["changes"]}
    for one, then in shown.items():
        corpus, picks = recommender.picks(one, 5)
        assert [corpus.article_id(pick.doc) for pick in picks] == then
    assert "the prior" in run(data, "learn", "--undo").stdout
    assert recommender.picks("bread-3", 5)[1] == before
    with pytest.raises(ReadmoreError, match="nothing to undo"):
        run(data, "learn", "--undo")


def test_undo_brings_back_what_was_in_use_and_a_run_that_changes_nothing_does_not_forget_it(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    first, second = Learned(PRIOR | {"tags": 0.2}, GOOD, {}), Learned(PRIOR | {"tags": 0.3}, GOOD, {})
    for learned in (first, second, second):
        learned_weights.save(folder, learned)
    assert learned_weights.undo(folder) == "the weights learned before"
    assert learned_weights.load(folder) == pytest.approx(first.weights)
    assert learned_weights.undo(folder) == "the prior"
    with pytest.raises(ReadmoreError, match="nothing to undo"):
        learned_weights.undo(folder)


def test_a_preview_of_the_weights_in_use_shows_no_change(recommender_of: Make) -> None:
    recommender = recommender_of(learnable())
    assert all(change.now == change.then for change in changes(recommender, recommender.calibration().prior))
