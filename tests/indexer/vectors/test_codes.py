"""Sign codes: their bits are what they are said to be, and they go with the vectors through commits and merges."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.check import check_archive
from indexer.commit import vector_files
from indexer.segment.segment import Segment, codes_file
from indexer.vectors.codes import BITS_PER_DIM, sign_bits, sign_codes
from indexer.vectors.lsa import unit
from tests.articles import random_articles


@pytest.fixture(params=[7, 64, 100])
def vectors(request: pytest.FixtureRequest) -> np.ndarray:
    """Vectors whose centre is far from 0 and whose dimensions carry unequal shares."""
    made = np.random.default_rng(1).standard_normal((500, request.param), np.float32)
    return unit(made * np.linspace(2, 0.1, request.param, dtype=np.float32) + np.float32(0.5))


def test_a_bit_says_on_which_side_of_a_plane_through_the_centre_a_vector_lies(vectors: np.ndarray) -> None:
    codes = sign_codes(vectors)
    planes = codes["planes"].astype(np.float64)
    heights = (vectors - vectors.mean(axis=0, dtype=np.float64)) @ planes
    n_bits = planes.shape[1]
    assert n_bits % 64 == 0
    assert n_bits >= BITS_PER_DIM * vectors.shape[1]
    assert np.linalg.norm(planes, axis=0) == pytest.approx(np.ones(n_bits), abs=1e-5)
    words = codes["codes"]
    bits = np.unpackbits(words.view(np.uint8), axis=1)
    clear = np.abs(heights) > 1e-5  # nearer to a plane rounding decides
    assert clear.mean() > 0.99
    assert ((heights > 0) == bits)[clear].all()
    assert np.array_equal(sign_bits(vectors, codes["planes"], codes["offset"]), words)


def test_codes_differ_by_the_angle(vectors: np.ndarray) -> None:
    codes = sign_codes(vectors)
    words = codes["codes"]
    share = np.bitwise_count(words[:, None] ^ words[None]).sum(axis=2) / codes["planes"].shape[1]
    centred = unit(vectors - vectors.mean(axis=0))
    angles = np.arccos(np.clip(centred @ centred.T, -1, 1)) / np.pi
    assert np.abs(share - angles).max() < 0.35
    assert np.corrcoef(share.ravel(), angles.ravel())[0, 1] > 0.85


def codes_of(archive: Archive) -> list[dict[str, np.ndarray] | None]:
    found = [Segment(archive.index, entry).codes("lsa") for entry in archive.manifest().segments]
    return [None if codes is None else dict(codes) for codes in found]


def test_codes_are_those_of_the_vectors_after_commits_merges_and_deletions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_files, "FROM_DOCS", 20)
    with Archive.create(tmp_path) as archive:
        archive.add(random_articles(3, 40))
        archive.maintain()
        archive.add([Article(id=f"later{n}", title="moon crater", body=f"dust ice {n}") for n in range(25)])
        archive.add([Article(id="one", title="small segments", body="have no codes")])
        assert [codes is not None for codes in codes_of(archive)] == [True, True, False]
        archive.remove([f"a{n}" for n in range(0, 40, 3)])
        archive.maintain()
        (entry,) = archive.manifest().segments
        assert entry.deleted_docs == 0
        segment = Segment(archive.index, entry)
        codes, vectors = segment.codes("lsa"), segment.vectors("lsa")
        assert codes is not None
        assert vectors is not None
        for name, array in sign_codes(vectors).items():
            assert np.array_equal(codes[name], array), name
        written = {path.name for path in segment.folder.iterdir()}
        assert written == set(entry.files)  # codes of vectors that were replaced are gone
        assert check_archive(archive) == []


def test_a_damaged_file_of_codes_is_named_and_reindex_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "FROM_DOCS", 20)
    with Archive.create(tmp_path) as archive:
        archive.add(random_articles(5, 30))
        archive.maintain()
        (entry,) = archive.manifest().segments
        path = archive.index.segment(entry.name) / codes_file(entry.vectors["lsa"])
        content = bytearray(path.read_bytes())
        content[random.Random(2).randrange(len(content) // 2, len(content))] ^= 1
        path.write_bytes(content)
        assert [path.name in problem for problem in check_archive(archive)] == [True]
        archive.reindex()
        assert check_archive(archive) == []
