"""An export after changes is that of a first run, byte for byte, and does not compute what no change reaches."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from recommender.reach.kept import from_bytes
from recommender.reach.watcher import Watcher
from recommender.request.options import RelatedOptions
from recommender.results import Block
from tests.opening import recommending
from tests.recommender.archives import START
from web.export.export import ExportReport, export

LINK = "/posts/{id}"
SUBJECTS = 40
NAMES = tuple(
    f"{first}{second}" for first in ("Val", "Mor", "Tes", "Kir", "Bol") for second in ("dana", "beck", "rion", "stad")
)


@pytest.fixture(autouse=True)
def small_archives_count_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """All in this process, so that all of it sees them."""
    monkeypatch.setattr("recommender.local.statistics.LEAST_DOCS", 30)
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
    """One on a subject of which there are several, with names and a date; some are of versions or of a periodical."""
    subject = chance.randrange(SUBJECTS)
    own = random.Random(subject)
    jargon = ["".join(own.choices("bcdfglmnprstaeiou", k=7)) for _ in range(30)]
    common = [f"word{n}" for n in range(60)]
    name = NAMES[subject % len(NAMES)]
    body = []
    for _ in range(chance.randint(4, 9)):
        words = chance.choices(jargon, k=6) + chance.choices(common, k=4) + [name]
        chance.shuffle(words)
        body.append(f"The {' '.join(words)}.")
    title = f"{name} {' '.join(chance.sample(jargon, 3))}"
    kinds = (title, f"{title} part {chance.randint(1, 9)}", release(chance.randint(1, 99)), f"{name} weekly report")
    return Article(
        id=f"a-{number}",
        title=chance.choices(kinds, (6, 3, 2, 2))[0],
        body=" ".join(body),
        date=None if chance.random() < 0.1 else START + timedelta(hours=chance.randrange(24 * 200)),
        section=chance.choice(("MARS", "MOON", "")),
        tags=tuple(chance.sample(("red", "blue", "green"), chance.randint(0, 2))),
        language=chance.choice(("", "", "", "de")),
    )


def release(number: int) -> str:
    """The headline of a version."""
    return f"Kettle 3.2.{number} released"


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
            kind = self.chance.choice(
                ["add", "add", "add 3", "change", "remove", "copy", "pin", "forget_rules", "newest"]
            )
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


@pytest.mark.parametrize(("seed", "size"), [(0, 50), (1, 90), (2, 110)])
def test_after_any_changes_the_folder_is_that_of_a_first_run(tmp_path: Path, seed: int, size: int) -> None:
    life = _Life(tmp_path / "archive", seed)
    life.add(size)
    exported(life.data, tmp_path / "out")
    spared = 0
    for number, kind in enumerate(life.steps(7)):
        report = exported(life.data, tmp_path / "out")
        full = exported(life.data, tmp_path / f"full-{number}")
        assert contents(tmp_path / "out") == contents(tmp_path / f"full-{number}"), (number, kind)
        assert full.computed == full.articles
        spared += report.articles - report.computed
    assert spared > 0


@pytest.fixture
def life(tmp_path: Path) -> _Life:
    life = _Life(tmp_path / "archive", 7)
    life.add(90)
    exported(life.data, tmp_path / "out")
    return life


def same_as_a_first_run(life: _Life, folder: Path) -> bool:
    exported(life.data, folder.parent / "full")
    return contents(folder) == contents(folder.parent / "full")


def test_a_version_reaches_those_beside_it_though_headlines_of_versions_have_hardly_a_rare_word_in_common(
    tmp_path: Path,
) -> None:
    life = _Life(tmp_path / "archive", 5)
    life.add(40)
    of_versions = [(f"r-{number}", number) for number in (*range(20, 200, 3), 511, 513, 519)]

    def released(article_id: str, number: int) -> Article:
        article = an_article(random.Random(number), 0)
        return replace(article, id=article_id, title=release(number), date=START + timedelta(hours=number), language="")

    life._put([released(*one) for one in of_versions])
    exported(life.data, tmp_path / "out")
    life._put([released("r-516", 516)])
    report = exported(life.data, tmp_path / "out")
    assert report.computed < report.articles
    assert same_as_a_first_run(life, tmp_path / "out")
    assert '"r-516"' in (tmp_path / "out" / "json" / "r-513.json").read_text()


def test_what_reaches_no_block_by_itself_adds_up_over_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles that have an article's words among many others come among its candidates and are no near ones; so many
    of them take the place of one that is."""
    monkeypatch.setattr("tests.web.export.test_incremental.SUBJECTS", 5)
    monkeypatch.setattr("recommender.ranking.candidates.CANDIDATES", 36)
    whole, made = Watcher.block, set()

    def block(self: Watcher, article_id: str, options: RelatedOptions) -> tuple[Block, bytes]:
        made.add(article_id)
        return whole(self, article_id, options)

    life = _Life(tmp_path / "archive", 0)
    life.add(160)
    exported(life.data, tmp_path / "out")
    spare = spared(life, tmp_path / "out")
    number, one = min((number, article_id) for article_id, number in spare.items() if number > 5)
    words = sorted(set(re.findall(r"\b[a-z]{7}\b", life.there[one].body)))
    monkeypatch.setattr(Watcher, "block", block)
    came = 0
    while one not in made:
        assert came <= number
        life._put([a_long_article(life.chance, f"long-{came + n}", words) for n in range(5)])
        came += 5
        assert not exported(life.data, tmp_path / "out").reason
    assert came > number, "not by the first of them"
    assert same_as_a_first_run(life, tmp_path / "out")


def spared(life: _Life, root: Path) -> dict[str, int]:
    """How many may come among the candidates of each article before one is replaced that matters."""
    kept = from_bytes((root / ".readmore-blocks").read_bytes())
    assert kept is not None
    with readmore.open_engine(life.data) as engine:
        seqs = engine.seqs(list(life.there))
    return {one: int(kept.traces["spare"][kept.seqs.searchsorted(seqs[one])]) for one in life.there}


def a_long_article(chance: random.Random, article_id: str, words: list[str]) -> Article:
    """One that has some words six times each, and many that no other has."""
    own = ["".join(chance.choices("bcdfglmnprstaeiou", k=8)) for _ in range(300)]
    body = own + 6 * chance.sample(words, 20)
    chance.shuffle(body)
    return Article(id=article_id, title=own[0], body=" ".join(body), date=START + timedelta(days=100))


def test_a_run_that_is_broken_off_is_finished_whatever_changed_since(
    life: _Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, made = Watcher.block, []

    def block(self: Watcher, article_id: str, options: RelatedOptions) -> tuple[Block, bytes]:
        if len(made) == 5:
            raise KeyboardInterrupt
        made.append(article_id)
        return whole(self, article_id, options)

    life.add(1)
    monkeypatch.setattr(Watcher, "block", block)
    with pytest.raises(KeyboardInterrupt):
        exported(life.data, tmp_path / "out")
    monkeypatch.setattr(Watcher, "block", whole)
    life.remove(1)
    report = exported(life.data, tmp_path / "out")
    assert not report.reason
    assert same_as_a_first_run(life, tmp_path / "out")


def test_a_run_that_was_overtaken_is_made_good(life: _Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, made = Watcher.block, []

    def block(self: Watcher, article_id: str, options: RelatedOptions) -> tuple[Block, bytes]:
        made.append(article_id)
        if len(made) == 4:
            life.add(2)
        return whole(self, article_id, options)

    life.change(1)
    monkeypatch.setattr(Watcher, "block", block)
    assert exported(life.data, tmp_path / "out").overtaken
    monkeypatch.setattr(Watcher, "block", whole)
    assert not exported(life.data, tmp_path / "out").overtaken
    assert same_as_a_first_run(life, tmp_path / "out")


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-40], lambda content: b"", lambda content: b"PK" + content]
)
def test_without_what_was_kept_all_is_computed(life: _Life, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    blocks = tmp_path / "out" / ".readmore-blocks"
    blocks.write_bytes(damage(blocks.read_bytes()))
    life.add(1)
    report = exported(life.data, tmp_path / "out")
    assert (report.computed, report.reason) == (91, "nothing is known of the last run")
    life.add(1)
    assert exported(life.data, tmp_path / "out").computed < 92, "and kept again"


@pytest.mark.parametrize("name", ["statistics.json", "calibration.json"])
def test_what_is_measured_anew_on_the_same_articles_reaches_all(life: _Life, tmp_path: Path, name: str) -> None:
    life.add(4)
    assert exported(life.data, tmp_path / "out").computed < 94, "by what was measured on 90"
    (life.data / "related" / name).unlink()
    report = exported(life.data, tmp_path / "out")
    assert report.computed == report.articles
    assert "anew" in report.reason
    assert same_as_a_first_run(life, tmp_path / "out")


def test_other_rules_and_weights_reach_all(life: _Life, tmp_path: Path) -> None:
    life.pin()
    report = exported(life.data, tmp_path / "out")
    assert report.computed == report.articles
    assert "settings" in report.reason
    assert same_as_a_first_run(life, tmp_path / "out")


def test_an_article_whose_day_is_over_leaves_the_blocks_it_is_in(
    life: _Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Counter(
        re.findall(
            r'"id":"(a-\d+)"',
            "".join(c.decode() for n, c in contents(tmp_path / "out").items() if n.startswith("json")),
        )
    )
    most_shown = max(life.there, key=lambda one: shown[one])
    soon = time.time() + 3600
    life._put([replace(life.there[most_shown], expires=datetime.fromtimestamp(soon, UTC))])
    exported(life.data, tmp_path / "out")
    monkeypatch.setattr(time, "time", lambda: soon + 1)
    report = exported(life.data, tmp_path / "out")
    assert 0 < report.computed < report.articles
    assert same_as_a_first_run(life, tmp_path / "out")
    blocks = [json.loads(path.read_text()) for path in (tmp_path / "out" / "json").iterdir()]
    offered = {item["id"] for block in blocks for group in block["groups"] for item in group["items"]}
    assert most_shown not in offered | {block["lead"]["id"] for block in blocks if block["lead"]}
