"""Latent semantic analysis: the space is near an exact decomposition, the same every time, and true to its formulas."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import IndexDamagedError
from indexer.segment.manifest import Manifest
from indexer.segment.segment import Segment
from indexer.vectors import lsa
from indexer.vectors.lsa import (
    MIN_DOCS,
    TITLE_TF,
    LsaSpace,
    _foresight,
    _resolution,
    _right_singular_vectors,
    fit,
    smooth_idf,
    term_weight,
    unit,
    weighted_term_counts,
)

WORDS = [f"word{n}" for n in range(200)]


def made(folder: Path, count: int, seed: int = 1, words: int = 30) -> Archive:
    """An archive of random articles, each mostly on one of ten subjects of twenty words."""
    chance = random.Random(seed)
    archive = Archive.create(folder)
    articles = []
    for number in range(count):
        subject = WORDS[20 * (number % 10) :][:20]
        body = " ".join(chance.choice(subject if chance.random() < 0.8 else WORDS) for _ in range(words))
        articles.append(Article(id=f"a{number}", title=" ".join(chance.choices(subject, k=2)), body=body))
    archive.add(articles)
    return archive


def segments(archive: Archive) -> list[Segment]:
    return [Segment(archive.index, entry) for entry in archive.manifest().segments]


def opened(archive: Archive) -> LsaSpace:
    space = archive.manifest().spaces["lsa"]
    return LsaSpace(archive.index.space(space.folder), space.files)


def test_the_weights_are_those_of_the_formulas() -> None:
    tf = np.array([[1, 0], [2, 4]], np.uint8)  # title, body
    assert weighted_term_counts(tf).tolist() == [TITLE_TF + 2, 4]
    idf = smooth_idf(9, np.array([0, 1, 9]))
    assert idf == pytest.approx([1 + np.log(10), 1 + np.log(5), 1])
    assert term_weight(np.array([1, 4], np.float32), np.array([3, 2], np.float32)).tolist() == [3, 4]
    assert unit(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_singular_vectors_are_as_good_as_those_of_an_exact_decomposition() -> None:
    from scipy import sparse

    random_ = np.random.default_rng(3)
    low_rank = random_.standard_normal((120, 8)) @ random_.standard_normal((8, 90))
    dense = (low_rank + 0.05 * random_.standard_normal((120, 90))).astype(np.float32)
    vectors = _right_singular_vectors(sparse.csr_matrix(dense), 8)
    assert vectors.T @ vectors == pytest.approx(np.eye(8), abs=1e-4)
    exact = np.linalg.svd(dense)[2][:8]
    assert np.linalg.norm(dense @ vectors) == pytest.approx(np.linalg.norm(dense @ exact.T), rel=1e-5)


def test_a_fit_is_the_same_every_time(tmp_path: Path) -> None:
    archive = made(tmp_path, 60)
    one, two = fit(segments(archive)), fit(segments(archive))
    assert one is not None
    assert two is not None
    assert one.terms == two.terms
    assert np.array_equal(one.components, two.components)
    assert one.resolution == two.resolution


def test_articles_on_one_subject_are_near_each_other(tmp_path: Path) -> None:
    archive = made(tmp_path, 80)
    archive.maintain()
    (segment,) = segments(archive)
    vectors = segment.vectors("lsa")
    assert vectors is not None
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(80), abs=1e-5)
    subject = np.arange(80) % 10
    same = subject[:, None] == subject
    cosines = vectors @ vectors.T
    assert cosines[same & ~np.eye(80, dtype=bool)].mean() > cosines[~same].mean() + 0.3


def test_a_query_is_encoded_as_an_article_of_its_words_is(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    archive.maintain()
    (segment,) = segments(archive)
    vectors = segment.vectors("lsa")
    assert vectors is not None
    space = opened(archive)
    for doc in (0, 17, 39):
        counts = {}
        for number, term in enumerate(segment.vocabulary):
            posts = slice(segment.post_start[number], segment.post_start[number + 1])
            here = np.flatnonzero(segment.docs[posts] == doc)
            if len(here):
                counts[term] = float(weighted_term_counts(segment.tf[:, posts][:, here])[0])
        assert space.encode_terms(counts.items()) == pytest.approx(vectors[doc], abs=1e-5)


def test_unknown_words_and_no_words_give_zeros(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    archive.add([Article(id="new", title="zeppelin", body="airship")])
    archive.maintain()
    space = opened(archive)
    assert not space.encode_terms([("qqq", 1.0)]).any()
    assert not space.encode_terms([]).any()
    archive.add([Article(id="later", title="montgolfier", body="balloon")])
    vectors = segments(archive)[-1].vectors("lsa")  # folded in: encoded into the space as it is
    assert vectors is not None
    assert not vectors[0].any()


@pytest.mark.parametrize("dense", [0, 1 << 30])
def test_segments_are_encoded_alike_with_and_without_sparse_matrices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    archive = made(tmp_path, 60)
    archive.maintain()
    archive.add([Article(id="none", title="zeppelin"), Article(id="some", title="word3 zeppelin", body="word4 word3")])
    space = opened(archive)
    monkeypatch.setattr(lsa, "_DENSE", dense)
    for segment in segments(archive):
        for looked_up in (0, 1 << 30):
            monkeypatch.setattr(lsa, "_LOOKED_UP", looked_up)
            vectors = space.encode_segment(segment)
            for doc in range(segment.max_doc):
                counts = {}
                for number, term in enumerate(segment.vocabulary):
                    posts = segment.postings(number)
                    here = np.flatnonzero(segment.docs[posts] == doc)
                    if len(here):
                        counts[term] = float(weighted_term_counts(segment.tf[:, posts][:, here])[0])
                assert vectors[doc] == pytest.approx(space.encode_terms(counts.items()), abs=1e-5)


def test_what_is_outside_a_space_is_measured_by_weight(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    archive.maintain()
    space = opened(archive)
    archive.add(
        [
            Article(id="inside", title="word1", body="word2 word2"),
            Article(id="half", title="zeppelin", body="word1 word2 zeppelin"),
            Article(id="outside", title="zeppelin", body="airship"),
            Article(id="gone", title="zeppelin", body="airship"),
            Article(id="empty", title="the", body="of and"),
        ]
    )
    archive.remove(["gone"])
    segment = segments(archive)[-1]
    idf = dict(zip(space._terms.all(), space.idf.tolist(), strict=True))
    inside = idf[b"word1"] ** 2 + idf[b"word2"] ** 2
    outside = (TITLE_TF + 1) * (1 + np.log(41)) ** 2
    assert space.share_outside(segment, 0) == pytest.approx([0, outside / (outside + inside), 1], abs=1e-6)
    assert space.share_outside(segment, 2) == pytest.approx([1])
    everything = np.concatenate([space.share_outside(s, 0) for s in segments(archive)[:1]])
    assert space.outside == pytest.approx(everything.mean())


def test_few_articles_get_no_space_and_small_archives_fewer_dimensions(tmp_path: Path) -> None:
    assert fit(segments(made(tmp_path / "few", MIN_DOCS - 1))) is None
    model = fit(segments(made(tmp_path / "small", 30)))
    assert model is not None
    assert model.components.shape[1] == 15
    assert model.fitted_docs == 30
    assert fit([]) is None


def test_deleted_articles_are_not_fitted_on(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    archive.add([Article(id=f"gone{n}", title="zeppelin", body="zeppelin airship") for n in range(5)])
    archive.remove([f"gone{n}" for n in range(5)])
    model = fit(segments(archive))
    assert model is not None
    assert model.fitted_docs == 40
    assert b"zeppelin" not in model.terms


def test_the_resolution_is_high_where_articles_differ_and_low_where_they_do_not(tmp_path: Path) -> None:
    apart = fit(segments(made(tmp_path / "apart", 40, words=20)))
    assert apart is not None
    crowded = fit(segments(made(tmp_path / "crowded", 40, words=20)), dim=2)
    assert crowded is not None
    assert 0.0 <= crowded.resolution < apart.resolution <= 1.0
    alike = Archive.create(tmp_path / "alike")
    alike.add([Article(id=f"a{n}", title="one two", body="three four") for n in range(40)])
    same = fit(segments(alike))
    assert same is not None
    assert np.isfinite(same.resolution)


def test_the_resolution_is_stored_with_the_space(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    model = fit(segments(archive))
    assert model is not None
    archive.maintain()
    assert opened(archive).resolution == pytest.approx(model.resolution)


def test_the_foresight_is_that_of_finding_an_article_by_words_taken_out_of_it() -> None:
    own = np.kron(np.eye(20), np.ones(16)).astype(np.float32)  # article n has the words 16n to 16n + 15
    idf = np.ones(320, np.float32)
    foreseen = (own.T / 4).astype(np.float32)  # the words of an article have one direction
    apart = np.eye(320, dtype=np.float32)  # every word has its own
    matrix = sparse.csr_matrix(own)
    assert _foresight(matrix, idf, foreseen, matrix @ foreseen) == pytest.approx(1)
    assert _resolution(matrix, idf, apart, matrix @ apart) == pytest.approx(1)
    shared = sparse.csr_matrix(np.vstack([own, own]))  # each has a twin, which has the words that it is looked up by
    assert _foresight(shared, idf, apart, shared @ apart) == pytest.approx(1 / np.log2(3))


def test_the_foresight_is_stored_with_the_space_and_taken_from_the_resolution_where_it_is_not(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    model = fit(segments(archive))
    assert model is not None
    archive.maintain()
    assert opened(archive).foresight == pytest.approx(model.foresight)
    space = Manifest.load(archive.index).spaces["lsa"]
    older = {name: record for name, record in space.files.items() if name != "foresight.npy"}
    assert LsaSpace(archive.index.space(space.folder), older).foresight == pytest.approx(0.7 * model.resolution)


def test_a_space_whose_files_are_gone_is_said_to_be_damaged(tmp_path: Path) -> None:
    archive = made(tmp_path, 40)
    archive.maintain()
    space = Manifest.load(archive.index).spaces["lsa"]
    (archive.index.space(space.folder) / "resolution.npy").unlink()
    with pytest.raises(IndexDamagedError, match="resolution"):
        opened(archive)
