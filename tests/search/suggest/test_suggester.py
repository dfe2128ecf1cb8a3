"""What is offered while somebody types, on both kinds of archive."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.article.dateline import Dateline
from indexer.base.errors import QueryError
from readmore import open_engine
from search.curation.rules import parse_rules
from search.engine import MAX_SUGGESTIONS, Engine
from search.results import suggestions_to_dict
from search.suggest import background
from search.suggest.archive_names import NamesOfIndex
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

START = datetime(2024, 1, 1, tzinfo=UTC)
TITLES = {
    "rim": "Moon landing near the crater's rim",
    "dust": "Moon landing raises dust",
    "old-dust": "Moon landing raises dust",  # the same again, and older
    "moose": "Moose on the runway",
    "seen": "What was seen of the landing on the Moon",
    "elysee": "Élysée: a palace & its garden",
    "voyager": "Voyager sends a postcard",
    "han": "量子コンピュータの夜明け",
    "quoted": 'She said "never" \\ again',
    "gone": "Moon landing called off",
    "late": "Moon landing of yesterday",
    "soon": "Moon landing of tomorrow",
    "none": "",
    "long": "Zebra " + "crossing " * 300,
}
BODY = "A landing, some landings, and a landscape beside the lander. The landings were soft."
AT = {"gone": {"status": "retracted"}, "late": {"expires": START}, "soon": {"expires": START + timedelta(days=36500)}}
ARTICLES = [
    Article(id=name, title=title, body=BODY, date=START + timedelta(days=day), **AT.get(name, {}))  # type: ignore[arg-type]
    for day, (name, title) in enumerate(reversed(TITLES.items()))
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("suggested")) as engine:
        yield engine


def ids(engine: Engine, text: str, limit: int = 5) -> list[str]:
    return [suggestion.article.id for suggestion in engine.suggest(text, limit).articles]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("moon landing", ["rim", "dust", "soon", "seen"]),  # those that begin so, the newest first; the other is last
        ("moo", ["rim", "dust", "moose", "soon", "seen"]),
        ("m", ["rim", "dust", "moose", "soon", "seen"]),
        ("Moon landing r", ["dust", "rim"]),  # one begins so, one has its words
        ("landing dust", ["dust"]),
        ("moos ", ["rim", "dust", "moose", "seen", "soon"]),  # typed to its end: a slip
        ("moose ", ["moose"]),
        ("moose on the runway ", ["moose"]),
        ("elys", ["elysee"]),
        ("ÉLYSÉE: A P", ["elysee"]),
        ("near the crater", ["rim"]),
        ("moon landing near the crater'", ["rim"]),  # which may go on with an s
        ("Moon landing near the crater\u2019", ["rim"]),
        ("moon'", ["rim", "dust", "seen", "soon"]),  # or not
        ("voyagr", ["voyager"]),
        ("vyoager postc", ["voyager"]),
        ("voyager potsc", ["voyager"]),
        ("oyager", ["voyager"]),
        ("moxn lamding dust", ["dust"]),
        ("量子コ", ["han"]),
        ("she said never", ["quoted"]),
        ("zebra", ["long"]),
        ("xyzzy", []),
        ("", []),
        ("  ?!", []),
    ],
)
def test_articles(engine: Engine, typed: str, offered: list[str]) -> None:
    assert ids(engine, typed) == offered


def test_limit(engine: Engine) -> None:
    assert ids(engine, "moon", 2) == ["rim", "dust"]
    assert ids(engine, "moon", 0) == []
    for limit in (-1, MAX_SUGGESTIONS + 1):
        with pytest.raises(QueryError, match="limit"):
            engine.suggest("moon", limit)


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("landi", ("landings", "landing")),  # the commoner form first
        ("Lands", ("Landscape",)),
        ("moon la", ("moon landing",)),
        ("MOON DU", ("MOON DUST",)),
        ("elyse", ("élysée",)),
        ("voyagr", ("voyager",)),
        ("Crater'", ("Crater",)),
        ("moon ", ("moon landing",)),  # what two headlines have behind it
        ("moo", ("moon", "moose", "moon landing")),
        ("moon landing ", ()),  # three have something else each
        ("th", ()),  # stop words
    ],
)
def test_queries(engine: Engine, typed: str, queries: tuple[str, ...]) -> None:
    assert engine.suggest(typed).queries[: len(queries) or None] == queries


NAMED = [
    Article(
        id=f"a{number}",
        title=f"Report number {number} on the harbour of the year",
        body=BODY,
        date=START + timedelta(days=number),
        authors=("Rose Carpenter",) if number % 2 else ("Bo Lind", "Åse Rosén", "Ed O\u2019Hara"),
        section="Rowing",
        tags=("rope making",) if number == 3 else (),
        dateline=Dateline("Rostock") if number < 2 else Dateline(),
    )
    for number in range(6)
]


@pytest.fixture(scope="module", params=KINDS)
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, NAMED, tmp_path_factory.mktemp("named")) as named:
        yield named


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (
            "ro",
            [
                "section Rowing 6",
                "author Rose Carpenter 3",
                "place Rostock 2",
                "tag rope making 1",
                "author Åse Rosén 3",
            ],
        ),
        ("carp", ["author Rose Carpenter 3"]),
        ("rose c", ["author Rose Carpenter 3"]),
        ("rose ", ["author Rose Carpenter 3"]),
        ("rowing ", ["section Rowing 6"]),
        ("rosen", ["author Åse Rosén 3"]),
        ("Carpentr", ["author Rose Carpenter 3"]),  # a slip
        ("rose carpentr", ["author Rose Carpenter 3"]),
        ("o'", ["author Ed O\u2019Hara 3"]),
        ("Ed O\u2019", ["author Ed O\u2019Hara 3"]),
        ("harbour", []),
        ("making rope", []),
    ],
)
def test_names_of_the_archive_are_offered(named: Engine, typed: str, names: list[str]) -> None:
    offered = named.suggest(typed).names
    assert [f"{name.field} {name.value} {name.count}" for name in offered] == names
    for name in offered:
        assert named.search(name.query).total == name.count
    assert [name.value for name in named.suggest(typed, 1).names] == [name.value for name in offered[:1]]


def test_phrases_of_several_headlines_are_offered(named: Engine) -> None:
    assert named.suggest("harbour ").queries == ("harbour of the year",)
    assert named.suggest("harb").queries[-1] == "harbour of the year"
    assert named.suggest("report number ").queries[-1:] != ("report number 1",)  # numbers are no phrases
    assert named.suggest("harbour of the year ").queries == ()


def test_what_is_read_most_comes_first_among_equals() -> None:
    archive = MemoryArchive(NAMED)
    reads: dict[str, int] = {}
    engine = Engine(archive.engine()._source, archive.engine()._articles, reads=lambda: reads)
    assert ids(engine, "report", 3) == ["a5", "a4", "a3"]
    reads = {"a1": 3, "a2": 9, "gone": 99}
    assert ids(engine, "report", 3) == ["a2", "a1", "a5"]
    assert ids(engine, "report number 4", 3) == ["a4"]
    reads = {}
    assert ids(engine, "report", 3) == ["a5", "a4", "a3"]


def test_names_of_a_large_archive_are_counted_in_the_background(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(NAMED)
        names = NamesOfIndex(at_once=3)
        assert names.of(engine.index()).beginning_with("ro", 5) == []
        names.wait()
        assert len(names.of(engine.index()).beginning_with("ro", 9)) == 5
        archive.add([Article(id="b", title="B", section="Roofs")])
        assert not any(name.value == "Roofs" for name in names.of(engine.index()).beginning_with("ro", 9))
        names.wait()
        assert any(name.value == "Roofs" for name in names.of(engine.index()).beginning_with("ro", 9))


def test_names_that_could_not_be_counted_are_counted_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(NAMED)
        index, names, tried = engine.index(), NamesOfIndex(at_once=3), []

        def failing() -> None:
            tried.append(1)
            raise OSError("out of memory")

        monkeypatch.setattr(index, "live", failing, raising=False)
        for _ in range(3):
            assert names.of(index).beginning_with("ro", 5) == []
            names.wait()
        assert len(tried) == 1
        monkeypatch.undo()
        later = time.monotonic() + background.RETRY_AFTER
        monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: later))
        names.of(index)
        names.wait()
        assert len(names.of(index).beginning_with("ro", 9)) == 5


def test_what_is_typed_is_marked(engine: Engine) -> None:
    title = engine.suggest("moon landing ra").articles[0].title
    assert [title.text[start:end] for start, end in title.marks] == ["Moon", "landing", "ra"]
    title = engine.suggest("elys").articles[0].title
    assert [title.text[start:end] for start, end in title.marks] == ["Élys"]
    shown = suggestions_to_dict(engine.suggest("a palace"))["articles"][0]
    assert shown["title_html"] == "Élysée: <mark>a</mark> <mark>palace</mark> &amp; its garden"


def test_headlines_of_a_new_generation(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([Article(id="a", title="Comet passes"), Article(id="b", title="Comet stays")])
        assert sorted(ids(engine, "comet")) == ["a", "b"]
        archive.add([Article(id="a", title="Asteroid passes"), Article(id="c", title="Comet returns")])
        assert sorted(ids(engine, "comet")) == ["b", "c"]
        assert ids(engine, "aster") == ["a"]
        archive.remove(["b", "c"])
        assert ids(engine, "comet") == []


def test_words_that_only_removed_articles_have_are_not_offered(tmp_path: Path) -> None:
    there = [Article(id=f"there-{number}", title="Orchard", body="The harbour, without harm.") for number in range(20)]
    numbered = " ".join(f"harm{chr(97 + n // 26)}{chr(97 + n % 26)} " * 9 for n in range(60))
    secret = Article(id="secret", title="Orchid Harmondsworth", body=f"An orchid. {'Harmondsworth! ' * 20}{numbered}")
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*there, secret])
        assert engine.suggest("harm").queries[:2] == ("harmondsworth", "harm")
        assert engine.suggest("orch").queries == ("orchard", "orchid")
        archive.remove(["secret"])
        assert archive.status()["deleted"] == 1  # not merged yet
        for typed in ("harm", "harmo", "harmondsword", "orchid harm", "orchard harm"):
            assert not any("harmon" in query for query in engine.suggest(typed).queries)
        assert engine.suggest("harm").queries == ("harm",)
        assert engine.suggest("orch").queries == ("orchard",)
        assert engine.suggest("orchi").queries == ()
        assert engine.suggest("harbuor").queries == ("harbour",)


def test_hostile_texts(engine: Engine) -> None:
    rng = random.Random(2)
    pieces = [
        "moon",
        "lan",
        "voyagr",
        " ",
        '"',
        "\\",
        "*",
        "\x00",
        "\ud800",
        "量",
        "é",
        "\u0301",
        "%",
        "_",
        "(",
        "1.2",
        "'",
    ]
    texts = ["".join(rng.choices(pieces, k=rng.randint(1, 9))) for _ in range(300)]
    for text in [*texts, "moon " * 5000, "m" * 100_000]:
        suggestions = engine.suggest(text)
        assert len(suggestions.articles) <= 5
        assert len(suggestions.queries) <= 5


def test_what_editors_hide_is_not_offered(engine: Engine) -> None:
    ruled = engine.under(parse_rules("- hide: rim\n- hide: dust\n  query: moon la\n"))
    assert {"rim", "dust"} <= set(ids(engine, "moon la", 20))
    assert {"rim", "dust"}.isdisjoint(ids(ruled, "moon la", 20))
    assert "dust" in ids(ruled, "moon lan", 20)


def test_no_slip_is_forgiven_in_figures_and_in_words_that_articles_have(tmp_path: Path) -> None:
    now = Article(id="now", title="Helpful now", body="Snow fell. A photograph 20180917233323 of it. A snowy day.")
    year = Article(id="year", title="Favourite projects of 2018", body="More snow in 2015.", authors=("Helfried Low",))
    with Archive.create(tmp_path) as archive:
        archive.add([now, year])
    with open_engine(tmp_path) as engine:
        for typed, expected in (
            ("snow", []),
            ("2015", []),
            ("2019", []),
            ("2018", ["year"]),
            ("helpfl", ["now"]),
            ("helf", []),
        ):
            assert [of.article.id for of in engine.suggest(typed).articles] == expected, typed
        assert engine.suggest("snow").queries == ("snow", "snowy")
        assert engine.suggest("201").queries == ("2015", "2018")


def test_the_headline_that_is_typed_comes_first_with_the_signs_that_it_has(tmp_path: Path) -> None:
    titles = ["C", "C*", "C++", "C++ for beginners", "C#", "Hope", "Hope+", "Hopeful", "C", "A cat"]
    with Archive.create(tmp_path) as archive:
        archive.add(
            [Article(id=f"t{n}", title=title, body=BODY, date=START + timedelta(n)) for n, title in enumerate(titles)]
        )
    with open_engine(tmp_path) as engine:
        for typed, first in (("C++", "C++"), ("C#", "C#"), ("c", "C"), ("Hope", "Hope"), ("hope+", "Hope+")):
            offered = [of.title.text for of in engine.suggest(typed).articles]
            assert offered[0] == first, typed
            assert len(set(offered)) == len(offered) == len(set(offered) - {""}), typed
        assert [of.article.id for of in engine.suggest("C", 1).articles] == ["t8"]  # the newer of two
        assert {"C++", "C#", "C*"} <= {of.title.text for of in engine.suggest("C", 9).articles}
        assert [of.title.text for of in engine.suggest("Hope", 3).articles] == ["Hope", "Hope+", "Hopeful"]
