"""Runs of letters without blanks that no article has in one: what is found in their place, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine

TITLES = {
    "phone": "新しいスマートフォンが出る",
    "violin": "ヴァイオリンの音",
    "lion": "ライオンの子",
    "tower": "東京タワーの夜景",
    "game": "将棋とゲーム",
    "physics": "量子力学の本",
    "door": "入門の書",
    "dog": "สุนัขตัวใหญ่วิ่งเร็ว",
    "cat": "แมวกระโดดสูงมาก",
    "bridge": "ភ្នំពេញបើកស្ពានថ្មី",
    "english": "Numbers 49 and 30 and 123",
}
# what is typed, all that is found, the best first, and the parts that were searched for
IN_PARTS = {
    "東京タワワ": (["tower"], "'東京タワ'"),
    "マススマートフォ": (["phone"], "'スマートフォ'"),
    "量子力学入門": (["physics", "door"], "'量子力学', '入門'"),
    "สุนัขกระโดด": (["cat", "dog"], "'สุนัข', 'กระโดด'"),
    "東京タワワ ライオン": (["tower", "lion"], "'東京タワ'"),
}
# what is typed, the one that it finds, and how that is spelled
SPELLED = {
    "東京タワア": ("tower", "東京タワー"),
    "東京タワ": ("tower", ""),  # is in it
    "スマトフォン": ("phone", "スマートフォン"),
    "スマーートフォン": ("phone", "スマートフォン"),
    "スマートフオン": ("phone", "スマートフォン"),
    "スマードフォン": ("phone", "スマートフォン"),
    "スマートォフン": ("phone", "スマートフォン"),
    "バイオリン": ("violin", "ヴァイオリン"),
    "ゲエム": ("game", "ゲーム"),
    "ラーイオン": ("lion", "ライオン"),
    "ライオ": ("lion", ""),
}
NOWHERE = {"オーケストラ": "オーケストラ", "4930123456": "4930123456", "夢": "夢"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("runs") / "archive"
    with Archive.create(folder) as archive:
        archive.add([Article(id=name, title=title) for name, title in TITLES.items()], workers=1)
    with open_engine(folder) as engine:
        yield engine


@pytest.mark.parametrize("typed", IN_PARTS)
def test_the_longest_parts_that_articles_have_are_searched_for(engine: Engine, typed: str) -> None:
    found, parts = IN_PARTS[typed]
    answer = engine.search(typed, typos=False)
    assert [hit.article.id for hit in answer.hits] == found
    assert answer.notes == (f"no article has '{typed.split()[0]}' in one: searched for {parts}",)


@pytest.mark.parametrize("typed", SPELLED)
def test_a_run_is_found_as_articles_spell_it_in_katakana(engine: Engine, typed: str) -> None:
    first, spelled = SPELLED[typed]
    answer = engine.search(typed)
    if spelled:
        assert answer.notes == (f"no article has '{typed}': searched for '{spelled}'",)
        assert [hit.article.id for hit in answer.hits] == [first]
    assert [hit.article.id for hit in answer.hits[:1]] == [first] * bool(first)


@pytest.mark.parametrize("typed", NOWHERE)
def test_what_no_article_has_a_half_of_is_said_to_be_missing(engine: Engine, typed: str) -> None:
    answer = engine.search(typed, typos=False)
    assert (answer.total, answer.hits) == (0, ())
    assert answer.notes == (f"no article has '{NOWHERE[typed]}'",)


def test_a_run_that_articles_have_is_not_taken_apart(engine: Engine) -> None:
    answer = engine.search("量子力学")
    assert [hit.article.id for hit in answer.hits] == ["physics"]
    assert answer.notes == ()


@pytest.mark.parametrize("sort", ["", "newest"])
@pytest.mark.parametrize("typed", [*IN_PARTS, *NOWHERE, "東京タワー", "ライオンの本", "បើកផ្លូវ", "ตัวเล็ก", "タワー 夢"])
def test_as_many_are_shown_as_are_counted(engine: Engine, typed: str, sort: str) -> None:
    answer = engine.search(typed, limit=100, sort=sort)
    assert len(answer.hits) == answer.total
