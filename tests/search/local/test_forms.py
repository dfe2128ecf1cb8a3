"""The words of a folder's archive, packed once for each segment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.segment.form_table import StoredForms
from readmore import open_engine
from search.lexical import keyword_words


def articles(first: int, last: int) -> list[Article]:
    return [Article(id=f"a{n}", title=f"Comet number{n}", authors=(f"Author{n}",)) for n in range(first, last)]


def test_those_of_the_largest_segment_are_packed_once_whatever_is_added_or_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through: list[int] = []
    whole = StoredForms.key_counts

    def counted(forms: StoredForms) -> Iterator[tuple[bytes, int]]:
        found = list(whole(forms))
        looked_through.append(len(found))
        return iter(found)

    monkeypatch.setattr(StoredForms, "key_counts", counted)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(articles(0, 50))
        assert "number7" in engine.index().forms.vocabulary().keys
        assert looked_through == [51]
        archive.remove(["a7"])
        archive.add(articles(50, 52))
        keys = engine.index().forms.vocabulary().keys
        assert looked_through == [51, 3]
        assert {"number0", "number51"} <= set(keys)
        assert not engine.index().doc_freq("number7")


def test_names_are_taken_apart_once_whatever_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_apart: list[str] = []
    whole = keyword_words._plain

    def counted(value: str) -> str:
        taken_apart.append(value)
        return whole(value)

    monkeypatch.setattr(keyword_words, "_plain", counted)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(articles(0, 20))
        assert engine.search("author:author7").total == 1
        assert "author9" in engine.index().names().keys
        archive.remove(["a7"])
        taken_apart.clear()
        assert engine.search("author:author7").total == 0
        assert engine.search("author:author8").total == 1
        archive.add(articles(20, 22))
        assert {"author9", "author21"} <= set(engine.index().names().keys)
        assert set(taken_apart) <= {"Author20", "Author21", "author7", "author8"}


@pytest.mark.parametrize("kind", ["coming", "hidden"])
def test_words_of_articles_that_are_not_public_are_not_counted(tmp_path: Path, kind: str) -> None:
    public = [
        Article(
            id="a", title="Landing on the Moon", body="They landed, a landing of landers. Café, cafe.", language="en"
        ),
        Article(id="b", title="Landers", body="The lander lands; money, money.", language="en"),
        Article(id="j", title="東京の地震", body="地震が東京でありました。", language="ja"),
        Article(id="c", title="Die Landung", body="Landungen und Häuser, ein Haus. Wi-Fi 17.4", language="de"),
    ]
    later = datetime.now(UTC) + timedelta(days=9) if kind == "coming" else None
    others = [
        Article(
            id="x", title="Landings", body="Landed lander landing money Häuser Hauses cafe secret", public_from=later
        ),
        Article(id="y", title="Häuser", body="Landung Geheimnis Häuser Moon monday", language="de", public_from=later),
        Article(id="z", title="東京の大雨", body="大雨です。コンサート", language="ja", public_from=later),
    ]
    counted = []
    for name, articles_of in (("with", [public[0], *others, *public[1:]]), ("without", public)):
        with Archive.create(tmp_path / name) as archive:
            archive.add(articles_of, workers=1)
        with open_engine(tmp_path / name) as engine:
            index = engine.index()
            if name == "with" and kind == "hidden":
                index = index.without(list(engine.seqs(["x", "y", "z"]).values()))
            vocabulary = index.forms.vocabulary()
            assert vocabulary.counts.min() > 0
            counts = dict(zip(list(vocabulary.keys), vocabulary.counts.tolist(), strict=True))
            counted.append(
                {key: count for key, count in counts.items() if any(of.term for of in index.forms.spelled(key))}
            )
    assert counted[0] == counted[1]
    assert counted[1]["landing"] == 2


def test_words_of_coming_articles_change_no_order_of_suggestions(tmp_path: Path) -> None:
    coming = Article(id="c", title="Later", body="money " * 50, public_from=datetime.now(UTC) + timedelta(days=9))
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"d{n}", title=f"Monday {n}", body="monday") for n in range(3)])
        archive.add([Article(id=f"m{n}", title=f"Money {n}", body="money") for n in range(2)])
        archive.add([coming])
    with open_engine(tmp_path) as engine:
        assert engine.suggest("mon").queries[:2] == ("monday", "money")
