"""When the archive's own space is fitted again because new articles speak of other things, and on how many threads."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.check import check_archive
from indexer.commit import lsa_refit
from indexer.segment.segment import Segment
from indexer.vectors.lsa import LsaModel
from indexer.vectors.space import LSA

WORDS_OF = {
    "old": "moon mars orbit lander probe crater rover sample signal dust comet ring".split(),
    "new": "tariff export customs duty quota shipment port treaty dollar import levy freight".split(),
}


def about(kind: str, count: int, seed: int) -> list[Article]:
    """Articles of words of one kind; one in five has a word of its own too."""
    chance = random.Random(seed)
    own = ["" if number % 5 else f"own{number}" for number in range(count)]
    return [
        Article(id=f"{kind}{seed}-{n}", title="News", body=" ".join([*chance.choices(WORDS_OF[kind], k=15), own[n]]))
        for n in range(count)
    ]


def test_a_fit_is_due_when_new_articles_speak_of_other_things(archive: Archive) -> None:
    archive.add(about("old", 100, 1))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.add(about("old", 20, 2))
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)  # more of the same
    archive.add(about("new", 3, 3))
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)  # too few of them among the others
    archive.add(about("new", 17, 4))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    assert check_archive(archive) == []


def test_a_few_articles_on_other_things_are_no_drift(archive: Archive) -> None:
    archive.add(about("old", 100, 1))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.add(about("new", 9, 2))
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.remove([article.id for article in about("new", 9, 2)])
    archive.add(about("old", 9, 3))
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)  # what is removed does not count


def test_a_space_of_an_older_version_is_fitted_again_by_growth_alone(archive: Archive) -> None:
    archive.add(about("old", 100, 1))
    archive.maintain()
    manifest = archive.manifest()
    space = manifest.spaces[LSA]
    files = {name: record for name, record in space.files.items() if name != "outside.npy"}
    replace(manifest, spaces={LSA: replace(space, last_seq=0, files=files)}).save(archive.index)
    archive.add(about("new", 40, 2))
    assert not lsa_refit.fit_lsa_if_due(archive.index, archive.writing)
    archive.add(about("new", 20, 3))
    assert lsa_refit.fit_lsa_if_due(archive.index, archive.writing)


def test_a_fit_takes_one_thread_and_gives_the_others_back(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    during: list[set[int]] = []
    fitted = lsa_refit.fit

    def watched(segments: Sequence[Segment]) -> LsaModel | None:
        during.append(threads())
        return fitted(segments)

    monkeypatch.setattr(lsa_refit, "fit", watched)
    archive.add(about("old", 30, 1))
    with threadpool_limits(2, "blas"):
        archive.maintain()
        assert threads() == {2}
    assert during == [{1}]
