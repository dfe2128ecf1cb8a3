"""Passages that an archive repeats count for nothing: what is in every footer is not what an article is about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.corpus.corpus import Corpus
from recommender.corpus.terms import IN_LEAD, IN_TITLE, PASSAGE_DOCS, PASSAGE_WEIGHT, REPEATED, hash_terms, idf
from recommender.local.corpora import LocalCorpora
from tests.faults import flush_nothing

SUBJECTS = "harbour orchard violin glacier bakery tramway lantern quarry meadow weaver".split()
FOOTER = "Size {n}{n} bytes digest {n}af. Read the changelog for all further particulars of brass fittings."


def notes(count: int, footer: str = FOOTER, first: int = 0) -> list[Article]:
    """Notes on as many subjects, all with a footer but for its figures the same."""
    return [
        Article(
            id=f"n{n}", title=f"The {SUBJECTS[n]}", body=f"Brass is of use to a {SUBJECTS[n]}. {footer.format(n=n)}"
        )
        for n in range(first, first + count)
    ]


def corpus_of(folder: Path, monkeypatch: pytest.MonkeyPatch, *batches: list[Article]) -> Corpus:
    flush_nothing(monkeypatch)
    with Archive.create(folder) as archive:
        for batch in batches:
            archive.add(batch, workers=1)
    with open_engine(folder) as engine:
        return LocalCorpora(engine).current()


def flags_of(corpus: Corpus, doc: int) -> dict[str, int]:
    terms = corpus.article_terms(doc)
    return dict(zip(corpus.term_strings(terms.hashes), terms.flags.tolist(), strict=True))


def test_the_words_of_a_footer_have_no_flags_and_little_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(tmp_path / "archive", monkeypatch, notes(PASSAGE_DOCS))
    for doc in range(PASSAGE_DOCS):
        flags = flags_of(corpus, doc)
        assert flags["changelog"] == flags["fit"] == flags["byte"] == 0
        assert flags["brass"] == IN_LEAD  # once in the text itself, and once more in the footer
    terms = corpus.article_terms(0)
    weights = dict(zip(corpus.term_strings(terms.hashes), terms.weights.tolist(), strict=True))
    rarity = idf(PASSAGE_DOCS, np.array([PASSAGE_DOCS]))[0]
    assert weights["changelog"] == pytest.approx(weights["brass"] * PASSAGE_WEIGHT, rel=0.01)
    assert rarity > 0


def test_what_fewer_articles_repeat_counts_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(tmp_path / "archive", monkeypatch, notes(PASSAGE_DOCS - 1))
    assert flags_of(corpus, 0)["changelog"] == IN_LEAD
    assert flags_of(corpus, 0)["brass"] == IN_LEAD | REPEATED


def test_a_headline_is_no_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Council minutes of the village of Lower Harrowgate parish hall"
    minutes = [Article(id=f"m{n}", title=title, body=f"They met. {SUBJECTS[n]}.") for n in range(PASSAGE_DOCS + 2)]
    corpus = corpus_of(tmp_path / "archive", monkeypatch, minutes)
    assert flags_of(corpus, 0)["parish"] & IN_TITLE


def test_tables_that_are_all_figures_are_no_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [
        Article(id=f"t{n}", title=f"A {SUBJECTS[n]}", body=" ".join(str(100 * n + k) for k in range(12)))
        for n in range(PASSAGE_DOCS + 2)
    ]
    corpus = corpus_of(tmp_path / "archive", monkeypatch, tables)
    assert flags_of(corpus, 3)["305"] == IN_LEAD


def test_a_new_article_is_held_against_those_that_were_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(tmp_path / "archive", monkeypatch, notes(8), notes(1, first=8))
    (number,) = hash_terms([b"changelog"])
    (doc,) = [doc for doc in np.flatnonzero(corpus.live()).tolist() if corpus.article_id(doc) == "n8"]
    terms = corpus.article_terms(doc)
    assert terms.flags[terms.hashes.tolist().index(number)] == 0


def test_passages_count_where_the_publisher_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "archive"
    assert flags_of(corpus_of(folder, monkeypatch, notes(PASSAGE_DOCS)), 0)["changelog"] == 0
    with open_engine(folder) as engine:
        assert LocalCorpora(engine).prepare()
    for value, counts in (("false", True), ("true", False)):
        (folder / "readmore.toml").write_text(f"[blocks]\nrepeated_passages = {value}\n")
        with open_engine(folder) as engine:
            corpora = LocalCorpora(engine)
            assert bool(flags_of(corpora.current(), 0)["changelog"]) == counts
            assert corpora.prepare()


def test_articles_without_a_word_repeat_nothing(tmp_path: Path) -> None:
    with readmore.open(tmp_path / "data") as archive:
        archive.add([Article(id="dots", title="...", body="- - -"), Article(id="more", title="!", body="?")])
        assert archive.related("dots").related is not None
