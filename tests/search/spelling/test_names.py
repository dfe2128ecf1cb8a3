"""Names typed as plain words: authors, tags, places and sections are found by them, on both kinds of index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.memory.kinds import KINDS, engine_over

BODY = "People spoke about this at length and nobody was surprised."
ARTICLES = [
    Article(id="ferry", title="A ferry runs aground", body=BODY, authors=("Imke Øverland",), tags=("shipwrecks",)),
    Article(id="harbour", title="The harbour closes", body=BODY, authors=("Imke Øverland",)),
    Article(id="mill", title="A mill burns", body=BODY, authors=("Rose Carpenter",), section="Countryside"),
    Article(id="garden", title="A rose for every carpenter", body=BODY, authors=("Bo Lind",)),
    Article(id="bells", title="The bells are back", body=BODY, authors=("Rose Lind",)),
    Article(id="pier", title="A pier is mended", body=BODY, authors=("Una O\u2019Neill",)),
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("names")) as engine:
        yield engine


@pytest.mark.parametrize("typos", [True, False])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("overland", {"ferry", "harbour"}),
        ("Imke Øverland", {"ferry", "harbour"}),
        ("overland harbour", {"harbour"}),
        ("shipwrecks", {"ferry"}),
        ("countryside", {"mill"}),
        ("rose carpenter", {"mill", "garden"}),
    ],
)
def test_names_are_found_by_plain_words(engine: Engine, query: str, found: set[str], typos: bool) -> None:
    assert {hit.article.id for hit in engine.search(query, typos=typos).hits} == found


def test_the_answer_says_where_a_name_was_looked_for(engine: Engine) -> None:
    assert engine.search("overland").notes == ("no text has 'overland': searched for author:overland",)
    assert engine.search("Rose Carpenter").notes == ("with what Rose Carpenter wrote",)
    assert engine.search("rose").notes == ()


def test_where_nobody_of_the_name_wrote_of_it_the_words_come_first_and_then_the_name(engine: Engine) -> None:
    result = engine.search("overland bells")
    assert result.hits[0].article.id == "bells"
    assert {hit.article.id for hit in result.hits} == {"bells", "ferry", "harbour"}
    assert result.notes == (
        "no text has 'overland': searched for author:overland",
        "no article has all of this: searched for any of it",
    )


@pytest.mark.parametrize("typos", [True, False])
@pytest.mark.parametrize(
    ("query", "found", "notes"),
    [
        ("zeppelins shipwrecks", {"ferry"}, ("shipwrecks", "no article has 'zeppelins'")),
        ("shipwrecks xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("the shipwrecks of xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("overland xqzzy 2099", {"ferry", "harbour"}, ("overland", "no article has 'xqzzy', '2099'")),
        ("shipwrecks countryside", {"ferry", "mill"}, ("shipwrecks", "countryside", "any of it")),
        ("imke shipwrecks", {"ferry"}, ("imke", "shipwrecks")),
        ("WHO overland", {"ferry", "harbour"}, ("overland",)),
        ("shipwrecks OR xqzzy", {"ferry"}, ("shipwrecks", "no article has 'xqzzy'")),
        ("shipwrecks AND xqzzy", {"ferry"}, ("shipwrecks", "searched without 'xqzzy'")),
        ("+overland +xqzzy", {"ferry", "harbour"}, ("overland", "searched without 'xqzzy'")),
        ("countryside -bells", {"mill"}, ("countryside",)),
        ('"Imke Overland"', {"ferry", "harbour"}, ("Imke Overland",)),
        ("“shipwrecks”", {"ferry"}, ("shipwrecks",)),
    ],
)
def test_no_page_is_empty_where_a_name_is_known(
    engine: Engine, query: str, found: set[str], notes: tuple[str, ...], typos: bool
) -> None:
    result = engine.search(query, typos=typos)
    assert {hit.article.id for hit in result.hits} == found
    assert len(result.notes) == len(notes)
    for note, part in zip(result.notes, notes, strict=True):
        assert part in note
    named = [note for note in result.notes if note.startswith("no text has")]
    assert not any(word in note for note in result.notes if note not in named for word in ("shipwrecks", "overland"))


@pytest.mark.parametrize(
    ("query", "found", "meant"),
    [
        ("shipwreks", {"ferry"}, "shipwrecks"),
        ("Ovrland harbour", {"harbour"}, "Overland harbour"),
        ("overland harbuor", {"harbour"}, "overland harbour"),
        ("coutnryside", {"mill"}, "countryside"),
        ("coutnryside carpnter", {"mill", "garden"}, "countryside carpenter"),
        ("o'neil", {"pier"}, "o'neill"),
        ("O\u2019Neil pier", {"pier"}, "O'neill pier"),
    ],
)
def test_slips_in_names_and_beside_them_are_corrected(engine: Engine, query: str, found: set[str], meant: str) -> None:
    result = engine.search(query)
    assert {hit.article.id for hit in result.hits} == found
    assert result.correction is not None
    assert result.correction.query == meant
    without = engine.search(query, typos=False)
    assert without.correction is None


NAMED = [
    Article(id="energy", title="Green energy plan", body=BODY, authors=("Eva Low",)),
    Article(id="budget", title="Budget", body=BODY, authors=("Tom Green",)),
    Article(id="schools", title="Schools", body=BODY, authors=("Ann Lee", "Tom Green")),
    Article(id="jean", title="Jean paints", body=BODY, authors=("Xu Ying",)),
    Article(id="ship", title="A ship leaves", body=BODY, authors=("Jean-Luc Picard",)),
    Article(id="rain", title="Rain", body="Müller was there.", authors=("Jürgen Müller",)),
    Article(id="sun", title="Sun", body=BODY, authors=("Jürgen Müller",)),
    Article(id="bread", title="The science of bread", body=BODY, section="Arts and Letters"),
    Article(id="chip", title="A chip", body=BODY, section="Science & Tech"),
    Article(id="pier", title="A pier", body=BODY, authors=("Una O\u2019Neill",)),
    Article(id="dock", title="A dock", body=BODY, authors=("D'Angelo Russo", "Pat O'Brien")),
    Article(id="letter", title="A letter", body=BODY, tags=("e-mail", "wifi")),
    Article(id="road", title="A road", body=BODY, tags=("La Paz", "Windows 11", "GitHub")),
    Article(id="poet", title="A poet", body="Ursula was seen.", authors=("Ursula K. Le Guin",)),
]


@pytest.fixture(scope="module", params=KINDS)
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, NAMED, tmp_path_factory.mktemp("named")) as named:
        yield named


@pytest.mark.parametrize("typos", [True, False])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Tom Green", {"budget", "schools"}),
        ("Green, Tom", {"budget", "schools"}),
        ("Tom Green\u2019s", {"budget", "schools"}),
        ("tom green budget", {"budget"}),
        ("Jean-Luc Picard", {"ship"}),
        ("jean luc picard", {"ship"}),
        ("JeanLuc Picard", {"ship"}),
        ("Jürgen Müller", {"rain", "sun"}),
        ("\u300cJürgen Müller\u300d", {"rain", "sun"}),
        ("\u2039Tom Green\u203a", {"budget", "schools"}),
        ("science & tech", {"chip"}),
        ("Science and Tech", {"chip"}),
        ("arts letters", {"bread"}),
        ("arts & letters", {"bread"}),
        ("Ursula Guin", {"poet"}),
        ("ONeill", {"pier"}),
        ("Una ONeill", {"pier"}),
        ("obrien", {"dock"}),
        ("Pat O\u2019Brien", {"dock"}),
        ("DAngelo", {"dock"}),
        ("author:oneill", {"pier"}),
        ("by:OBrien", {"dock"}),
        ('author:"Una ONeill"', {"pier"}),
        ("email", {"letter"}),
        ("tag:email", {"letter"}),
        ("wi-fi", {"letter"}),
        ("lapaz", {"road"}),
        ("windows11", {"road"}),
        ("tag:windows11", {"road"}),
        ('tag:"git hub"', {"road"}),
    ],
)
def test_a_name_is_one_however_it_is_spelled_and_whatever_texts_have_of_it(
    named: Engine, query: str, found: set[str], typos: bool
) -> None:
    assert {hit.article.id for hit in named.search(query, typos=typos).hits} == found


def test_the_answer_says_what_name_was_looked_for_as_it_was_typed(named: Engine) -> None:
    assert named.search("Tom Green").notes == ("no text has 'tom': searched for author:\"tom green\"",)
    assert named.search("Müller, Jürgen").notes == ("no text has 'jürgen': searched for author:\"jürgen müller\"",)
    assert named.search("ONeill").correction is None


def test_an_author_comes_before_texts_that_have_a_part_of_the_name_and_after_those_about_them(tmp_path: Path) -> None:
    texts = [
        Article(id=f"{word}{n}", title=f"{word} day {n}", body=f"{word} {word} was seen. {BODY}")
        for word in ("Tom", "green", "science", "tech")
        for n in range(12)
    ]
    about = Article(id="about", title="Tom Green resigns", body="Tom Green has left. Tom Green was sorry.")
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*texts, *NAMED[:3], NAMED[8], about])
        ids = [hit.article.id for hit in engine.search("Tom Green", limit=40).hits]
        assert ids[0] == "about"
        assert set(ids[1:3]) == {"budget", "schools"}
        assert "Tom3" in ids
        assert next(hit.article.id for hit in engine.search("science & tech").hits) == "chip"
        assert engine.search("science tech").notes == (
            'no text has all of this: searched for section:"science tech" as well',
        )
        # what texts have all words of is looked for in texts
        archive.add([Article(id="both", title="The science of tech", body=BODY)])
        assert engine.search("science tech").notes == ()


SCRIPTS = {
    "hi": Article(id="hi", title="कहानी", body="एक दिन।", authors=("प्रेमचंद",), language="hi"),
    "bn": Article(id="bn", title="গল্প", body="এক দিন।", authors=("রবীন্দ্রনাথ ঠাকুর",), language="bn"),
    "ta": Article(id="ta", title="கதை", body="ஒரு நாள்.", tags=("கல்கி",), language="ta"),
    "th": Article(id="th", title="เรื่อง", body="วันหนึ่ง", authors=("สุนทรภู่",), language="th"),
    "lo": Article(id="lo", title="ເລື່ອງ", body="ມື້ໜຶ່ງ", authors=("ດອກເກດ",), language="lo"),
    "km": Article(id="km", title="រឿង", body="ថ្ងៃមួយ", authors=("គង់ ប៊ុនឈឿន",), language="km"),
    "my": Article(id="my", title="ဝတ္ထု", body="တစ်နေ့", authors=("သိန်းဖေမြင့်",), language="my"),
    "zh": Article(id="zh", title="故事", body="有一天。", authors=("鲁迅",), language="zh"),
    "zh-science": Article(id="zh-science", title="新闻", body="今天。", section="科学", language="zh"),
    "ja": Article(id="ja", title="物語", body="ある日のこと。", authors=("夏目漱石",), tags=("量子",), language="ja"),
    "ko": Article(id="ko", title="소설", body="어느 날.", authors=("김영하",), language="ko"),
    "ar": Article(id="ar", title="قصة", body="ذات يوم.", authors=("نجيب محفوظ",), language="ar"),
    "ru": Article(id="ru", title="Рассказ", body="Однажды.", authors=("Антон Чехов",), language="ru"),
    "en": Article(id="en", title="A tale", body="One day.", authors=("Bo Lind",), language="en"),
}


@pytest.fixture(scope="module", params=KINDS)
def scripts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, list(SCRIPTS.values()), tmp_path_factory.mktemp("scripts")) as scripts:
        yield scripts


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("प्रेमचंद", "hi"),
        ("रेमचंद OR प्रेमचंद", "hi"),
        ("রবীন্দ্রনাথ", "bn"),
        ("রবীন্দ্রনাথ ঠাকুর", "bn"),
        ("கல்கி", "ta"),
        ("สุนทรภู่", "th"),
        ("ດອກເກດ", "lo"),
        ("ប៊ុនឈឿន", "km"),
        ("សិន OR គង់", "km"),
        ("သိန်းဖေမြင့်", "my"),
        ("鲁迅", "zh"),
        ("鲁迅的故事", "zh"),
        ("鲁迅 故事", "zh"),
        ("故事 鲁迅", "zh"),
        ("+鲁迅", "zh"),
        ("鲁迅 AND 故事", "zh"),
        ("author:鲁迅", "zh"),
        ("科学", "zh-science"),
        ("section:科学", "zh-science"),
        ("夏目漱石", "ja"),
        ("夏目漱石の小説", "ja"),
        ("夏目", "ja"),
        ("author:夏目", "ja"),
        ("author:夏目*", "ja"),
        ("+夏目漱石 -故事", "ja"),
        ("量子", "ja"),
        ("量子力学", "ja"),
        ("김영하", "ko"),
        ("محفوظ", "ar"),
        ("نجيب محفوظ", "ar"),
        ("чехов", "ru"),
    ],
)
def test_names_are_found_in_every_script(scripts: Engine, query: str, found: str) -> None:
    result = scripts.search(query, typos=False)
    assert [hit.article.id for hit in result.hits] == [found]
    assert not any("too common" in note for note in result.notes)


def test_a_name_is_found_among_words_of_another_language_than_that_of_the_archive(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add(
            [
                *ARTICLES,
                Article(id="roses", title="Des heureuses", body="Les heureuses sont dans le port.", language="fr"),
                Article(
                    id="novel", title="Un conte", body="Il est court.", authors=("Marguerite Heureuse",), language="fr"
                ),
            ]
        )
        result = engine.search("qui est Marguerite Heureuse et pour qui")
        assert [hit.article.id for hit in result.hits] == ["novel"]
        assert result.notes[0] == "no text has 'marguerite': searched for author:\"marguerite heureuse\""


def test_a_run_of_letters_is_a_name_where_it_is_all_of_an_author_s_and_texts_have_it(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([SCRIPTS["zh"], SCRIPTS["ja"], Article(id="of", title="鲁迅传", body="夏目来了。", language="zh")])
        assert {hit.article.id for hit in engine.search("鲁迅").hits} == {"zh", "of"}
        assert [hit.article.id for hit in engine.search("夏目").hits] == ["of", "ja"]


@pytest.mark.parametrize(
    ("query", "meant", "found"),
    [
        ("reilley", "o'reilly", "factor"),
        ("rilly", "o'reilly", "factor"),
        ("oreal", "l'oréal", "shop"),
        ("lorael", "l'oréal", "shop"),
        ("dartagnon", "d'artagnan", "three"),
        ("tolle", "o'toole", "film"),
    ],
)
def test_a_part_of_a_word_with_an_apostrophe_may_have_a_slip(
    tmp_path: Path, query: str, meant: str, found: str
) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        titles = {"factor": "The O\u2019Reilly factor", "shop": "L'Oréal opens", "three": "D'Artagnan and the others"}
        articles = [Article(id=name, title=title, body=BODY) for name, title in titles.items()]
        archive.add([*articles, Article(id="film", title="A film", body=BODY, authors=("Peter O'Toole",))])
        result = engine.search(query)
        assert [hit.article.id for hit in result.hits] == [found]
        assert result.correction is not None
        assert result.correction.query == meant


def test_a_name_that_is_gone_or_to_come_is_no_guess(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([*ARTICLES, Article(id="later", title="Later", body=BODY, authors=("Ed Achterberg",), date=soon)])
        correction = engine.search("ovrland").correction
        assert correction is not None
        assert correction.query == "overland"
        archive.remove(["ferry", "harbour"])
        assert archive.status()["deleted"] == 2  # not merged yet
        for gone in ("ovrland", "acterberg"):
            assert engine.search(gone).correction is None
        archive.add([Article(id="mist", title="Mist", body=BODY, authors=("Al Overlund",))])
        correction = engine.search("ovrlund").correction
        assert correction is not None
        assert correction.query == "overlund"
