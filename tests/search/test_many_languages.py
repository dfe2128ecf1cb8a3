"""An archive in eighteen languages and ten scripts: what is typed finds the article it is meant for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.engine import Engine
from tests.faults import flush_nothing

ARTICLES = {
    # Latin
    "en-harbour": ("en", "The harbour opens a new pier", "Fishing boats landed at the pier in the morning."),
    "en-cherry": ("en", "Cherry growers expect a good year", "The cherry trees are in bloom. A cherry a day."),
    "en-luna": ("en", "Luna-25 is lost", "The Luna probe struck the surface of the Moon."),
    "de-strasse": ("de", "Straße in Gießen gesperrt", "Die Straßen bleiben bis Freitag zu, sagt Frau Müller."),
    "de-schiff": ("de", "Neue Donau\u00addampf\u00adschiff\u00adfahrt", "Das Schiff fährt ab Mai."),
    "fr-coeur": ("fr", "Le cœur de l’œuvre", "Une sœur et ses années à l'opéra."),
    "fr-lune": ("fr", "La Lune se couche", "On voit la lune au-dessus du port."),
    "es-ano": ("es", "Feliz año nuevo", "El año empieza con lluvia."),
    "es-latin": ("es", "El ano en los libros de medicina", "Un capítulo sobre el ano."),
    "pl-lodz": ("pl", "Łódź otwiera muzeum tramwajów", "Wałęsa był na otwarciu."),
    "tr-kopru": ("tr", "Diyarbakır'da yeni köprü", "Kadıköy vapuru da yenileniyor."),
    "da-vind": ("da", "Ørsted bygger vindmøller", "Møllerne står ved Ærø."),
    "vi-cang": ("vi", "Đồng Nai khởi công cảng mới", "Cảng mới ở Đồng Nai."),
    # Cyrillic and Greek
    "ru-more": ("ru", "Новый маяк на Белом море", "Ёлки растут у маяка."),
    "el-limani": ("el", "Το λιμάνι της Σάμου", "Τα καΐκια γύρισαν στο λιμάνι."),
    # Arabic and Hebrew
    "ar-maktaba": ("ar", "افتتاح مكتبة أحمد", "تضم المكتبة كُتُبًا قديمة."),
    "ar-sayyarat": ("ar", "سيارات جديدة في السوق", "وصلت السيارات أمس."),
    "ur-kitabon": ("ur", "نئی کتابوں کی دکان", "شہر میں کھل گئی۔"),
    "he-telaviv": ("he", "חגיגה בתל אביב", "הספרייה נפתחה ליד הים."),
    "fa-ketab": ("fa", "به کتاب\u200cخانه می\u200cروم", "کتاب‌های تازه رسید."),
    "he-tsahal": ("he", "צה״ל הודיע על תרגיל", "הספר החדש יצא בארה״ב."),
    # India
    "hi-kitab": ("hi", "नई किताबें आईं", "पुस्तकालय में किताबें हैं।"),
    # scripts without blanks
    "th-wage": ("th", "รัฐบาลประกาศขึ้นค่าแรงขั้นต่ำ", "มีผลในกรุงเทพเดือนหน้า"),
    "th-rain": ("th", "ฝนตกหนักที่ภูเก็ต", "ถนนหลายสายถูกปิด"),
    "km-bridge": ("km", "ភ្នំពេញបើកស្ពានថ្មី", "ស្ពានឆ្លងទន្លេ"),
    "my-rain": ("my", "ရန်ကုန်မြို့တွင် မိုးရွာသည်", "လမ်းများ ပိတ်ထားသည်"),
    "zh-quantum": ("zh", "量子计算机的新进展", "研究人员用量子比特做实验。"),
    "zh-measure": ("zh", "测量种子的重量", "孩子们用秤测量。"),
    "zh-table": ("zh", "桌子的价格", "孩子的桌子，重量不大。"),
    "ja-computer": ("ja", "量子コンピュータの実現に向けて", "がっこうで話した。"),
    "ja-tea": ("ja", "京都のお茶", "お茶の木と山。"),
    "ko-seoul": ("ko", "서울에서 열린 축제", "서울의 밤과 축제를 즐겼다."),
    "ko-busan": ("ko", "부산으로 가는 기차", "기차가 늦었다."),
}

# what is typed, and what comes first
QUERIES = {
    "harbor pier": "en-harbour",
    "landing at the pier": "en-harbour",
    "cherry": "en-cherry",
    "luna": "en-luna",
    "Strasse": "de-strasse",
    "STRASSE": "de-strasse",
    "Giessen": "de-strasse",
    "Mueller": "de-strasse",
    "Muller": "de-strasse",
    "donaudampfschifffahrt": "de-schiff",
    "coeur": "fr-coeur",
    "œuvre": "fr-coeur",
    "oeuvre": "fr-coeur",
    "soeur": "fr-coeur",
    "annees": "fr-coeur",
    "lunes": "fr-lune",
    "año": "es-ano",
    "Lodz": "pl-lodz",
    "łódź": "pl-lodz",
    "walesa": "pl-lodz",
    "Diyarbakir": "tr-kopru",
    "kadikoy": "tr-kopru",
    "Orsted": "da-vind",
    "aero": "da-vind",
    "dong nai": "vi-cang",
    "маяки": "ru-more",
    "елки": "ru-more",
    "λιμανι": "el-limani",
    "مكتبة": "ar-maktaba",
    "مكتبه": "ar-maktaba",
    "احمد": "ar-maktaba",
    "کتابخانه": "fa-ketab",
    "میروم": "fa-ketab",
    "כתב OR צהל": "he-tsahal",
    'צה"ל': "he-tsahal",
    "ארהב": "he-tsahal",
    "ספר": "he-tsahal",
    "תל אביב": "he-telaviv",
    '"תל אביב"': "he-telaviv",
    "ספריה": "he-telaviv",
    "ספרייה": "he-telaviv",
    "ים": "he-telaviv",
    "مكتبات": "ar-maktaba",
    "سيارة": "ar-sayyarat",
    "किताब": "hi-kitab",
    "ค่าแรง": "th-wage",
    "กรุงเทพ": "th-wage",
    "ภูเก็ต": "th-rain",
    "ភ្នំពេញ": "km-bridge",
    "ស្ពាន": "km-bridge",
    "ရန်ကုန်": "my-rain",
    "量子比特": "zh-quantum",
    "重量": "zh-measure",
    "秤": "zh-measure",
    "コンピュータ": "ja-computer",
    "量子コンピュータの実現": "ja-computer",
    "がっこう": "ja-computer",
    "お茶": "ja-tea",
    "서울": "ko-seoul",
    "축제": "ko-seoul",
    "부산": "ko-busan",
    "기차는": "ko-busan",
}

# what is typed, and all that has it
EXACTLY = {
    "کتاب": {"fa-ketab", "ur-kitabon"},
    "کتابها": {"fa-ketab", "ur-kitabon"},
    "יד": set(),  # and not ליד, beside
    "รัฐบาลประกาศขึ้นค่าแรงขั้นต่ำ?": {"th-wage"},
    "किताबें?": {"hi-kitab"},
    "(किताबें?)": {"hi-kitab"},
    "กรุงเทพ*": {"th-wage"},
    "コンピュータ*": {"ja-computer"},
    "量子": {"zh-quantum", "ja-computer"},
    '"量子"': {"zh-quantum", "ja-computer"},
    "+luna": {"en-luna", "fr-lune"},
    "+ano": {"es-ano", "es-latin"},
    "ค่าแรง": {"th-wage"},
    "서울": {"ko-seoul"},
    "种子的重量": {"zh-measure"},  # and not what has two of its characters in a row
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("languages") / "archive"
    with pytest.MonkeyPatch.context() as patch:
        flush_nothing(patch)
        with Archive.create(path) as archive:
            archive.add(
                (
                    Article(id=name, title=title, body=body, language=code)
                    for name, (code, title, body) in ARTICLES.items()
                ),
                workers=1,
            )
        with open_engine(path) as opened:
            yield opened


def test_the_archive_is_of_many_languages_and_scripts(engine: Engine) -> None:
    assert len(engine.index().languages()) >= 18
    assert engine.index().num_docs == len(ARTICLES)


@pytest.mark.parametrize(("typed", "first"), QUERIES.items(), ids=list(QUERIES))
def test_what_is_typed_finds_its_article_first(engine: Engine, typed: str, first: str) -> None:
    found = engine.search(typed, limit=3).hits
    assert [hit.article.id for hit in found][:1] == [first]


@pytest.mark.parametrize(("typed", "all_of_them"), EXACTLY.items(), ids=list(EXACTLY))
def test_only_articles_with_the_word_are_counted(engine: Engine, typed: str, all_of_them: set[str]) -> None:
    found = engine.search(typed, limit=30)
    assert {hit.article.id for hit in found.hits} == all_of_them
    assert found.total == len(all_of_them)


@pytest.mark.parametrize("name", ARTICLES)
def test_every_headline_finds_its_article_first(engine: Engine, name: str) -> None:
    title = ARTICLES[name][1]
    assert [hit.article.id for hit in engine.search(title, limit=1).hits] == [name]
