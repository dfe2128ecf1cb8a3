"""Queries with slips: what they find, and what the answer says of it, on both kinds of index."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from search.query.parser import parse
from tests.memory.archive import MemoryArchive
from tests.memory.kinds import KINDS, engine_over

FILLER = "People spoke about this at length and nobody was surprised by what they had to say."
TITLES = {
    "voyager": "Voyager sends a postcard from the edge",
    "heater": "Engineers restart the heaters of Voyager",
    "trade": "Trade deficit with Japan grows",
    "trace": "Trace of poison found in a trench",
    "satellite": "A satellite for the northern harbours",
    "elysee": "Dinner at the Élysée palace",
    "redbull": "Red Bull wins again",
    "liner": "Starliner comes home",
    "kitten": "Kittens are a menace to curtains",
    "walk": "The long walk of a glacier",
    "government": "Government falls over fishing quotas",
    "typist": "What the goverment forgot",
}
ARTICLES = [Article(id=name, title=title, body=FILLER) for name, title in TITLES.items()] + [
    Article(id="byline", title="Nothing new", body=FILLER, authors=("Ann Kitton", "Bo Glaciér"), tags=("wolk",)),
    *[
        Article(
            id=f"state-{n}", title=f"Government statement number {n}", body="The government of the government. " * 20
        )
        for n in range(40)
    ],
]


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_over(request.param, ARTICLES, tmp_path_factory.mktemp("slips")) as engine:
        yield engine


def first(engine: Engine, query: str) -> str:
    hits = engine.search(query).hits
    return hits[0].article.id if hits else ""


@pytest.mark.parametrize(
    ("query", "found", "meant"),
    [
        ("voyagr postcard", "voyager", "voyager postcard"),
        ("voya postcard", "voyager", "voyager postcard"),  # not typed to its end
        ("Vyoager postcard", "voyager", "Voyager postcard"),
        ("POSTCRAD", "voyager", "POSTCARD"),
        ("oyager heaters", "heater", "voyager heaters"),
        ("trxde japan", "trade", "trade japan"),  # trade and trace are equally near
        ("trxce poison", "trace", "trace poison"),
        ("satelitte for the hrabours", "satellite", "satellite for the harbours"),
        ("elysse palace", "elysee", "élysée palace"),
        ("+kitens +curtains", "kitten", "+kittens +curtains"),
        ("title:kitens", "kitten", "title:kittens"),
        ("glacir^2 walk", "walk", "glacier^2 walk"),
        ("(glacir OR kitens) AND menace", "kitten", "(glacier OR kittens) AND menace"),
    ],
)
def test_slips_are_corrected(engine: Engine, query: str, found: str, meant: str) -> None:
    result = engine.search(query)
    assert result.hits[0].article.id == found
    assert result.correction is not None
    assert (result.correction.query, result.correction.is_shown) == (meant, True)
    assert result.notes[-1] == result.correction.note
    assert meant in result.correction.note
    without = engine.search(query, typos=False)
    assert without.correction is None
    assert len(without.hits) < len(result.hits) or without.hits[0].score != result.hits[0].score


@pytest.mark.parametrize(("query", "field"), [("Glacier kitton", "author"), ("KITTON menace", "author")])
def test_a_name_that_no_text_has_is_no_slip(engine: Engine, query: str, field: str) -> None:
    result = engine.search(query)
    assert result.correction is None
    assert f"no text has 'kitton': searched for {field}:kitton" in result.notes


@pytest.mark.parametrize(
    ("query", "found", "meant"),
    [
        ("harbuor", "satellite", "harbours"),  # no article has the singular
        ("glacirs", "walk", "glacier"),  # ... or the plural
        ("Kitens and curtians", "kitten", "Kittens and curtains"),
    ],
)
def test_slips_in_other_forms_of_a_word_are_corrected(engine: Engine, query: str, found: str, meant: str) -> None:
    result = engine.search(query)
    assert result.hits[0].article.id == found
    assert result.correction is not None
    assert result.correction.query == meant


def test_of_two_words_that_are_as_near_the_one_is_meant_that_a_headline_has_beside_the_other() -> None:
    articles = [
        *[
            Article(id=f"f{n}", title=f"Raising a flag, part {n}", body="Digital services raise a flag.")
            for n in range(5)
        ],
        Article(id="flash", title="Digital services flash sale", body=FILLER),
        Article(id="other", title="Nothing of this", body=FILLER),
    ]
    result = MemoryArchive(articles).engine().search("services flah sale")
    assert result.correction is not None
    assert result.correction.query == "services flash sale"
    assert result.hits[0].article.id == "flash"


def test_words_that_stand_in_a_row_by_chance_are_no_spelling_of_a_slip() -> None:
    articles = [
        *[Article(id=f"feedback-{n}", title=f"Feedback on part {n}", body=FILLER) for n in range(30)],
        *[Article(id=f"rebound-{n}", title=f"Red bound book {n}", body=FILLER) for n in range(5)],
        Article(id="rebound", title="A rebound", body=FILLER),
        Article(id="geese", title="The geese were fed back at the lake", body=FILLER),
    ]
    engine = MemoryArchive(articles).engine()
    correction = engine.search("fedback").correction
    assert correction is not None
    assert (correction.query, correction.is_shown) == ("feedback", True)
    assert engine.search("redbound").correction is None  # written as two by more
    assert engine.search("redbound").total == 5


def test_the_words_are_named(engine: Engine) -> None:
    correction = engine.search("satelitte hrabours").correction
    assert correction is not None
    assert correction.words == (("satelitte", "satellite"), ("hrabours", "harbours"))
    assert correction.note == "no article has 'satelitte' or 'hrabours': showing results for 'satellite harbours'"


@pytest.mark.parametrize(
    "query",
    [
        "voyager postcard",
        "the of and",
        "kitten",  # another form of a word that is there
        "redbull",  # written as two words
        "star liner",  # written as one
        '"voyagr postcard"',
        "voyager -kitens",
        "voyager NOT kitens",
        "kitens*",
        "kit?ns",
        "kitens~",
        "author:kitens",
        "title:",
        "xqzkwv",  # near to nothing
        "kit3ns",
        "@kitens",
        "https://site.example/kitens",
        "mon",
        "12345",
    ],
)
def test_what_is_right_or_meant_so_stays(engine: Engine, query: str) -> None:
    result = engine.search(query)
    assert result.correction is None
    assert result.hits == engine.search(query, typos=False).hits


def test_stop_words_of_any_language_are_right() -> None:
    articles = [
        *ARTICLES,
        Article(id="thaw", title="A thaw on the lake, and what it weighs", body=FILLER),
        Article(id="fr", title="Elan et chat dans la neige", body="Le chat dort sous la neige.", language="fr"),
    ]
    engine = MemoryArchive(articles).engine()
    for query in ("that voyager", "elle voyager", "with postcard", "le chat avec"):
        assert engine.search(query).correction is None, query
    assert engine.search("thax lake").correction is not None


def test_a_rare_word_is_searched_first_and_the_common_one_offered(engine: Engine) -> None:
    result = engine.search("goverment")
    assert result.hits[0].article.id == "typist"
    assert result.total == 42
    correction = result.correction
    assert correction is not None
    assert (correction.query, correction.is_shown) == ("government", False)
    assert correction.note == "did you mean 'government'?"
    assert engine.search("goverment", typos=False).total == 1


def test_a_condition_that_finds_something_is_not_replaced(engine: Engine) -> None:
    result = engine.search("voyager AND (heaters OR postcrad)")
    assert [hit.article.id for hit in result.hits] == ["heater"]
    assert result.correction is not None
    assert not result.correction.is_shown


def test_a_correction_never_finds_less(engine: Engine) -> None:
    rng = random.Random(5)
    words = sorted({word for title in TITLES.values() for word in title.lower().split() if word.isascii()})
    corrected = 0
    for _ in range(100):
        chosen = [list(word) for word in rng.sample(words, 3)]
        slip = rng.choice(chosen)
        slip[rng.randrange(len(slip))] = rng.choice("abcdefgxyz")
        query = rng.choice([" ", " AND "]).join("".join(word) for word in chosen)
        result = engine.search(query)
        if result.correction is not None:
            corrected += 1
            meant, index = result.correction.query, engine.index()
            if result.correction.is_shown:
                assert engine.search(meant, typos=False).total >= engine.search(query, typos=False).total, query
            assert len(index.match(parse(meant), None, [])) >= len(index.match(parse(query), None, [])), query
    assert corrected > 20


def test_another_generation_knows_its_own_words(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive, open_engine(tmp_path) as engine:
        archive.add([Article(id="a", title="Voyager")])
        assert first(engine, "voyagr") == "a"
        assert first(engine, "pionear") == ""
        archive.add([Article(id="b", title="Pioneer")])
        assert first(engine, "pionear") == "b"
        archive.remove(["a"])
        assert first(engine, "voyagr") == ""


PIECES = """kitens voyagr +trxde -glacir NOT AND OR ( ) " ' ~2 * ? : title: author: ^9 [ TO ] { } « ” # @ . .. - -- \\ /
http:// é \u0301 \u00ad 量子 กา 한국 \ud800 \x00 \U0001f600 1.2 kit3ns \t \n""".split(" ")


def hostile(seed: int, count: int) -> Iterator[str]:
    """Queries of pieces that mean something somewhere, with blanks and without."""
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice([" ", ""]).join(rng.choices(PIECES, k=rng.randint(1, 12)))


LONG = ["a" * 100_000, "kitens " * 2000, "kitens" * 50, "(" * 400 + "kitens", '"' * 999 + "kitens", "x-" * 5000]


def test_hostile_queries(engine: Engine) -> None:
    started = time.perf_counter()
    corrected = 0
    for query in [*LONG, *hostile(1, 400)]:
        if query.strip():
            result = engine.search(query, limit=3)
            if result.correction is not None:
                corrected += 1
                assert len(result.correction.words) <= 4
    assert corrected > 50
    assert time.perf_counter() - started < 300


def of_two_languages() -> Engine:
    """Many English articles and one in Spanish, by whose rules English slips have the stems of its words."""
    spanish = "La tecnología es de la comunidad, con la colaboración y la comunicación de un interés común."
    names = ["technology", "community", "collaboration", "communication", "experience", "release", "never"]
    english = [
        Article(id=f"{name}-{n}", title=f"The {name} of part {n}", body=FILLER, language="en")
        for name in names
        for n in range(30)
    ]
    more = [
        Article(id="es", title="Un día en la vida", body=spanish, language="es"),
        Article(id="expiry", title="The expiry of a contract", body=FILLER, language="en"),
        Article(id="rel", title="What rel stands for", body=FILLER, language="en"),
        *[Article(id=f"new-{n}", title=f"New house {n}", body=FILLER, language="en") for n in range(40)],
    ]
    return MemoryArchive([*english, *more]).engine()


def test_a_slip_that_other_words_have_the_stem_of_is_corrected() -> None:
    engine = of_two_languages()
    for slip, meant in {
        "tecnology": "technology",
        "comunity": "community",
        "colaboration": "collaboration",
        "comunication": "communication",
        "expirience": "experience",  # in English that of "expiry", too
        "relase": "release",  # in Spanish that of "rel"
    }.items():
        result = engine.search(slip)
        assert result.correction is not None, slip
        assert (result.correction.query, result.correction.is_shown) == (meant, True)
        assert result.total == engine.search(meant).total
        assert result.total > engine.search(slip, typos=False).total > 0


def test_another_form_of_a_word_is_right_whatever_is_near_it() -> None:
    engine = of_two_languages()
    for right in ("newer", "tecnologias", "comunes", "expiries", "technologies", "communicate"):
        result = engine.search(right)
        assert result.correction is None, right
        assert result.total > 0, right


def test_a_rare_word_that_is_spelt_as_people_misspell_is_asked_about() -> None:
    titles = ["experience", "decision", "philippine", "johnson", "starting", "process"]
    articles = [Article(id=f"{name}-{n}", title=f"{name} {n}", body=FILLER) for name in titles for n in range(40)]
    slips = {"expirience": "experience", "decsiion": "decision", "phillipine": "philippine", "prrocess": "process"}
    names = ["johnsen", "johnsson", "starling", "prowess"]
    rare = [Article(id=name, title=name, body=FILLER) for name in [*slips, *names]]
    by = Article(id="by", title="Nothing", body=FILLER, authors=("Sam Johnsson",))
    engine = MemoryArchive([*articles, *rare, by]).engine()
    for slip, meant in slips.items():
        result = engine.search(slip)
        assert result.correction is not None, slip
        assert (result.correction.query, result.correction.is_shown) == (meant, False)
        assert result.hits == engine.search(slip, typos=False).hits
        assert result.total == 1  # as it is typed
    for name in names:
        assert engine.search(name).correction is None, name


def articles_of(counts: dict[str, int]) -> Engine:
    """An archive with so many articles whose title and text each have a word."""
    return MemoryArchive(
        [
            Article(id=f"{word}-{n}", title=f"{word} number {n}", body=f"{FILLER} {word}")
            for word, count in counts.items()
            for n in range(count)
        ]
    ).engine()


@pytest.mark.parametrize(
    ("typed", "archive"),
    [
        ("aquisition acquisition", {"aquisition": 12, "acquisition": 280}),
        ("volker volcker", {"volker": 1, "volcker": 40}),
        ("acces access", {"acces": 1, "access": 40}),
        ("adres address", {"adres": 1, "address": 60}),
        ("recieved received", {"recieved": 11, "received": 240}),
        ("semiconducter semiconductor", {"semiconducter": 2, "semiconductor": 60}),
        (
            "divident dividend",
            {"divided": 20, "dividend": 120},
        ),  # which nobody writes
    ],
)
def test_a_word_far_rarer_than_one_a_slip_away_is_asked_about(typed: str, archive: dict[str, int]) -> None:
    word, meant = typed.split()
    engine = articles_of(archive)
    result = engine.search(word, limit=50)
    assert result.correction is not None
    assert (result.correction.query, result.correction.is_shown) == (meant, False)
    assert result.total == max(archive.get(word, 0), archive.get("divided", 0))  # nothing else is shown
    assert engine.search(meant).correction is None


@pytest.mark.parametrize(
    ("word", "archive"),
    [
        ("aquisition", {"aquisition": 12, "acquisition": 120}),  # ten times as common
        ("stalking", {"stalking": 1, "talking": 100}),  # the first letter
        ("form", {"form": 1, "from": 1, "farm": 100}),  # a short word
        ("volker", {"volker": 4, "volcker": 40}),
        ("houses", {"house": 9, "horses": 40}),  # nobody writes it, but it is an inflection
    ],
)
def test_a_word_that_may_be_right_is_not_asked_about(word: str, archive: dict[str, int]) -> None:
    assert articles_of(archive).search(word).correction is None


def test_letters_at_each_others_places_are_one_slip() -> None:
    engine = articles_of({"economy": 30, "ecomonic": 1, "python": 3})
    for typed, meant in (("ecomony", "economy"), ("phyton", "python")):
        correction = engine.search(typed).correction
        assert correction is not None
        assert (correction.query, correction.is_shown) == (meant, True)


def test_an_inflection_is_found_though_another_language_leaves_the_word_as_it_is() -> None:
    articles = [
        *ARTICLES,
        Article(id="series", title="Новый сериал", body="Сериал понравился.", language="ru"),
        Article(id="houses", title="در خانه‌ها", body="خانه‌ها رسید.", language="fa"),
    ]
    engine = MemoryArchive(articles).engine()
    for typed in ("сериалы", "сериалов", "сериалу", "новые сериалы"):
        assert first(engine, typed) == "series", typed
    assert first(engine, "خانه") == "houses"


SCRIPTS = [
    Article(id="es", title="La inflación sube", body="La inflación sube.", language="es"),
    Article(id="ar", title="افتتاح القاهرة", body="القاهرة مدينة كبيرة", language="ar"),
    Article(id="fa", title="کتاب‌های تازه", body="کتاب‌ها رسید.", language="fa"),
    Article(id="hi", title="दिल्ली में प्रदूषण बढ़ा", body="प्रदूषण से लोग परेशान।", language="hi"),
    Article(id="bn", title="ঢাকায় বৃষ্টি", body="বাংলাদেশে বৃষ্টি হচ্ছে।", language="bn"),
    Article(id="ta", title="சென்னையில் கனமழை", body="சென்னையில் கனமழை பெய்தது.", language="ta"),
]


@pytest.fixture(scope="module")
def engine_of_scripts() -> Engine:
    return MemoryArchive([*ARTICLES, *SCRIPTS]).engine()


@pytest.mark.parametrize(
    ("query", "found", "meant"),
    [
        ("¿inflasión?", "es", "¿inflación?"),
        ("¡inflasión!", "es", "¡inflación!"),
        ("inflasión…", "es", "inflación…"),
        ("inflasión–", "es", "inflación–"),
        ("'inflasión'", "es", "'inflación'"),
        ("القاهىة؟", "ar", "القاهرة؟"),
        ("القاهىة،", "ar", "القاهرة،"),
        ("کناب\u200cها", "fa", "کتابها"),  # with a joiner that nobody sees
        ("प्रदूषन", "hi", "प्रदूषण"),
        ("প্রদূষন বৃষ্ঠি", "bn", "প্রদূষন বৃষ্টি"),
        ("சென்னயில்", "ta", "சென்னையில்"),
        ("postcrad。", "voyager", "postcard。"),
        ("[postcrad]", "voyager", "[postcard]"),
        ("#postcrad", "voyager", "#postcard"),
        ("postcrad™", "voyager", "postcard "),
        ("post\u00adcrad", "voyager", "postcard"),
        ("\u200fpostcrad", "voyager", "\u200fpostcard"),
        ("postcrad|edge", "voyager", "postcard|edge"),
        ('"postcrad edge', "voyager", '"postcard edge'),
    ],
)
def test_slips_beside_signs_and_in_every_script_are_corrected(
    engine_of_scripts: Engine, query: str, found: str, meant: str
) -> None:
    result = engine_of_scripts.search(query)
    assert [hit.article.id for hit in result.hits][:1] == [found]
    assert result.correction is not None
    assert (result.correction.query, result.correction.is_shown) == (meant, True)


def test_what_signs_make_something_else_of_is_no_slip(engine_of_scripts: Engine) -> None:
    for query in (
        "@postcrad",
        "a@postcrad.example",
        "postcrad@a.example",
        "postcrad.example",
        "$postcrad",
        "postcrad#",
        "postcrad_2",
        "p*stcrad",
        "“postcrad edge”",
        "voyager -प्रदूषन",
    ):
        assert engine_of_scripts.search(query).correction is None, query


def of_languages(articles: dict[str, list[tuple[str, str, int]]]) -> Engine:
    """So many articles with a title and a text, by their language."""
    return MemoryArchive(
        [
            Article(id=f"{code}{n}-{m}", title=f"{title} {m}", body=body, language=code)
            for code, of_language in articles.items()
            for n, (title, body, copies) in enumerate(of_language)
            for m in range(copies)
        ]
    ).engine()


@pytest.mark.parametrize(
    ("typed", "meant", "articles"),
    [
        # by Italian rules "formerle" has the stem of a part of "FormValidator"
        ("formerle", "formerly", {"en": [("Story", "It was formerly so.", 7)], "it": [("Il FormValidator", "E.", 1)]}),
        # "is" and "covered" are in an article, and not next to each other
        ("iscovered", "discovered", {"en": [("Story", "We discovered it.", 9), ("What it is", "A covered roof.", 1)]}),
        # nobody writes "uing"
        ("isuing", "issuing", {"en": [("Story", "The issuing of bonds.", 6), ("What is u", "A u.", 9)]}),
    ],
)
def test_a_slip_is_one_though_parts_of_it_are_words(
    typed: str, meant: str, articles: dict[str, list[tuple[str, str, int]]]
) -> None:
    correction = of_languages(articles).search(typed).correction
    assert correction is not None
    assert (correction.query, correction.is_shown) == (meant, True)


def test_a_word_and_a_stop_word_in_one_are_found_where_nothing_is_near_them() -> None:
    engine = of_languages({"en": [("The Hague", "In the Hague.", 3), ("Rain", "It fell.", 3)]})
    result = engine.search("thehague")
    assert (result.total, result.correction) == (3, None)


def test_a_name_is_not_asked_about_whatever_stem_it_has() -> None:
    articles = [
        *[Article(id=f"ruf-{n}", title=f"Ort {n}", body="Sie rufen, alle rufen.", language="de") for n in range(40)],
        Article(id="rub", title="Polish", body="You rub it.", language="en"),  # by German rules the stem of "ruben"
        Article(id="chess", title="Chess", body="A game.", language="en", authors=("Ruben Molina",)),
    ]
    result = MemoryArchive(articles).engine().search("Ruben Molina")
    assert result.correction is None
    assert [hit.article.id for hit in result.hits] == ["chess"]
