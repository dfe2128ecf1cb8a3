"""What is offered while somebody types in scripts with vowel signs, and in those without blanks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from indexer.article.article import Article
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

START = datetime(2024, 1, 1, tzinfo=UTC)
TITLES = {
    "delhi": ("hi", "दिल्ली में प्रदूषण बढ़ा"),
    "cow": ("hi", "सड़क पर गाय"),
    "dhaka": ("bn", "ঢাকা শহরে বন্যা"),
    "chennai": ("ta", "சென்னையில் மழை"),
    "jerusalem": ("he", "יְרוּשָׁלַיִם בשלג"),
    "flood": ("th", "น้ำท่วมกรุงเทพมหานคร"),
    "dog": ("th", "สุนัขช่วยชีวิตเด็ก"),
    "airport": ("th", "สนามบินใหม่"),
    "rice": ("th", "ข้าวราคาขึ้น"),
    "news": ("th", "ข่าวเช้านี้"),
    "train": ("th", "รถไฟสายใหม่"),
    "cars": ("th", "ราคารถและไฟ"),
    "tower": ("ja", "東京タワーの夜"),
    "station": ("ja", "東京駅の工事"),
    "temple": ("ja", "京の東の寺"),
    "noodles": ("ja", "ラーメンの歴史"),
    "melon": ("ja", "メロンとランチ"),
    "eastern": ("ja", "iPhoneと京東の寺"),
    "lao": ("lo", "ນ້ຳຖ້ວມວຽງຈັນ"),
    "khmer": ("km", "ភ្នំពេញរដូវភ្លៀង"),
    "quake": ("tr", "İstanbul'da deprem"),
    "tehran": ("fa", "زمین‌لرزه‌ای در تهران"),
}
ARTICLES = [
    Article(id=name, title=title, body=title, language=language, date=START + timedelta(days=day))
    for day, (name, (language, title)) in enumerate(TITLES.items())
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("scripts")) as engine:
        yield engine


def offered(engine: Engine, typed: str) -> dict[str, list[str]]:
    """The articles offered, each with what is marked in its headline."""
    return {
        found.article.id: [found.title.text[start:end] for start, end in found.title.marks]
        for found in engine.suggest(typed).articles
    }


@pytest.mark.parametrize(
    ("typed", "name", "marked", "query"),
    [
        ("दि", "delhi", ["दि"], "दिल्ली"),
        ("दिल्", "delhi", ["दिल्"], "दिल्ली"),
        ("दिल्ली में प्रदू", "delhi", ["दिल्ली", "में", "प्रदू"], "दिल्ली में प्रदूषण"),
        ("सड़", "cow", ["सड़"], "सड़क"),
        ("सड़क पर गा", "cow", ["सड़क", "पर", "गा"], "सड़क पर गाय"),
        ("ঢা", "dhaka", ["ঢা"], "ঢাকা"),
        ("சென்", "chennai", ["சென்"], "சென்னையில்"),
        ("சென்னை", "chennai", ["சென்னை"], "சென்னையில்"),
        ("ירו", "jerusalem", ["יְרוּ"], "יְרוּשָׁלַיִם"),
    ],
)
def test_words_go_on_behind_vowel_signs(engine: Engine, typed: str, name: str, marked: list[str], query: str) -> None:
    assert offered(engine, typed) == {name: marked}
    assert engine.suggest(typed).queries[:1] == (query,)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("น้ำ", {"flood": ["น้ำ"]}),
        ("สุน", {"dog": ["สุนั"]}),  # the last letter has a mark more
        ("สุนั", {"dog": ["สุนั"]}),
        ("กรุ", {"flood": ["กรุ"]}),
        ("รถไฟ", {"train": ["รถไฟ"]}),
        ("ข้าว", {"rice": ["ข้าว"]}),
        ("ขาว", {"news": ["ข่าว"], "rice": ["ข้าว"]}),  # marks left out, where no headline has it so
        ("มหานคร", {"flood": ["มหานคร"]}),
        ("東京", {"station": ["東京"], "tower": ["東京"]}),
        ("東京タ", {"tower": ["東京タ"]}),
        ("京東", {"eastern": ["京東"]}),
        ("iphone 京", {"eastern": ["iPhone", "京"]}),
        (
            "東 京",
            {
                "station": ["東", "京"],
                "tower": ["東", "京"],
                "eastern": ["京", "東"],
                "temple": ["京", "東"],
            },
        ),
        ("ーメン", {"noodles": ["ーメン"]}),
        ("ラメン", {}),
        ("ນ້ຳ", {"lao": ["ນ້ຳ"]}),
        ("ភ្ន", {"khmer": ["ភ្នំ"]}),
    ],
)
def test_letters_without_blanks_are_a_run(engine: Engine, typed: str, expected: dict[str, list[str]]) -> None:
    assert offered(engine, typed) == expected


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("東", ("東の寺", "東京")),  # each as two headlines go on
        ("夜の東", ()),
        ("สุนั", ()),  # one headline is offered itself
        ("น้ำ", ()),
        ("東京 ", ()),
        ("ist", ("istanbul'da",)),
        ("İst", ("İstanbul'da",)),
        ("İST", ("İSTANBUL'DA",)),
        ("زمین", ("زمین‌لرزه‌ای",)),  # with what is not seen in it
        ("ภาพ ist", ()),  # no article has both
        ("İstanbul'da dep", ("İstanbul'da deprem",)),
    ],
)
def test_queries_are_written_as_they_are_typed_and_as_headlines_are(
    engine: Engine, typed: str, queries: tuple[str, ...]
) -> None:
    assert engine.suggest(typed).queries == queries


def test_runs_go_on_as_far_as_several_headlines_agree() -> None:
    titles = [
        "กรุงเทพมหานครวันนี้",
        "ฝนตกที่กรุงเทพมหานคร",
        "น้ำท่วมกรุงเทพฯ",
        "量子コンピュータの夜明け",
        "量子コンピュータと暗号",
    ]
    engine = MemoryArchive([Article(id=str(n), title=title, body=title) for n, title in enumerate(titles)]).engine()
    assert engine.suggest("กรุ").queries == ("กรุงเทพ", "กรุงเทพมหานคร")
    assert engine.suggest("ที่กรุงเทพ").queries == ()
    assert engine.suggest("量").queries == ("量子コンピュータ",)
    assert engine.suggest("新型の量").queries == ()


def test_names_in_scripts_without_blanks() -> None:
    articles = [
        Article(id="a", title="A", body="A", authors=("夏目漱石",), tags=("น้ำท่วม",)),
        Article(id="b", title="B", body="B", authors=("ณรงค์ น้อยใจ",), tags=("วัน",)),
    ]
    engine = MemoryArchive(articles).engine()
    assert [name.value for name in engine.suggest("漱石").names] == ["夏目漱石"]
    assert [name.value for name in engine.suggest("夏").names] == ["夏目漱石"]
    assert [name.value for name in engine.suggest("น้ำ").names] == ["น้ำท่วม"]
    assert [name.value for name in engine.suggest("น").names] == ["น้ำท่วม"]  # that begin so, not all with the letter
