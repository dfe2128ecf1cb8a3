"""The names in the openings of articles, kept beside the index: the same as found anew, and never relied on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from recommender.corpus import opening_cache
from recommender.corpus.opening_cache import Openings
from recommender.names.spellings import spellings_in
from recommender.presentation import opening_names
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import block_to_dict
from search.engine import Engine
from tests.opening import recommending
from tests.recommender.archives import article

Make = Callable[[Iterable[Article]], Recommender]
NAMES = ["Kirk Baker", "Chinese Mill", "Lake Serac", "Élysée Bow", "Rook Hall"]


def named(count: int) -> list[Article]:
    """Articles about bread whose openings have names, each of which several have, among twice as many others."""
    others = [article(subject, n) for subject in ("chess", "glacier") for n in range(count)]
    return others + [
        article(
            "bread", n, extra=f"It was said by {NAMES[n % 5]} and by {NAMES[n % 3]} today.", language="en" * (n % 2)
        )
        for n in range(count)
    ]


def kept(recommender: Recommender) -> Openings:
    return opening_cache.load(recommender.engine.folder.related, "en")


def folder(recommender: Recommender) -> Path:
    return recommender.engine.folder.related


def answers(engine: Engine) -> list[dict[str, Any]]:
    recommender = recommending(engine)
    return [block_to_dict(recommender.block(ArticleSeed(f"bread-{n}"))) for n in range(0, 20, 3)]


def test_what_is_kept_is_what_is_found_in_the_articles(recommender_of: Make) -> None:
    articles = named(20)
    recommender = recommender_of(articles)
    recommender.prepare()
    engine = recommender.engine
    seqs = engine.seqs([one.id for one in articles])
    found = {one.id: kept(recommender).of([seqs[one.id]])[0] for one in articles}
    assert found == {one.id: spellings_in(one, "en") for one in articles}
    assert {name.text for names in found.values() for name in names or ()} >= {"Kirk Baker", "Élysée Bow"}
    assert any(name.is_adjective or len(name.terms) == 2 for names in found.values() for name in names or ())
    assert kept(recommender).of([10_000]) == [None]


def test_blocks_use_what_is_kept(recommender_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    recommender = recommender_of(named(20))
    before = answers(recommender.engine)
    recommender.prepare()
    monkeypatch.setattr(opening_names, "spellings_in", lambda *_: pytest.fail("names were looked for again"))
    assert answers(recommender.engine) == before
    assert all(block["lead"] for block in before)


def test_an_article_in_another_language_than_its_reader_is_read_anew(recommender_of: Make) -> None:
    """One that names no language is taken to be in that of the article it stands under."""
    articles = [replace(one, language="de" if one.id == "bread-0" else "") for one in named(20)]
    recommender = recommender_of(articles)
    before = answers(recommender.engine)
    recommender.prepare()
    assert answers(recommender.engine) == before


@pytest.mark.parametrize("damage", ["[]", "", "{", json.dumps({"version": 0}), None, "missing", "cut", "flipped"])
def test_a_lost_or_damaged_file_is_made_again(recommender_of: Make, damage: str | None) -> None:
    recommender = recommender_of(named(20))
    recommender.prepare()
    expected = answers(recommender.engine)
    about = folder(recommender) / opening_cache.FILE
    (data,) = folder(recommender).glob("openings-*.npys")
    content = bytearray(data.read_bytes())
    if damage is None:
        about.unlink()
    elif damage == "missing":
        data.unlink()
    elif damage == "cut":
        data.write_bytes(content[:-100])
    elif damage == "flipped":
        content[-70] ^= 0xFF
        data.write_bytes(content)
    else:
        about.write_text(damage)
    assert not len(kept(recommender).seq)
    assert answers(recommender.engine) == expected
    recommending(recommender.engine).prepare()
    assert len(kept(recommender).seq) == 60
    assert len(list(folder(recommender).glob("openings-*.npys"))) == 1


def test_another_default_language_makes_it_outdated(recommender_of: Make) -> None:
    recommender = recommender_of(named(20))
    recommender.prepare()
    assert not len(opening_cache.load(folder(recommender), "de").seq)


def test_only_what_is_new_is_looked_at_again(recommender_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    recommender = recommender_of(named(20))
    recommender.prepare()
    monkeypatch.setattr(opening_cache, "FEW", 0)
    looked: list[int] = []
    read = opening_cache._read
    monkeypatch.setattr(
        opening_cache, "_read", lambda reopen, seqs, lang: looked.extend(seqs) or read(reopen, seqs, lang)
    )
    with Archive.open(recommender.engine.folder.path) as archive:
        archive.add([article("bread", 30, extra="Said by Queen Nova."), article("bread", 0, title="By Vera Rubin")])
    recommender.prepare()
    seqs = recommender.engine.seqs(["bread-30", "bread-0", "bread-1"])
    assert looked == sorted([seqs["bread-30"], seqs["bread-0"]])
    fresh = Openings(
        opening_cache._joined(
            Openings(opening_cache._arrays([], [], []), "en", (0, 0, 0)),
            np.zeros(0, np.int64),
            read(recommender.engine.reopen, kept(recommender).seq.tolist(), "en"),
        ),
        "en",
        (0, 0, 0),
    )
    now = kept(recommender)
    assert len(now.seq) == 61
    assert now.of(now.seq.tolist()) == fresh.of(now.seq.tolist())


def test_a_few_new_articles_write_nothing(recommender_of: Make) -> None:
    recommender = recommender_of(named(20))
    recommender.prepare()
    before = (folder(recommender) / opening_cache.FILE).read_bytes()
    with Archive.open(recommender.engine.folder.path) as archive:
        archive.add([article("bread", 30, extra="Said by Queen Nova.")])
    recommender.prepare()
    assert (folder(recommender) / opening_cache.FILE).read_bytes() == before
    assert recommender.block(ArticleSeed("bread-30")).lead is not None


def test_what_is_kept_of_a_newer_archive_does_not_count(recommender_of: Make) -> None:
    """Sequence numbers given again stand for other articles: the store was restored from a backup."""
    recommender = recommender_of(named(20))
    recommender.prepare()
    older = recommender_of(named(12)[::-1])
    for path in [folder(recommender) / opening_cache.FILE, *folder(recommender).glob("openings-*.npys")]:
        folder(older).mkdir(exist_ok=True)
        (folder(older) / path.name).write_bytes(path.read_bytes())
    older.prepare()
    seqs = older.engine.seqs([one.id for one in named(12)])
    assert all(kept(older).of([seqs[one.id]])[0] == spellings_in(one, "en") for one in named(12))
