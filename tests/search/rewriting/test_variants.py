"""Chinese words in the characters that articles write them with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.text.han_variants import has_variants, variants
from readmore import open_engine
from search.engine import Engine
from search.results import to_html
from tests.faults import flush_nothing

ARTICLES = {
    "taipei": ("臺北市長選舉", "臺北的新聞。"),
    "bank": ("银行加息", "中国银行加息。"),
    "rain": ("大雨", "山中有雨。"),
}
FINDS = {
    "台北": "taipei",
    "臺北": "taipei",
    "台北市長": "taipei",
    "台北市长选举": "taipei",
    "选": "taipei",
    '"台北"': "taipei",
    "+新闻": "taipei",
    "銀行": "bank",
    "中國銀行": "bank",
    '"中國銀行"': "bank",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("variants") / "archive"
    with pytest.MonkeyPatch.context() as patch:
        flush_nothing(patch)
        with Archive.create(path) as archive:
            of = [Article(id=name, title=title, body=body, language="zh") for name, (title, body) in ARTICLES.items()]
            archive.add(of, workers=1)
        with open_engine(path) as opened:
            yield opened


@pytest.mark.parametrize(("typed", "found"), FINDS.items(), ids=list(FINDS))
def test_a_word_is_found_in_the_other_characters(engine: Engine, typed: str, found: str) -> None:
    answer = engine.search(typed)
    assert [hit.article.id for hit in answer.hits] == [found]
    assert (answer.total, answer.notes) == (1, ())


def test_what_is_found_is_marked(engine: Engine) -> None:
    assert "<mark>臺北</mark>" in to_html(engine.search("台北").hits[0].title)


def test_the_other_forms_of_a_text() -> None:
    assert variants("銀行") == ["银行"]
    assert set(variants("台")) == {"臺", "檯", "颱"}
    assert variants("moon") == variants("山") == []
    assert has_variants("銀")
    assert not has_variants("moon")
    assert len(variants("台" * 40)) < 100
