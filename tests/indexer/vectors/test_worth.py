"""What a neural space is found to be worth on an archive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors import worth
from indexer.vectors.cache import VectorCache, cache_path
from indexer.vectors.spec import ModelSpec
from indexer.vectors.worth import LEAST_DOCS, held_out, without_sentence
from search.ranking.fusion import space_weights
from search.reader.snapshot import Snapshot
from tests.indexer.embedders import NAME, ToyEncoder, embed

WIDE = ModelSpec("toy-model", "toy-2-torch", "torch", dim=512, window=12)


class Forgetful(ToyEncoder):
    """Knows of a text only the words that all articles have."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().encode(texts)
        vectors[:, 5:] = 0
        vectors[:, 0] += 1
        return vectors


class Knowing(ToyEncoder):
    """Knows beside the words of a text which subjects they are of: the letters before a number."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        subjects = [" ".join(word.rstrip("0123456789.") for word in text.lower().split()) for text in texts]
        of_words: NDArray[np.float32] = super().encode(texts)
        return of_words + np.float32(0.3) * super().encode(subjects)


def articles(count: int, words: int = 25) -> list[Article]:
    """Articles whose texts have the words of their headlines again, each of two of which another has, too."""
    found = []
    for n in range(count):
        own = [f"{stem}{n if stem == 'zorg' else n // 2}" for stem in ("zorg", "blik", "tarn", "quon")]
        body = random.Random(n).choices([*own, "velt", "maro", "drim"], k=words) + own
        found.append(Article(id=f"a{n}", title=" ".join(own), body=" ".join(body)))
    return found


def on_subjects(count: int) -> list[Article]:
    """Articles of sentences on one of five subjects each, in five of its fifty words, which few articles share."""
    found = []
    for n in range(count):
        chance, subject = random.Random(n), ("velt", "maro", "drim", "zorg", "blik")[n % 5]
        sentences = [" ".join(f"{subject}{m}" for m in chance.sample(range(50), 5)) for _ in range(8)]
        found.append(
            Article(
                id=f"a{n}", title=f"quon{n} tarn{n} hesk{n}", body=". ".join([*sentences, f"quon{n} tarn{n} hesk{n}"])
            )
        )
    return found


def worths(
    folder: Path, encoder: ToyEncoder, count: int = 2 * LEAST_DOCS, words: int = 25, made: list[Article] | None = None
) -> dict[str, float]:
    with Archive.create(folder) as archive:
        archive.add(articles(count, words) if made is None else made, workers=1)
        archive.maintain()
        embed(archive, encoder, encoder.spec)
        first = dict(Snapshot.open(archive.index).spaces[NAME].worths)
        archive.reindex()
        assert Snapshot.open(archive.index).spaces[NAME].worths == first
        with VectorCache(cache_path(archive.folder, NAME)) as cache:
            assert cache.worths == first
        return first


def test_a_space_that_knows_the_words_is_worth_more_than_one_that_does_not(tmp_path: Path) -> None:
    good = worths(tmp_path / "good", ToyEncoder(WIDE))
    bad = worths(tmp_path / "bad", Forgetful(WIDE))
    assert good.keys() == bad.keys() == {NAME, "lsa"}
    assert 1 >= good[NAME] > 0.7
    assert bad[NAME] < 0.3
    assert good["lsa"] == pytest.approx(bad["lsa"], abs=0.01)  # the same questions
    assert good["lsa"] > 0.6
    shares = space_weights({NAME: 0.9, "lsa": 0.3}, worths=bad)
    assert shares[NAME] < 0.05 < 0.95 < shares["lsa"]
    shares = space_weights({NAME: 0.9, "lsa": 0.3}, worths=good)
    assert 0.2 < shares[NAME] < 0.85


def test_the_model_is_asked_by_the_headline_and_reads_the_rest(tmp_path: Path) -> None:
    encoder = ToyEncoder(WIDE)
    worths(tmp_path, encoder)
    asked = [text for text in encoder.texts if text == "zorg7 blik3 tarn3 quon3"]
    assert asked  # as a question, and in no text that should lead to it
    assert any("zorg7" in text and not text.startswith("zorg7 blik3 tarn3 quon3\n") for text in encoder.texts)


def test_a_space_that_knows_the_subject_of_a_sentence_is_worth_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = on_subjects(2 * LEAST_DOCS)

    def by_sentences(encoder: ToyEncoder) -> float:
        """How many times its worth by headlines alone a space is worth by sentences, too."""
        found = []
        for power in (worth.SUBJECT, 0.0):
            with monkeypatch.context() as patch:
                patch.setattr(worth, "SUBJECT", power)
                found.append(worths(tmp_path / f"{encoder.spec.fingerprint}-{power}", encoder, made=made)[NAME])
        return found[0] / found[1]

    knowing, plain = Knowing(WIDE), ToyEncoder(replace(WIDE, fingerprint="toy-3-torch"))
    assert by_sentences(plain) < 0.93 < 0.97 < by_sentences(knowing)


def test_the_sentence_in_the_middle_is_taken_out() -> None:
    long = [" ".join(f"word{n}" for n in range(at, at + 10)) + "." for at in range(0, 50, 10)]
    assert without_sentence(" ".join(long)) == (long[2], " ".join(long[:2] + long[3:]))
    assert without_sentence(" ".join([*long, "Too short. No."])) == (
        long[2],
        " ".join([*long[:2], *long[3:], "Too short. No."]),
    )
    assert without_sentence(" ".join(long[:2])) == ("", " ".join(long[:2]))  # what is left would be too short
    assert without_sentence("word " * 41) == ("", "word " * 41)
    assert without_sentence("") == ("", "")


def test_few_or_short_articles_say_nothing(tmp_path: Path) -> None:
    assert worths(tmp_path / "few", ToyEncoder(WIDE), LEAST_DOCS - 1) == {NAME: 0}
    assert worths(tmp_path / "short", ToyEncoder(WIDE), words=5) == {NAME: 0}
    assert space_weights({NAME: 0.9, "lsa": 0.3}, worths={NAME: 0.0}) == {NAME: 0.5, "lsa": 0.5}


def test_what_is_taken_out() -> None:
    rest = " ".join(f"word{n}" for n in range(20))
    assert held_out(Article(id="a", title="Three words here", body=rest)) == ("Three words here", rest)
    again = Article(id="a", title="Three words here", body=f"three words HERE. {rest}")
    assert held_out(again) == ("Three words here", f". {rest}")
    assert held_out(Article(id="a", title="Two words", body=f"One two three. {rest}")) == ("One two three.", rest)
    assert held_out(Article(id="a", title="Two words", body=f"One two. {rest}")) == ("", "")
    assert held_out(Article(id="a", title="Three words here", body="word " * 19)) == ("", "")
    assert held_out(Article(id="a", title="word " * 41, body=rest)) == ("", "")
