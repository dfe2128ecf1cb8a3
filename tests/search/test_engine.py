"""The engine: a page of hits for a query, from the archive as it is now."""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import ArchiveNotFoundError, ArticleNotFoundError, IndexDamagedError, QueryError, ReadmoreError
from indexer.segment import columns
from readmore import open_engine
from search.enforcement import asking
from search.engine import MAX_LIMIT, Engine
from search.lexical import evaluator
from search.local.articles import LocalArticles
from tests.articles import random_articles

START = datetime(2024, 1, 1, tzinfo=UTC)


def article(number: int) -> Article:
    return Article(
        id=f"n{number}",
        url=f"https://example.org/{number}",
        title=f"Moon landing {number}",
        body="A lander touched down on the far side.",
        date=START + timedelta(days=number) if number % 3 else None,
        section=("Moon", "Mars")[number % 2],
        tags=("ice",) * (number % 4 == 0),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engine") / "archive"
    with Archive.create(folder) as archive:
        archive.add([*random_articles(9, 40), *(article(number) for number in range(12))])
        archive.maintain()
    return folder


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    with open_engine(folder) as engine:
        yield engine


def ids(engine: Engine, query: str, **options: object) -> list[str]:
    return [hit.article.id for hit in engine.search(query, **options).hits]  # type: ignore[arg-type]


def test_there_must_be_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFoundError):
        open_engine(tmp_path)


def test_an_empty_archive_answers(tmp_path: Path) -> None:
    with Archive.create(tmp_path), open_engine(tmp_path) as engine:
        for query in ("moon", "*", '"far side"', "mo*", "moon~", "NOT moon", "date:2024", "section:moon", "id:x"):
            assert (engine.search(query).total, engine.search(query).hits) == (0, ())
        assert engine.search("moon", filters={"section": ["Moon"]}).total == 0
        assert engine.latest(5) == []


def test_a_hit_has_the_stored_article_and_its_score(engine: Engine) -> None:
    result = engine.search('"lander touched down" AND title:3')
    assert result.total == 1
    (hit,) = result.hits
    assert hit.article == article(3)
    assert hit.score > 0
    assert hit.legs["bm25"] > 0
    assert result.query == '"lander touched down" AND title:3'
    assert result.took_ms > 0


@pytest.mark.parametrize("query", ["moon", "landing AND far", "*", "mo*", '"far side"'])
def test_pages_fit_together(engine: Engine, query: str) -> None:
    everything = ids(engine, query, limit=1000)
    assert engine.search(query, limit=0).total == len(everything) > 10
    assert len(set(everything)) == len(everything)
    pages = [i for start in range(0, len(everything) + 7, 7) for i in ids(engine, query, limit=7, offset=start)]
    assert pages == everything
    assert ids(engine, query, offset=10**6) == []


def test_scores_fall(engine: Engine) -> None:
    for query in ("moon landing", "+moon lander", "title:landing"):
        scores = [hit.score for hit in engine.search(query, limit=50).hits]
        assert scores == sorted(scores, reverse=True)


def test_conditions_are_kept_to(engine: Engine) -> None:
    assert set(ids(engine, "title:landing", limit=50)) == {f"n{number}" for number in range(12)}
    assert set(ids(engine, "title:landing section:nothing^2 +tag:ice", limit=50)) >= {"n0", "n4", "n8"}
    assert ids(engine, "title:landing AND date:2024-01-02") == ["n1"]
    assert ids(engine, "id:n7") == ["n7"]
    assert ids(engine, "id:n") == []


def test_filters_narrow_down(engine: Engine) -> None:
    assert set(ids(engine, "landing", filters={"section": ["Mars"]}, limit=50)) >= {"n1", "n3"}
    found = engine.search("title:landing", filters={"section": ["moon"], "tag": ["ice"]}, limit=50)
    assert {hit.article.id for hit in found.hits} == {"n0", "n4", "n8"}
    assert found.total == 3
    assert engine.search("title:landing", filters={"section": ["None"]}).total == 0
    with pytest.raises(QueryError, match="cannot filter by 'colour'"):
        engine.search("moon", filters={"colour": ["red"]})


def test_everything_is_shown_newest_first(engine: Engine) -> None:
    found = engine.search("*", limit=60).hits
    dates = [hit.article.date for hit in found]
    dated = [date for date in dates if date is not None]
    assert dates[: len(dated)] == sorted(dated, reverse=True)
    assert [a.id for a in engine.latest(3)] == ["n11", "n10", "n8"]


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_query_is_refused(engine: Engine, query: str) -> None:
    with pytest.raises(QueryError, match="the query is empty: give a word to search for, or \\* for everything"):
        engine.search(query)


@pytest.mark.parametrize("options", [{"limit": -1}, {"limit": MAX_LIMIT + 1}, {"offset": -1}])
def test_pages_out_of_bounds_are_refused_with_the_bound(engine: Engine, options: dict[str, int]) -> None:
    with pytest.raises(QueryError, match="limit must lie between 0 and 1000 and offset must not be negative"):
        engine.search("moon", **options)


def test_a_page_of_nothing_says_how_many_there_are_and_leaves_the_next_search_alone(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:  # too small for a space: words alone rank
        archive.add([Article(id=f"a{n}", title="moon landing", body="dust " * n) for n in range(3)])
        archive.remove(["a1"])
    with open_engine(tmp_path) as engine:
        assert not engine.index().snapshot.spaces
        before = engine.search("moon dust").hits
        for query in ("moon dust", "moon", "+moon dust", "*"):
            page = engine.search(query, limit=0)
            assert (page.total, page.hits) == (2, ())
        assert engine.search("moon dust").hits == before


def test_words_too_common_to_search_for_are_said(engine: Engine) -> None:
    result = engine.search("to be or not to be")
    assert result.total == 0
    assert len(result.notes) == 1
    assert "so common that only titles and names are searched" in result.notes[0]


def test_bounds_that_were_reached_are_said_in_the_answer(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluator, "MAX_EXPANSION", 2)
    assert engine.search("l*").notes == ("'text:l*' stands for too many words; only the 2 commonest were searched",)
    notes = engine.search("date:soon moon").notes
    assert notes[0] == "'soon' is not a date; write a year, 2024-03 or 2024-03-18"


def test_nesting_over_the_limit_is_read_as_words_and_says_so(engine: Engine) -> None:
    for unit in ("moon ANDMAYBE ", "moon REQUIRE "):
        result = engine.search(unit * 150 + "moon")
        assert result.total > 0
        assert result.notes[0] == "nested more than 90 levels deep: searched for its words"


texts = st.one_of(
    st.text(st.characters(), min_size=1, max_size=25),
    st.lists(
        st.sampled_from(
            [
                "moon",
                "*",
                "?",
                "~",
                "^9",
                '"',
                "(",
                ")",
                "[",
                "]",
                " TO ",
                " ",
                ":",
                "title:",
                "date:",
                "tag:",
                "-",
                "+",
                "AND ",
                " NOT ",
                "a",
                "2024",
                "^",
                "id:",
                "\ud800",
            ]
        ),
        min_size=1,
        max_size=10,
    ).map("".join),
)


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
@example("moon^0")
@example("moon^" + "9" * 400)
@example('"moon landing"~99999999999999999999')
@example("-moon")
@example("[a TO a]")
@example("+a\ud800*")
def test_nothing_that_is_typed_breaks_a_search(engine: Engine, text: str) -> None:
    try:
        result = engine.search(text)
    except ReadmoreError:
        return
    assert result.total >= len(result.hits)
    for hit in result.hits:
        assert 0 <= hit.score < float("inf")


def test_what_is_committed_is_seen_without_opening_again(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        generations = [engine.index().snapshot.manifest.generation]
        for number in range(5):
            archive.add([article(number)])
            assert engine.search("landing").total == number + 1
            generations.append(engine.index().snapshot.manifest.generation)
        archive.remove(["n0"])
        assert engine.search("landing").total == 4
        assert generations == sorted(set(generations))


def test_an_article_that_was_removed_after_the_snapshot_is_left_out(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([article(1), article(2)])
        engine.index()
        archive.store.remove(["n1"])  # and not yet out of the index
        result = engine.search("landing")
        assert [hit.article.id for hit in result.hits] == ["n2"]
        archive.add([])


def test_hits_are_asked_for_by_their_numbers_and_those_changed_since_by_their_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([article(number) for number in range(1, 5)])
        asked: list[Sequence[str]] = []
        fetch = LocalArticles.fetch

        def fetched(articles: LocalArticles, ids: Sequence[str]) -> dict[str, Article]:
            asked.append(ids)
            return fetch(articles, ids)

        monkeypatch.setattr(LocalArticles, "fetch", fetched)
        assert len(engine.search("landing").hits) == 4
        assert not asked
        archive.store.put([replace(article(2), body="It has come back.")])  # and is not yet in the index
        bodies = {hit.article.id: hit.article.body for hit in engine.search("landing").hits}
        assert bodies["n2"] == "It has come back."
        assert len(bodies) == 4
        assert asked == [["n2"]]
        archive.add([])


def test_what_slips_need_is_made_beside_searches_once_for_a_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([article(1)])
        assert not engine._near_keys.has(engine.index())
        engine.prepare_for_slips()
        engine._preparing.wait()
        assert engine._near_keys.has(engine.index())
        assert engine._near_names.has(engine.index())
        with monkeypatch.context() as patch:
            patch.setattr(engine._preparing, "start", None)
            engine.prepare_for_slips()
        archive.add([article(2)])
        assert not engine._near_keys.has(engine.index())
        engine.prepare_for_slips()
        assert engine.search("landinh").correction is not None  # whether or not it is made by now


def test_articles_by_id_and_url(engine: Engine) -> None:
    assert engine.article("n5") == engine.article("https://example.org/5") == article(5)
    assert engine.articles(["n5", "unknown"]) == {"n5": article(5)}
    with pytest.raises(ArticleNotFoundError, match="no article with the id or URL 'unknown'"):
        engine.article("unknown")


def test_words_in_several_languages_find_each_other(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(
            [
                Article(id="en", title="The landings on the Moon", language="en"),
                Article(id="de", title="Die Landungen auf dem Mond", language="de"),
                Article(id="fr", title="L'alunissage d'Apollo", language="fr"),
                Article(id="ja", title="月面着陸", language="ja"),
                Article(id="xx", title="Qapla landings", language="xx"),
            ]
        )
        for query, expected in (
            ("landing", {"en"}),
            ("Landung", {"de"}),
            ("alunissages", {"fr"}),
            ("+l'alunissage", {"fr"}),
            ("月面", {"ja"}),
            ('"月面"', {"ja"}),
            ("landings", {"en", "xx"}),
            ("language:de", {"de"}),
        ):
            assert {hit.article.id for hit in engine.search(query).hits} == expected, query


def test_articles_without_dates_are_in_no_period(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([Article(id="a", title="moon"), Article(id="b", title="moon")])
        assert engine.search("date:*").total == 0
        assert engine.search("date:<=9999").total == 0
        assert engine.search("moon NOT date:2024").total == 2
        assert [a.id for a in engine.latest(2)] == ["b", "a"]  # the later accepted first
    assert START.timestamp() > columns.NO_DATE


def test_an_engine_lets_a_folder_be_removed(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([article(1)])
    with open_engine(tmp_path / "archive") as engine:
        assert engine.search("landing").total == 1
    shutil.rmtree(tmp_path / "archive")
    assert not os.path.exists(tmp_path / "archive")  # noqa: PTH110


def all_fail(engine: Engine, times: int, query: str = "landing") -> list[Exception]:
    """What the same query raises for several who ask at once."""
    together = threading.Barrier(times)
    errors: list[Exception] = []

    def ask() -> None:
        together.wait(60)
        try:
            engine.search(query)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for thread in threading.enumerate():
        if thread.name == "verifying the index":
            thread.join(60)
    return errors


@pytest.mark.parametrize("wait", [True, False])
def test_a_query_that_a_mistake_fails_on_does_not_read_the_index_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: Counter[Path], wait: bool
) -> None:
    """Each such request read the whole index from the disk, so whoever knew of one could keep a service busy."""

    def mistaken(*args: object, **kwargs: object) -> None:
        raise TypeError("a mistake")

    with Archive.create(tmp_path) as archive, open_engine(tmp_path, wait=wait) as engine:
        archive.add([article(1), article(2)])
        assert engine.search("landing").total == 2
        with monkeypatch.context() as patched:
            patched.setattr(asking, "rank", mistaken)
            for _ in range(2):
                assert [str(error) for error in all_fail(engine, 6)] == ["a mistake"] * 6
                assert set(reads.values()) == {1}
            archive.add([article(3)])
            assert [str(error) for error in all_fail(engine, 6)] == ["a mistake"] * 6
            assert max(reads.values()) == 2, "the new generation has files of the one before"
        assert engine.search("landing").total == 3


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A file with numbers of deleted docs that there are not; only using them shows it."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([article(1), article(2), article(3)])
        archive.remove(["n2"])
    (file,) = (tmp_path / "archive").glob("index/segments/*/deleted-*.npy")
    file.write_bytes(file.read_bytes()[:-4] + b"\xff\xff\xff\x7f")
    return file


def test_a_command_is_told_which_file_is_damaged(damaged: Path, tmp_path: Path) -> None:
    with open_engine(tmp_path / "archive") as engine:
        for use in (lambda: engine.search("*"), lambda: engine.latest(3), lambda: engine.explain("landing", "n1")):
            with pytest.raises(IndexDamagedError, match=r"deleted-.*run 'readmore reindex'") as raised:
                use()
            assert raised.value.path == damaged


def test_a_service_is_told_which_file_is_damaged_once_that_is_known(
    damaged: Path, tmp_path: Path, reads: Counter[Path]
) -> None:
    with open_engine(tmp_path / "archive", wait=False) as engine:
        (first,) = all_fail(engine, 1, "*")  # the verification of so few articles may be done already
        assert isinstance(first, (IndexError, IndexDamagedError))
        later = all_fail(engine, 5, "*")
        assert [getattr(error, "path", None) for error in later] == [damaged] * 5
        assert set(reads.values()) == {1}
        with Archive.open(tmp_path / "archive") as archive:
            archive.reindex()
        assert engine.search("*").total == 2


def test_articles_that_say_no_language_are_in_that_of_the_archive(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="bread", title="Bread", body="Rye."), Article(id="brot", title="Brot", language="de")])
    with open_engine(tmp_path) as engine:
        found = engine.search("*", filters={"language": ["en"]}, facets=["language"])
        assert [hit.article.id for hit in found.hits] == ["bread"]
        assert {value.value: value.count for value in found.facets[0].values} == {"en": 1, "de": 1}
        assert [hit.article.id for hit in engine.search("language:en").hits] == ["bread"]
        assert [hit.article.id for hit in engine.search("* lang:de").hits] == ["brot"]
