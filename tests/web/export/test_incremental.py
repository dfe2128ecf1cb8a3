"""An export after changes is that of a first run, byte for byte, and does not compute what no change reaches."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from tests.opening import recommending
from tests.recommender.archives import START
from web.export.export import ExportReport, export

LINK = "/posts/{id}"
SUBJECTS = 40
NAMES = tuple(f"{first}{second}" for first in ("Val", "Mor", "Tes", "Kir", "Bol") for second in ("dana", "beck", "rion", "stad"))


@pytest.fixture(autouse=True)
def small_archives_count_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in this process, so that all of it sees them."""
    monkeypatch.setattr("recommender.corpus.statistics.LEAST_DOCS", 30)
    monkeypatch.setattr("recommender.ranking.kept_calibration.LEAST_DOCS", 30)
    monkeypatch.setattr("recommender.ranking.candidates.SCORED_WHOLE", 60)
    monkeypatch.setattr("recommender.ranking.candidates.CANDIDATES", 45)
    monkeypatch.setattr("recommender.ranking.selection.CROWD", 8)
    monkeypatch.setattr("recommender.reach.trace.CROWD", 8)
    monkeypatch.setattr("recommender.ranking.selection.POOL", 10)
    monkeypatch.setattr("recommender.reach.watcher.POOL", 10)
    monkeypatch.setattr("recommender.related.BLOCK_POOL", 8)
    monkeypatch.setattr("recommender.reach.watcher.BLOCK_POOL", 8)
    monkeypatch.setattr("recommender.reach.reach.MANY", 0.3)
    monkeypatch.setattr("indexer.commit.commit.AVGDL_TOLERANCE", 0.5)


def an_article(chance: random.Random, number: int) -> Article:
    """One on a subject of which there are several, with names, numbers and a date."""
    subject = chance.randrange(SUBJECTS)
    own = random.Random(subject)
    jargon = ["".join(own.choices("bcdfglmnprst" "aeiou", k=7)) for _ in range(30)]
    common = [f"word{n}" for n in range(60)]
    name = NAMES[subject % len(NAMES)]
    body = []
    for _ in range(chance.randint(4, 9)):
        words = chance.choices(jargon, k=6) + chance.choices(common, k=4) + [name]
        chance.shuffle(words)
        body.append(f"The {' '.join(words)}.")
    numbered = f" part {chance.randint(1, 9)}" if chance.random() < 0.3 else ""
    return Article(
        id=f"a-{number}",
        title=f"{name} {' '.join(chance.sample(jargon, 3))}{numbered}",
        body=" ".join(body),
        date=None if chance.random() < 0.1 else START + timedelta(hours=chance.randrange(24 * 200)),
        section=chance.choice(("MARS", "MOON", "")),
        tags=tuple(chance.sample(("red", "blue", "green"), chance.randint(0, 2))),
        language=chance.choice(("", "", "", "de")),
    )


def contents(root: Path) -> dict[str, bytes]:
    paths = [root / "index.json", *(root / "json").iterdir(), *(root / "html").iterdir()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def exported(data: Path, root: Path) -> ExportReport:
    with readmore.open_engine(data) as engine:
        return export(recommending(engine), root, LINK, workers=1)


class _Life:
    """What happens to an archive."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.chance, self.next = data, random.Random(seed), 0
        self.there: dict[str, Article] = {}

    def add(self, count: int) -> None:
        new = [an_article(self.chance, self.next + n) for n in range(count)]
        self.next += count
        self._put(new)

    def change(self, count: int) -> None:
        ids = self.chance.sample(sorted(self.there), count)
        others = [an_article(self.chance, 0) for _ in ids]
        self._put([replace(other, id=one) for one, other in zip(ids, others, strict=True)])

    def copy(self) -> None:
        one = self.there[self.chance.choice(sorted(self.there))]
        self._put([replace(one, id=f"a-{self.next}", site="Elsewhere")])
        self.next += 1

    def remove(self, count: int) -> None:
        ids = self.chance.sample(sorted(self.there), count)
        with Archive.open(self.data) as archive:
            archive.remove(ids)
            archive.maintain()
        for one in ids:
            del self.there[one]

    def pin(self) -> None:
        one, other = self.chance.sample(sorted(self.there), 2)
        (self.data / "rules.yaml").write_text(f"- pin: {one}\n  under: {other}\n", "utf-8")

    def forget_rules(self) -> None:
        (self.data / "rules.yaml").write_text("", "utf-8")

    def _put(self, articles: list[Article]) -> None:
        with Archive.create(self.data) as archive:
            archive.add(articles)
            archive.maintain()
        self.there |= {one.id: one for one in articles}

    def steps(self, count: int) -> Iterator[str]:
        for _ in range(count):
            kind = self.chance.choice(["add", "add", "add 3", "change", "remove", "copy", "pin", "forget_rules", "newest"])
            if kind == "add":
                self.add(1)
            elif kind == "add 3":
                self.add(3)
            elif kind in ("change", "remove"):
                getattr(self, kind)(1)
            elif kind == "newest":
                self.add(1)
                one = self.there[f"a-{self.next - 1}"]
                self._put([replace(one, date=START + timedelta(days=200 + self.next))])
            else:
                getattr(self, kind)()
            yield kind


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [50, 90])
def test_after_any_changes_the_folder_is_that_of_a_first_run(tmp_path: Path, seed: int, size: int) -> None:
    life = _Life(tmp_path / "archive", seed)
    life.add(size)
    exported(life.data, tmp_path / "out")
    spared = 0
    for number, kind in enumerate(life.steps(9)):
        report = exported(life.data, tmp_path / "out")
        full = exported(life.data, tmp_path / f"full-{number}")
        assert contents(tmp_path / "out") == contents(tmp_path / f"full-{number}"), (number, kind)
        assert full.computed == full.articles
        spared += report.articles - report.computed
    assert spared > 0
