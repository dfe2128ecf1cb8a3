"""People, organisations and places that only texts name, as they are offered while somebody types."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from recommender.local.verification import derived_problems
from search.curation.rules import parse_rules
from search.engine import Engine
from search.reader.articles import Articles
from search.suggest import mention_reader, mentions
from search.suggest.capital_runs import names_in, runs_in, stretches
from search.suggest.mention_reader import MentionReader
from search.suggest.mentions import Mentions
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

START = datetime(2024, 1, 1, tzinfo=UTC)
TEXTS = [
    "On that day Neil Armstrong stepped down. A press release said so, and the exchange commission was shut.",
    "It was said of Neil Armstrong that he wrote his press release himself at the White House.",
    "Later Neil Armstrong and Inés Dávila taught. The Neil Armstrong papers are in the house of his press agent.",
    "A plan of Treasury Secretary Maud Lindqvist was read at the White House, as a release to the press has it.",
    "They asked President Maud Lindqvist of the Securities and Exchange Commission about an old Press Release.",
    "They wrote to Inés Dávila, to the White House and to the Securities and Exchange Commission in white ink.",
    "The Press Release of the Securities and Exchange Commission named Maud Lindqvist as the chief of Voyager 7.",
    "A press release on commission. What the far Voyager 7 sent was seen by Odd Nansen alone.",
]


def article(number: int, text: str, **other: object) -> Article:
    date = START + timedelta(days=number)
    return Article(id=f"a{number}", title=f"Report {number}", body=text, date=date, **other)  # type: ignore[arg-type]


ARTICLES = [article(number, text, site="Coast" if number < 3 else "Hills") for number, text in enumerate(TEXTS)]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("mentioned")) as engine:
        yield engine


def names(engine: Engine, text: str, limit: int = 5, filters: str | None = None) -> list[str]:
    return [f"{name.value} {name.count}" for name in engine.suggest(text, limit, filters=filters).names]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("armstr", ["Neil Armstrong 3"]),
        ("neil ar", ["Neil Armstrong 3"]),
        ("NEIL ", ["Neil Armstrong 3"]),
        ("armstrogn", ["Neil Armstrong 3"]),  # a slip
        ("neil armstrogn", ["Neil Armstrong 3"]),
        ("davi", ["Inés Dávila 2"]),  # accents do not matter
        ("lindq", ["Maud Lindqvist 3"]),  # whatever office it says before it
        ("secretary", []),
        ("white", ["White House 3"]),  # of words that are written small elsewhere
        ("exch", ["Securities and Exchange Commission 3"]),  # and not the part of it
        ("voya", ["Voyager 7 2"]),
        ("press", []),  # which most articles write small
        ("nans", []),  # whom one article names
        ("neil armstrong and", []),  # two names
        ("report", []),
    ],
)
def test_names_in_texts_are_offered(engine: Engine, typed: str, offered: list[str]) -> None:
    assert engine.suggest(typed).is_whole
    assert names(engine, typed) == offered
    for name in engine.suggest(typed).names:
        assert name.field == "name"
        assert engine.search(name.query).total == name.count


def test_what_is_offered_as_a_name_is_no_query_beside_it(engine: Engine) -> None:
    assert engine.suggest("neil ar").queries == ()
    assert engine.suggest("armstr").queries == ("armstrong",)


def test_those_that_begin_as_typed_come_first(engine: Engine) -> None:
    assert names(engine, "n") == ["Neil Armstrong 3"]
    assert names(engine, "a") == ["Neil Armstrong 3"]
    assert names(engine, "s", 1) == ["Securities and Exchange Commission 3"]


def test_in_a_part_of_the_archive_those_that_it_names(engine: Engine) -> None:
    assert names(engine, "white", filters="site = Coast") == ["White House 1"]
    assert names(engine, "lindq", filters="site = Hills") == ["Maud Lindqvist 3"]
    assert names(engine, "lindq", filters="site = Coast") == []


def test_nothing_is_offered_that_only_hidden_articles_name(engine: Engine) -> None:
    ruled = engine.under(parse_rules("- hide: a0\n- hide: a1\n- hide: a2\n  query: armstr\n"))
    assert names(ruled, "neil") == ["Neil Armstrong 1"]
    assert names(ruled, "armstr") == []


def test_a_name_that_a_field_has_is_offered_as_that() -> None:
    written = [article(9, "The end.", authors=("Neil Armstrong",)), *ARTICLES]
    (offered,) = MemoryArchive(written).engine().suggest("armstr").names
    assert (offered.field, offered.count) == ("author", 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("and Neil Armstrong. The White House", ["Neil Armstrong", "The White House"]),
        ("in the Bank of England's vaults", ["Bank of England"]),
        ("by Treasury Secretary James Baker", ["James Baker"]),
        ("by Prime Minister Thatcher", ["Prime Minister Thatcher"]),
        ("by Secretary of Commerce Malcolm Baldrige", ["Malcolm Baldrige"]),
        ("at General Motors Corp", ["General Motors"]),
        ("by Attorney General Edwin Meese", ["Edwin Meese"]),
        ("of Ford and General Motors", ["Ford and General Motors", "General Motors"]),
        ("by John F. Kennedy Jr. in", ["John F. Kennedy Jr."]),
        ("on Monday Neil Armstrong", ["Neil Armstrong"]),
        ("of GSA’s Federal Acquisition Service", ["Federal Acquisition Service"]),
        ("of 5 Millionen Euro", []),
        ("see QTR NET LOSS", []),
        ("of the Los Angeles-based Coastal Line", ["Los Angeles", "Coastal Line"]),
        ("see A" + ".A" * 100_000 + " Neil", []),  # longer than any name
        ("said the Prime Minister", []),
        ("по словам Юрия Гагарина вчера", ["Юрия Гагарина"]),
        ("είπε ο Κώστας Καραμανλής χθες", ["Κώστας Καραμανλής"]),
        ("ニール・アームストロング", []),
        ("a line\nNeil Armstrong", []),
    ],
)
def test_what_is_read_in_a_text(text: str, found: list[str]) -> None:
    runs = [run for run, is_inside in runs_in("", text) if is_inside]
    assert [name for run in runs for words in stretches(run) for name in names_in(words)] == found


def test_a_headline_that_has_capitals_throughout_says_nothing() -> None:
    assert list(runs_in("Where Neil Armstrong Went to School", "")) == []
    assert list(runs_in("WHERE NEIL ARMSTRONG WENT", "")) == []
    assert list(runs_in("How young Neil Armstrong went to school", "")) == [("Neil Armstrong", True)]


# -- read in the background, and kept for the next process ---


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tuple[Archive, Engine]]:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        yield archive, engine


class Counted:
    """Articles of which it is noted which were read, and that nobody reads while the gate is shut."""

    def __init__(self, of: Articles) -> None:
        self._of = of
        self.read: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def contents(self, seqs: Sequence[int]) -> list[tuple[int, str, str]]:
        assert self.gate.wait(60)
        self.read += seqs
        return self._of.contents(seqs)


def reader_of(engine: Engine, at_once: int = 99) -> tuple[MentionReader, Counted]:
    articles = Counted(engine._articles)
    folder = engine.folder
    return MentionReader(articles, folder.related if folder else None, at_once), articles  # type: ignore[arg-type]


def offered(reader: MentionReader, engine: Engine, text: str) -> list[str]:
    return [name.value for name in reader.of(engine.index()).beginning_with(text, 5)]


def test_many_are_read_in_the_background(archive: tuple[Archive, Engine]) -> None:
    archive[0].add(ARTICLES)
    reader, articles = reader_of(archive[1], at_once=4)
    articles.gate.clear()
    assert offered(reader, archive[1], "armstr") == []
    assert not reader.has_all(archive[1].index())
    articles.gate.set()
    reader.wait()
    assert offered(reader, archive[1], "armstr") == ["Neil Armstrong"]
    assert reader.has_all(archive[1].index())
    reader.close()


def test_each_article_is_read_once_and_what_is_gone_counts_no_more(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(ARTICLES)
    reader, articles = reader_of(engine)
    assert offered(reader, engine, "nans") == []
    indexer.add([article(20, "It was told to Odd Nansen.")])
    assert offered(reader, engine, "nans") == ["Odd Nansen"]
    indexer.remove(["a7"])
    assert offered(reader, engine, "nans") == []
    indexer.remove(["a0", "a1"])
    assert offered(reader, engine, "armstr") == []
    assert sorted(articles.read) == list(range(1, 10))


def test_what_is_not_public_yet_is_read_when_it_is(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    texts = ["The day of Odd Nansen came.", "The year of Odd Nansen came."]
    later = (soon + timedelta(hours=1)).timestamp()
    written = [Article(id=f"l{n}", title="Soon", body=text, date=soon) for n, text in enumerate(texts)]
    with Archive.create(tmp_path) as indexer:
        indexer.add([*written, *ARTICLES[:3]])
    with open_engine(tmp_path) as now:
        now._suggester.mentions._at_once = 0
        now.keep()
        assert now.is_kept()
        assert names(now, "nans") == []
        assert names(now, "armstr") == ["Neil Armstrong 3"]
    with open_engine(tmp_path, clock=lambda: later) as then:
        reader, articles = reader_of(then)
        assert offered(reader, then, "nans") == ["Odd Nansen"]
        assert len(articles.read) == 2


def test_what_is_kept_is_not_read_again(archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    indexer, engine = archive
    monkeypatch.setattr(mention_reader, "READ_AGAIN", 0)
    indexer.add(ARTICLES)
    first, _ = reader_of(engine, at_once=2)
    assert not first.is_kept(engine.index())
    first.keep(engine.index())
    assert first.is_kept(engine.index())
    again, articles = reader_of(engine, at_once=2)
    assert offered(again, engine, "armstr") == ["Neil Armstrong"]
    indexer.add([article(20, "It was told to Odd Nansen."), article(21, "Nothing.")])
    assert again.is_kept(engine.index())
    assert offered(again, engine, "nans") == ["Odd Nansen"]
    assert articles.read == [9, 10]
    indexer.add([article(22, "Nothing at all.")])
    assert not again.is_kept(engine.index())
    again.keep(engine.index())
    third, articles = reader_of(engine)
    assert offered(third, engine, "nans") == ["Odd Nansen"]
    assert articles.read == []


def test_where_a_backup_was_put_back_all_are_read_again(archive: tuple[Archive, Engine]) -> None:
    indexer, engine = archive
    indexer.add(ARTICLES[:3])
    before = engine.index()
    indexer.add(ARTICLES[3:])
    reader, articles = reader_of(engine)
    assert offered(reader, engine, "lindq") == ["Maud Lindqvist"]
    assert not reader.of(before).beginning_with("lindq", 5)
    assert articles.read.count(1) == 2


@pytest.mark.parametrize("file", ["mentions.json", "mentions-*.npys"])
def test_what_is_damaged_is_named_and_read_anew(archive: tuple[Archive, Engine], file: str) -> None:
    indexer, engine = archive
    assert engine.folder is not None
    indexer.add(ARTICLES)
    reader_of(engine, at_once=0)[0].keep(engine.index())
    (path,) = engine.folder.related.glob(file)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert path in derived_problems(engine.folder)
    assert offered(reader_of(engine)[0], engine, "armstr") == ["Neil Armstrong"]


def test_of_many_old_articles_some_are_read(archive: tuple[Archive, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    indexer, engine = archive
    monkeypatch.setattr(mention_reader, "ALL_OF", 4)
    monkeypatch.setattr(mention_reader, "ONE_IN", 3)
    indexer.add(ARTICLES)
    reader, articles = reader_of(engine)
    assert offered(reader, engine, "exch") == ["Securities and Exchange Commission"]
    assert sorted(articles.read) == [1, 4, 5, 6, 7, 8]


def test_of_many_articles_names_are_kept_that_two_have(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [(number, "", text) for number, text in enumerate(TEXTS)]
    few = Mentions.of(contents, len(contents))
    assert few.number_of("odd nansen") is not None
    monkeypatch.setattr(mentions, "MANY", 8)
    many = Mentions.of(contents, len(contents))
    assert many.number_of("odd nansen") is None
    number = many.number_of("neil armstrong")
    assert number is not None
    assert many.seqs(number).tolist() == [0, 1, 2]


def test_what_begins_sentences_counts_for_what_is_a_name_elsewhere() -> None:
    texts = [
        "Odd Nansen Berg came.",
        "It was Odd Nansen Berg who came.",
        "Later Odd Nansen Berg came. Nansen Berg Day.",
    ]
    read = Mentions.of([(number, "", text) for number, text in enumerate(texts)], len(texts))
    assert list(read.keys) == ["odd nansen berg"]
    assert read.seqs(0).tolist() == [0, 1, 2]


def test_initials_are_no_stop_words() -> None:
    texts = ["They met T. Boone Odell.", "They saw T. Boone Odell and do not know him. A T has a line."]
    engine = MemoryArchive([article(number, text) for number, text in enumerate(texts)]).engine()
    assert names(engine, "odell") == names(engine, "t. boone") == ["T. Boone Odell 2"]


def test_a_rank_begins_no_name_that_goes_on() -> None:
    texts = ["They saw Prime Minister Odd Nansen.", "They saw President Nansen. They saw Minister Odd behind him."]
    read = Mentions.of([(number, "", text) for number, text in enumerate(texts)], len(texts))
    assert [(key, read.seqs(number).tolist()) for number, key in enumerate(read.keys)] == [
        ("minister odd", [1]),
        ("odd nansen", [0]),
        ("president nansen", [1]),
    ]
