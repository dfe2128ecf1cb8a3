"""Korean words with what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.results import to_html
from tests.faults import flush_nothing

ARTICLES = {
    "students": ("학생들이 광장에 모였다", "사람들은 아이들과 함께 걸었다. 이것은 책이다."),
    "measures": ("정부가 대책을 발표했다", "서울시장과 삼성전자가 참석했다."),
    "festival": ("부산국제영화제 개막", "코로나바이러스 이후 처음이다."),
    "weather": ("날씨", "비가 온다."),
    "jeonju": ("전주 국제 영화 축제", "전주에서 공연."),
    "phone": ("아이폰 출시", "책상 위의 전화."),
    "prices": ("2024년에는 물가가 오른다", "3월에 KBS에서 10명이 5G가 빠르다고 했다. 제20대 대선은 10만 명이 봤다."),
    "sports": ("축구 팬들이 왔다", "올림픽 경기장에서 김치 만드는 법을 배운다. 컴퓨터 게임을 샀다. 대통령이 먹어요."),
}
EXACTLY = {
    "학생": {"students"},
    "학생들": {"students"},
    "학생은": {"students"},
    "사람": {"students"},
    "책": {"students"},  # and not 책상, a desk
    "발표": {"measures"},
    "서울": {"measures"},
    "삼성": {"measures"},
    "영화제": {"festival"},
    "코로나": {"festival"},
    "부산국제영화제": {"festival"},
    "전주국제영화축제": {"jeonju"},
    "2024년": {"prices"},
    "3월": {"prices"},
    "KBS": {"prices"},
    "KBS는": {"prices"},
    "5G": {"prices"},
    "10명": {"prices"},
    "10만": {"prices"},
    "20대": {"prices"},
    "축구팬": {"sports"},
    "올림픽경기": {"sports"},
    "김치만드는법": {"sports"},
    "코로나이후": {"festival"},
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("hangul") / "archive"
    with pytest.MonkeyPatch.context() as patch:
        flush_nothing(patch)
        with Archive.create(path) as archive:
            of = [Article(id=name, title=title, body=body, language="ko") for name, (title, body) in ARTICLES.items()]
            archive.add(of, workers=1)
        with open_engine(path) as opened:
            yield opened


@pytest.mark.parametrize(("typed", "found"), EXACTLY.items(), ids=list(EXACTLY))
def test_a_word_is_found_with_whatever_hangs_on_it(engine: Engine, typed: str, found: set[str]) -> None:
    answer = engine.search(typed)
    assert {hit.article.id for hit in answer.hits} == found
    assert (answer.total, answer.notes, answer.correction) == (len(found), (), None)


def test_words_are_found_in_one(engine: Engine) -> None:
    answer = engine.search("부산 국제 영화제")
    assert answer.hits[0].article.id == "festival"
    assert not answer.notes


def test_the_word_itself_comes_before_others_that_it_begins(engine: Engine) -> None:
    assert [hit.article.id for hit in engine.search("아이").hits] == ["students", "phone"]


def test_what_is_found_is_marked(engine: Engine) -> None:
    assert "<mark>서울시장" in to_html(engine.search("서울").hits[0].excerpt)


@pytest.mark.parametrize(
    ("typed", "meant"), [("대퉁령", "대통령이"), ("컴퓨타", "컴퓨터"), ("올림픅", "올림픽"), ("머거요", "먹어요")]
)
def test_slips_in_words_of_three_syllables_are_forgiven(engine: Engine, typed: str, meant: str) -> None:
    answer = engine.search(typed)
    assert [hit.article.id for hit in answer.hits] == ["sports"]
    assert answer.correction is not None
    assert answer.correction.query == meant
