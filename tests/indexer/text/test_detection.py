"""The language of a text, told from the text."""

from __future__ import annotations

import pytest

from indexer.text.detection import detected_language

TEXTS = {
    "en": "The harbour has been open since the morning, and the first of the ferries left at noon with forty people.",
    "de": "Der Hafen ist seit heute Morgen wieder geöffnet, und die erste Fähre legte am Mittag mit vierzig Leuten ab.",
    "fr": "Le port est ouvert depuis ce matin, et les premiers bacs sont partis à midi avec ceux qui attendaient.",
    "es": "El puerto está abierto desde esta mañana, y los primeros barcos salieron al mediodía con cuarenta personas.",
    "nl": "De haven is sinds vanochtend weer open, en de eerste veerboot vertrok om twaalf uur met veertig mensen.",
    "sv": "Hamnen har varit öppen sedan i morse, och den första färjan avgick vid middagstid med fyrtio personer.",
    "pl": "Port jest otwarty od rana, a pierwszy prom odpłynął w południe z czterdziestoma osobami na pokładzie.",
    "cs": "Přístav je od rána otevřený a první trajekt vyplul v poledne se čtyřiceti lidmi, kteří na něj čekali.",
    "uk": "Порт відкрито з самого ранку, і перший пором вирушив опівдні з сорока людьми на борту.",
    "ja": "連絡船は昨夜、北の桟橋の沖で沈没した。",
    "zh": "渡轮昨晚在北码头附近沉没，没有人受伤。",
    "ar": "الميناء مفتوح منذ الصباح وغادرت أول عبارة عند الظهر وعلى متنها أربعون شخصا.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_is_enough(language: str) -> None:
    text = TEXTS[language]
    assert detected_language(text) == language
    assert detected_language(text.upper(), "fr") == language
    assert detected_language(text.replace(" ", "\n"), "sv") == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Wilhelm Gustloff",
        "\x00\n \t",
        "https://site.example/2024/05/fair.html 2024-05-01",
        "x = {'a': [1, 2, 3]}; print(x['a'][0])",
        "Zxq vbn mklp " * 40,
        "".join(TEXTS[language][:40] for language in ("de", "pl", "es", "fr", "sv", "nl", "cs")),
        "\ud800" * 100,
        "\ud800" + "zxqv" * 100,
    ],
)
def test_what_is_too_short_or_not_clear_has_none(text: str) -> None:
    assert detected_language(text) == ""
