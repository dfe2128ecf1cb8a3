"""Excerpts: what is marked agrees with a slow reading of every word, and what is shown reads well."""

from __future__ import annotations

import gzip
import html
import json
import re
import tracemalloc
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.text.analyzer import analyzer_for
from indexer.text.words import folded, normalize, word_forms
from search.excerpt import passages
from search.excerpt.highlighter import MIN_LENGTH, Highlighter, teaser
from search.excerpt.passages import MAX_SCANNED
from search.query.fitting import term_test, word_test
from search.query.tree import Fuzzy, MultiTerm, Prefix, TermRange, Wildcard
from search.results import Excerpt, to_html

FILLER = "Nothing of note was said about it in the capital on that day. "


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.marks]


def collapsed(text: str) -> str:
    return " ".join(text.split())


def read_slowly(
    text: str, terms: Collection[str], patterns: Collection[MultiTerm] = (), language: str = "en"
) -> list[str]:
    """The terms of the words to mark, by running every word through the analyzer."""
    found = []
    for form in word_forms(text):
        written, term = folded(analyzer_for(language).words_of([form])[0]), analyzer_for(language).term(form)
        if term and (term in terms or any(word_test(p)(written) or term_test(p)(term) for p in patterns)):
            found.append(term)
    return found


def some_pattern(random: Random, form: str) -> MultiTerm:
    """Something that stands for many words, this one among them."""
    place = random.randrange(len(form))
    match random.randrange(4):
        case 0:
            return Prefix("text", form[: place + 1])
        case 1:
            return Wildcard("text", form[:place].replace("[", "?") + random.choice("?*") + "*")
        case 2:
            start = random.randint(0, 2)
            return Fuzzy(
                "text", form + random.choice(("", "s")), random.randint(1, 2), start, random.choice(("", form))
            )
    return TermRange("text", *sorted((form, random.choice(("a", "moon")))))


def terms_marked(excerpt: Excerpt, language: str, expected: Collection[str]) -> list[str]:
    """The terms of the words marked. A word is marked with the combining marks on its last letter, which may be no part
    of the word: then they are left out."""
    terms = analyzer_for(language).terms
    found = []
    for word in marked(excerpt):
        bare = word
        while bare and not set(terms(bare)) <= set(expected):
            bare = bare[:-1]
        assert all(unicodedata.category(c)[0] == "M" for c in unicodedata.normalize("NFKC", word[len(bare) :]))
        found += terms(bare)
    return found


def check_marks(excerpt: Excerpt) -> None:
    end = 0
    for start, stop in excerpt.marks:
        assert end <= start < stop <= len(excerpt.text)
        end = stop
    shown = to_html(excerpt)
    assert html.unescape(re.sub("</?mark>", "", shown)) == html.unescape(html.escape(excerpt.text))
    assert shown.count("<mark>") == shown.count("</mark>") == len(excerpt.marks)


def check_excerpt(excerpt: Excerpt, body: str, length: int) -> None:
    check_marks(excerpt)
    text, whole = excerpt.text, collapsed(body)
    assert len(text) <= length
    if len(whole) <= length:
        assert text == whole
        return
    shown = text.removeprefix("... ").removesuffix(" ...")
    assert shown
    if shown not in whole:  # several passages
        assert re.search(re.escape(shown).replace(re.escape(" ... "), " (?:.* )?"), whole) is not None
    assert whole.startswith(shown.split(" ... ")[0]) or text.startswith("... ")
    assert whole.endswith(shown.split(" ... ")[-1]) or text.endswith(" ...")


# Every text has a bound: Hypothesis remembers all it has drawn, so memory grows with examples times their size.
# Characters that are one word at most, and in company the same as alone, which a sigma (or "𝚺") is not.
CHARACTERS = st.characters(exclude_characters="<>").filter(
    lambda c: len(word_forms(c)) <= 1 and "Σ" not in normalize(c)
)
ODD = "aéßx'’Iİi\u0301\u0308\u20dd\u3099ﬁ…中國ガｶﾞ가कि\u094d\u0e01\u0e31\u05d0\u05b81１＿_-. \u00a0\u200c\u200d\n"
# Voicing marks without the kana that they belong to are words to the index, and marks on what is before to the reader.
_VOICING = "\u3099\u309a\uff9e\uff9f"
ODD_TEXT = st.text(st.one_of(CHARACTERS, st.sampled_from(ODD)), max_size=40).filter(
    lambda text: not any(mark in text for mark in _VOICING)
)
HEADS = (
    "l d t y sk us ad tr fl ow be hop run ski univers relat sens stab mob abil commun gener arsen qu die lie tie dy ly "
    "ty café étud naïv hôtel o'chin straß œuvr ærø"
)
TAILS = (
    "s es e ed ing ly y ies ied ier er ors ation ational ization izer fulness iveness ousness bility ably ibly ency "
    "ance ally alism ality ivity ical icate ology ement 's s' 'd eed eedly ingly edly ness ful less us yl"
)
WORDS = st.builds(
    lambda head, tails: head + "".join(tails),
    st.sampled_from(HEADS.split()),
    st.lists(st.sampled_from(TAILS.split()), max_size=3),
)
SEPARATORS = st.sampled_from(
    [" ", "\n\n", "\t", ", ", "-", "_", ". ", " “", "” ", "’ ", " '", "' ", "…", "\u00a0", " — "]
)
WEIGHTS = st.sampled_from([0.0, 0.5, 1.0, 2.5, 9.0])
PROSE = st.lists(st.one_of(WORDS, WORDS.map(str.upper), SEPARATORS), max_size=30).map("".join)


# What is marked


@settings(deadline=None)
@given(st.one_of(PROSE, ODD_TEXT), st.sampled_from(["en", "fr", "de", "xx"]), st.randoms())
def test_a_title_marks_exactly_the_words_that_have_a_wanted_term(text, language, random) -> None:
    present = sorted(set(analyzer_for(language).terms(text)))
    terms = random.sample(present, random.randint(0, min(3, len(present))))
    excerpt = Highlighter([*terms, "absent"], language=language).title(text)
    check_marks(excerpt)
    assert excerpt.text == text
    expected = read_slowly(text, terms, language=language)
    assert terms_marked(excerpt, language, expected) == expected


@settings(deadline=None)
@given(st.one_of(PROSE, ODD_TEXT), st.sampled_from(["en", "fr"]), st.randoms())
def test_a_title_marks_exactly_the_words_that_a_pattern_stands_for(text, language, random) -> None:
    forms = sorted({folded(form.strip("'")) for form in word_forms(text)} - {""})
    patterns = [some_pattern(random, form) for form in random.sample(forms, min(2, len(forms)))]
    excerpt = Highlighter([], patterns, language=language).title(text)
    check_marks(excerpt)
    expected = read_slowly(text, (), patterns, language)
    assert terms_marked(excerpt, language, expected) == expected


def test_letters_that_are_compared_as_two_are_marked_in_english_text() -> None:
    assert marked(
        Highlighter(["aerosol"], [Prefix("text", "oeuv")]).title("An \xc6rosol of \u0153uvres and \xe6rosol")
    ) == [
        "\xc6rosol",
        "\u0153uvres",
        "\xe6rosol",
    ]
    assert marked(Highlighter(["aerosol"]).title("An \xc6rosol of \xe6rosols")) == ["\xc6rosol", "\xe6rosols"]


def test_every_form_of_a_newswire_is_found_by_its_stem(shared: Callable[[str], Path]) -> None:
    forms: set[str] = set()
    with gzip.open(shared("collections/reuters/docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            forms.update(word_forms(json.loads(line)["text"]))
    term = analyzer_for("en").term
    missed = [f for f in forms if (t := term(f)) and marked(Highlighter([t]).title(f)) != [f.strip("'")]]
    assert len(forms) > 40_000
    assert missed == []


@pytest.mark.parametrize(
    ("text", "forms", "expected"),
    [
        ("Dying skies: he lies, tied, vying, using flies", "die sky lie tie vie use fly", 7),
        ("Hoping, hopes, hoped, and a hop", "hope", 3),
        ("Relations relate, and are related", "relating", 3),
        ("The china cabinet, the chinaware and Indochina", "china", 1),
        ("CAFÉ, cafés and Cafe\u0301", "cafe", 3),
    ],
)
def test_forms_far_from_their_stem_are_marked(text: str, forms: str, expected: int) -> None:
    assert len(Highlighter(analyzer_for("en").terms(forms)).title(text).marks) == expected


@pytest.mark.parametrize(
    ("text", "form", "word"),
    [
        ("the Moon’s far side", "moon", "Moon’s"),
        ("probe Chang’e 6 lands", "chang'e", "Chang’e"),
        ("the 'moon' landing", "moon", "moon"),
        ("five moons' orbits", "moon", "moons"),
        ("wait… Moon", "moon", "Moon"),
        ("½ … ﬁnancial ﬂights", "flight", "ﬂights"),
        ("ＭＯＯＮ ｌａｎｄｉｎｇ", "moon", "ＭＯＯＮ"),
        ("İİİ…İ Istanbul", "istanbul", "Istanbul"),
        ("Foo™ … moon²", "moon2", "moon²"),
        ("zx\u0302y naï\u0308ve ǆ MOON", "moon", "MOON"),
        ("🚀🇨🇳 Moon 🌕", "moon", "Moon"),
        ("פגישה עם moon בירח", "moon", "moon"),
        ("snake_moon_case", "moon", "moon"),
    ],
)
def test_a_mark_covers_the_word_as_written(text: str, form: str, word: str) -> None:
    assert marked(Highlighter(analyzer_for("en").terms(form)).title(text)) == [word]


@pytest.mark.parametrize(
    ("text", "language", "form", "words"),
    [
        ("0/İ0", "en", "0", ["0"]),  # İ is i and a combining dot in lower case
        ("q\u0301b b \u0301b", "xx", "b", ["b", "b"]),
        ("q\u0301'b b' '\u0301b", "xx", "b", ["b", "b"]),
        ("दिल्ली ली", "hi", "ली", ["ली"]),
        ("क्\u200dष ष", "hi", "ष", ["ष"]),
        ("מָלֵא לֵא", "he", "לֵא", ["לֵא"]),
        ("中\u0301b中", "xx", "b", ["b"]),
    ],
)
def test_letters_after_a_mark_are_part_of_its_word(text: str, language: str, form: str, words: list[str]) -> None:
    terms = analyzer_for(language).terms(form)
    assert marked(Highlighter(terms, language=language).title(text)) == words
    assert len(read_slowly(text, terms, language=language)) == len(words)


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("量子力学と量", ["量子"], ["量子"]),
        ("量子力学と量", ["量子", "子力", "力学"], ["量子力学"]),
        ("กินน้ำ กิน", ["กิน"], ["กิน", "กิน"]),
        ("Ver\u00adkehr", ["verkehr"], ["Ver\u00adkehr"]),
        ("word\u2060joiner 月", ["wordjoin"], ["word\u2060joiner"]),
        ("WHO warns who", ["!who"], ["WHO", "who"]),
    ],
)
def test_words_are_marked_as_they_are_indexed(text: str, terms: list[str], expected: list[str]) -> None:
    assert marked(Highlighter(terms).title(text)) == expected


@pytest.mark.parametrize("part", ["é", "e\u0323\u0301", "é'"])
def test_a_word_without_end_takes_little_more_memory_than_its_text(part: str) -> None:
    text = "é " + part * 100_000
    tracemalloc.start()
    try:
        assert len(word_forms(text)) == 2
        assert tracemalloc.get_traced_memory()[1] < 20 * len(text)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("sign", "“”„‟«»‹›–—―•·…\u00a0\u2009\u200b\u202f€£©®°×→’‘'\"")
def test_typography_stands_between_words_and_moves_none(sign: str) -> None:
    excerpt = Highlighter(["moon"]).title(f"{sign}a {sign}moon{sign} {sign}")
    assert excerpt.marks == ((4, 8),)


def test_a_word_within_a_very_long_word_is_not_looked_for_again_and_again() -> None:
    assert marked(Highlighter(["b"]).title("中 b " + "b" * 200_000 + " b'b")) == ["b"]


def test_ideographs_that_follow_each_other_share_a_mark() -> None:
    text = "嫦娥六号月球，探测器（月球）着陆"
    assert marked(Highlighter(["月", "球"], language="zh").title(text)) == ["月球", "月球"]


def test_a_fraction_is_marked_once_for_both_its_numbers() -> None:
    assert marked(Highlighter(["1", "2"]).title("a ½ share")) == ["½"]


def test_the_language_of_an_article_decides_what_its_words_are() -> None:
    highlighter = Highlighter([analyzer_for("fr").term("économies"), analyzer_for("en").term("landings")])
    assert marked(highlighter.title("L'économie et landings", "fr")) == ["L'économie"]
    assert marked(highlighter.title("Landing sites")) == ["Landing"]
    assert marked(highlighter.excerpt("Les économies de l’été.", language="fr")) == ["économies"]
    assert marked(Highlighter(["econom"], language="fr").title("Economies")) == ["Economies"]


def test_a_prefix_marks_forms_and_terms_but_no_stop_words() -> None:
    assert marked(Highlighter([], [Prefix("text", "th")]).title("The Thames thaws then")) == ["Thames", "thaws"]
    assert marked(Highlighter([], [Prefix("text", "universi")]).title("universal university universities")) == [
        "university",
        "universities",
    ]
    assert marked(Highlighter([], [Prefix("text", "eco")], language="fr").title("l'école, ecoles et Écologie")) == [
        "l'école",
        "ecoles",
        "Écologie",
    ]
    assert marked(Highlighter([], [Prefix("text", "die")]).title("dying or dyeing")) == ["dying"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (Prefix("text", "landi"), ["landing", "Landings"]),
        (Wildcard("text", "l*ing"), ["landing", "lending"]),
        (Wildcard("text", "*d?ng"), ["landing", "lending"]),
        (Fuzzy("text", "landign", 2), ["landing", "Landings"]),
        (Fuzzy("text", "landings", 1, 0, "land"), ["landing", "lands", "landed", "lending", "Landings"]),
        (TermRange("text", "landing", "lane"), ["landing", "lands", "Landings"]),
    ],
    ids=str,
)
def test_words_are_marked_that_fit_as_they_are_written(pattern: MultiTerm, expected: list[str]) -> None:
    assert marked(Highlighter([], [pattern]).title("The landing lands, landed by lending. Landings")) == expected


def test_words_of_a_phrase_are_marked_only_where_it_stands() -> None:
    text = "Space is cold. The station in space. A space station, and the Stations of the Space Station's crew."
    phrase = ["space", "station"]
    assert marked(Highlighter([], phrases=[phrase]).title(text)) == ["space", "station", "Space", "Station's"]
    assert len(Highlighter(["space"], phrases=[phrase]).title(text).marks) == 6


def test_stop_words_do_not_break_a_phrase_and_others_do() -> None:
    phrases = [["man", "moon"]]
    assert marked(Highlighter([], phrases=phrases).title("the man in the moon")) == ["man", "moon"]
    assert marked(Highlighter([], phrases=phrases).title("the man behind moon")) == []
    assert marked(Highlighter([], phrases=[["月", "球"]], language="zh").title("月球，月的球")) == ["月球"]
    assert marked(Highlighter(["x"], [Prefix("text", "y")], [[], [""]]).title("x-ray yttrium")) == ["x", "yttrium"]


def test_nothing_wanted_marks_nothing() -> None:
    assert Highlighter([]).title("Some title").marks == ()
    assert Highlighter([""], [], [[""]]).title("the title 中").marks == ()


def test_text_is_escaped_and_marks_are_not() -> None:
    body = "<script>alert('moon')</script> & \"moon\" <b>moon</b>"
    shown = to_html(Highlighter(["moon", "script"]).excerpt(body))
    assert "<script" not in shown
    assert "<b>" not in shown
    assert shown.startswith("&lt;<mark>script</mark>&gt;alert(&#x27;<mark>moon</mark>&#x27;)")
    assert re.sub("</?mark>", "", shown) == html.escape(body)


# Which passage is shown


@settings(deadline=None)
@given(st.one_of(PROSE, ODD_TEXT), st.integers(0, 12), st.integers(MIN_LENGTH, 120), st.booleans(), st.randoms())
def test_any_text_gives_a_well_formed_excerpt(text, times, length, phrase, random) -> None:
    body = text * times
    present = sorted(set(analyzer_for("en").terms(body)))
    terms = random.sample(present, min(3, len(present)))
    excerpt = Highlighter(terms, phrases=[terms] if phrase else []).excerpt(body, length)
    check_excerpt(excerpt, body, length)
    check_excerpt(Excerpt(teaser(body, length)), body, length)
    if length >= 100 and all(len(token) <= 40 for token in body.split()):  # then no word is cut
        for word in marked(excerpt):
            assert set(analyzer_for("en").terms(word)) & set(terms)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "x", "yy", "epsilonic.", "Omega"]), max_size=40),
    st.fixed_dictionaries({}, optional=dict.fromkeys(["alpha", "beta", "gamma", "omega"], WEIGHTS)),
    st.integers(MIN_LENGTH, 80),
)
def test_no_other_passage_has_more_of_the_query(words, weights, length) -> None:
    body, room = " ".join(words), length - 8
    spans = [match.span() for match in re.finditer(r"\S+", body)]
    best = 0.0
    for start, _ in spans:
        inside = {body[a:b].lower() for a, b in spans if start <= a and b <= start + room}
        best = max(best, sum(weights.get(word, 0.0) for word in inside))
    excerpt = Highlighter(weights).excerpt(body, length)
    assert sum(weights[word] for word in {word.lower() for word in marked(excerpt)}) >= best


def test_rarer_words_count_more() -> None:
    body = f"Space probe launches. {FILLER * 10}The tokamak ran. {FILLER * 10}"
    assert "tokamak" in Highlighter({"space": 1.0, "probe": 1.5, "tokamak": 6.0}).excerpt(body).text
    assert "tokamak" not in Highlighter(["space", "probe", "tokamak"]).excerpt(body, 40).text


def test_a_phrase_counts_more_than_all_words_apart() -> None:
    body = f"A station, a probe and a space crew. {FILLER * 10}The space station. {FILLER * 10}"
    terms = {"space": 2.0, "station": 3.0, "probe": 8.0, "crew": 8.0}
    assert "The space station." in Highlighter(terms, phrases=[["space", "station"]]).excerpt(body).text
    assert "The space station." not in Highlighter(terms).excerpt(body).text


def test_the_earliest_of_equals_is_shown() -> None:
    body = f"{FILLER * 5}First moon. {FILLER * 5}Second moon. {FILLER * 5}"
    assert "First moon" in Highlighter(["moon"]).excerpt(body).text


def test_many_times_the_same_word_is_not_more_of_the_query() -> None:
    body = f"{FILLER * 5}Moon, moon, moon and moon. {FILLER * 5}Moon over Mars. {FILLER * 5}"
    assert "Moon over Mars" in Highlighter(["moon", "mar"]).excerpt(body).text


def test_a_passage_starts_with_the_sentence_of_its_first_mark() -> None:
    body = f"{FILLER * 5}The probe reached the Moon at noon. {FILLER * 5}"
    excerpt = Highlighter(["moon"]).excerpt(body)
    assert excerpt.text.startswith("... The probe reached the Moon at noon. Nothing")
    assert excerpt.text.endswith(" ...")
    assert len(excerpt.text) > 220


@pytest.mark.parametrize("before", ["Said Mr. ", "Says U.S. ", "Says J. ", "By (Inc. "])
def test_an_abbreviation_ends_no_sentence(before: str) -> None:
    excerpt = Highlighter(["moon"]).excerpt(f"{FILLER * 5}{before}Moon. {FILLER * 5}")
    assert excerpt.text.startswith("... " + before)


def test_a_passage_starts_with_a_paragraph_that_follows_no_full_stop() -> None:
    body = f"{FILLER * 5}\n\nA HEADING\n\nthe moon, again. {FILLER * 5}"
    assert Highlighter(["moon"]).excerpt(body).text.startswith("... the moon, again. ")


def test_without_a_sentence_near_a_passage_starts_with_a_word() -> None:
    excerpt = Highlighter(["moon"]).excerpt("rumble bumble " * 60 + "moon " + "rumble bumble " * 60)
    assert re.match(r"\.\.\. (rumble|bumble) .*moon.*umble \.\.\.\Z", excerpt.text)
    assert excerpt.text.index("moon") < 80


def test_a_match_at_the_beginning_shows_the_beginning() -> None:
    body = f"Late on Monday the probe saw the Moon. {FILLER * 5}"
    excerpt = Highlighter(["moon"]).excerpt(body)
    assert excerpt.text.startswith("Late on Monday")
    assert excerpt.text.endswith(" ...")


def test_a_match_at_the_end_fills_the_excerpt_with_what_is_before_it() -> None:
    excerpt = Highlighter(["moon"]).excerpt(f"{FILLER * 10}And the Moon.")
    assert excerpt.text.endswith("And the Moon.")
    assert excerpt.text.startswith("... Nothing of note")
    assert len(excerpt.text) > 120


def test_without_a_match_the_beginning_is_shown() -> None:
    excerpt = Highlighter(["moon"]).excerpt(f"  {FILLER * 10}")
    assert excerpt.marks == ()
    assert excerpt.text.startswith("Nothing of note")
    assert excerpt.text.endswith(" ...")


def test_a_short_body_is_shown_whole_with_white_space_collapsed() -> None:
    excerpt = Highlighter(["moon", "mar"]).excerpt("\t The\n\n moon\u00a0\u2003and \r\nMars \n")
    assert excerpt == Excerpt("The moon and Mars", ((4, 8), (13, 17)))


@pytest.mark.parametrize("body", ["", " \n\t ", "\n\n\n\n"])
def test_an_empty_body_gives_an_empty_excerpt(body: str) -> None:
    assert Highlighter(["moon"]).excerpt(body) == Excerpt("")
    assert teaser(body) == ""


def test_punctuation_stays_with_its_word() -> None:
    body = "rumble bumble " * 30 + "(“moon”), " + "rumble bumble " * 30
    assert "(“moon”), " in Highlighter(["moon"]).excerpt(body, 30).text


def test_only_a_word_longer_than_half_the_excerpt_is_cut() -> None:
    body = "So " + "x" * 1000 + " end"
    assert teaser(body, 60) == "So " + "x" * 53 + " ..."
    assert teaser("So " + "x" * 50 + " end" * 9, 60) == "So " + "x" * 50 + " ..."
    assert teaser("So it " * 6 + "x" * 60, 60) == "So it So it So it So it So it So it ..."
    excerpt = Highlighter([analyzer_for("en").term("x" * 1000)]).excerpt(FILLER * 5 + body, 60)
    check_excerpt(excerpt, FILLER * 5 + body, 60)
    assert set("".join(marked(excerpt))) == {"x"}


def test_an_address_is_cut_between_its_parts_rather_than_in_them() -> None:
    address = "https://news.example/2024/03/moon-relay-launches-on-monday"
    assert teaser(address, 40) == "https://news.example/2024/03/moon- ..."


def test_text_without_blanks_is_cut_between_ideographs() -> None:
    body = (
        "中国国家航天局表示，鹊桥二号中继卫星已经发射。" * 20 + "嫦娥六号将前往月球背面。" + "中国国家航天局表示，" * 20
    )
    excerpt = Highlighter([], phrases=[["月", "球"]], language="zh").excerpt(body, 60)
    check_excerpt(excerpt, body, 60)
    assert marked(excerpt) == ["月球"]
    assert excerpt.text.startswith("... 嫦娥六号将前往月球背面。")
    assert len(excerpt.text) > 50


@pytest.mark.parametrize(
    "character",
    [
        "e\u0301\u0323",
        "👩\u200d🚀",
        "👍🏽",
        "🇨🇳",
        "❤\ufe0f",
        "\ud83d\ude80",
        "नि",
        "각",
    ],
    ids=["accents", "joined emoji", "skin tone", "flag", "variation", "surrogates", "vowel sign", "jamo"],
)
def test_what_a_reader_sees_as_one_character_is_not_cut(character: str) -> None:
    for offset in range(4):
        cut = teaser("a" * offset + character * 100, 30)
        shown = cut.removesuffix(" ...")[offset:]
        assert len(shown) % len(character) == 0
        assert shown == character * (len(shown) // len(character))


def test_markdown_and_markup_are_shown_as_they_are() -> None:
    body = f"{FILLER * 5}\n\n## The *Moon*\n\n- [Moon](https://m.example/moon_base)\n- `moon`\n\n{FILLER * 5}"
    excerpt = Highlighter(["moon"]).excerpt(body)
    assert "## The *Moon* - [Moon](https://m.example/moon_base) - `moon`" in excerpt.text
    assert marked(excerpt) == ["Moon", "Moon", "moon", "moon"]


def test_a_passage_ends_with_a_whole_sentence_where_one_ends_in_its_second_half() -> None:
    body = f"{FILLER * 5}The Moon was full. {'This sentence has five words. ' * 4}{'And this one goes on and on ' * 20}"
    text = Highlighter(["moon"]).excerpt(body).text
    assert text == "... The Moon was full." + " This sentence has five words." * 4 + " ..."
    long = Highlighter(["moon"]).excerpt(f"{FILLER * 5}The Moon was full. {'And this goes on and on ' * 30}").text
    assert long.startswith("... The Moon was full. And this")
    assert len(long) > 220
    assert Highlighter(["x"]).excerpt(FILLER * 10).text == (FILLER * 3).strip() + " ..."


def test_sentences_far_apart_are_shown_together_in_their_order() -> None:
    body = f"{FILLER * 3}Gold was found. {FILLER * 9}The Moon was full. {FILLER * 9}Mars, too. {FILLER * 3}"
    excerpt = Highlighter({"moon": 3.0, "mar": 2.0, "gold": 1.0}).excerpt(body)
    more = FILLER.strip()
    assert excerpt.text == f"... Gold was found. {more} ... The Moon was full. {more} ... Mars, too. ..."
    assert marked(excerpt) == ["Gold", "Moon", "Mars"]
    assert Highlighter(["moon", "mar", "gold"]).excerpt(body, 30).text == "... Gold was found. ..."
    whole = Highlighter(["gold", "mar"]).excerpt(f"Gold was found. {FILLER * 9}And Mars.")
    assert whole.text == f"Gold was found. {FILLER * 3}... And Mars."


def test_a_second_passage_is_shown_only_for_what_the_first_has_not() -> None:
    body = f"The Moon and Mars. {FILLER * 9}The Moon again. {FILLER * 9}"
    assert "again" not in Highlighter(["moon", "mar"]).excerpt(body).text


def test_right_to_left_text_is_marked_where_it_is_written() -> None:
    body = "دخل المسبار مدار القمر. " * 20 + "وصل القمر الصناعي؟ " + "دخل المسبار مدار. " * 20
    term = analyzer_for("ar").term("الصناعي")
    excerpt = Highlighter([term], language="ar").excerpt(body, 80)
    check_excerpt(excerpt, body, 80)
    assert marked(excerpt) == ["الصناعي"]
    assert excerpt.text.startswith("... وصل القمر الصناعي؟ ")


def test_an_enormous_body_is_searched_only_at_its_beginning() -> None:
    body = "moonraker " * (MAX_SCANNED // 10 - 1) + "moonrakers moon"
    assert Highlighter(["moon"]).excerpt(body) == Excerpt(("moonraker " * 23).rstrip() + " ...")
    body = " " * MAX_SCANNED + "The moon"
    assert marked(Highlighter(["moon"]).excerpt(body)) == ["moon"]
    body = "The" + " " * MAX_SCANNED + "moon"
    assert Highlighter(["moon"]).excerpt(body).text.startswith("The")
    body = "moon" * MAX_SCANNED
    assert len(Highlighter(["moon"]).excerpt(body).text) == 240


def test_real_articles_give_well_formed_excerpts(shared: Callable[[str], Path]) -> None:
    with gzip.open(shared("collections/18f/docs.jsonl.gz"), "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    terms = ["govern", "servic", "api", "design"]
    highlighter = Highlighter(terms, phrases=[["open", "sourc"]])
    for article in articles:
        excerpt = highlighter.excerpt(article["text"])
        check_excerpt(excerpt, article["text"], 240)
        assert [t for word in marked(excerpt) for t in analyzer_for("en").terms(word) if t in terms] == read_slowly(
            excerpt.text, terms
        )


# Teasers and bounds


def test_a_teaser_is_the_beginning_cut_after_a_word() -> None:
    assert teaser("  One\n\ntwo three  ") == "One two three"
    assert teaser("One two three four five six seven", 24) == "One two three four ..."
    assert teaser("One two three four five.", 24) == "One two three four five."
    assert len(teaser(FILLER * 100)) <= 200


@pytest.mark.parametrize("length", [MIN_LENGTH - 1, 0, -5])
def test_a_length_too_short_to_read_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"{MIN_LENGTH} or more"):
        teaser("text", length)
    with pytest.raises(ValueError, match=f"{MIN_LENGTH} or more"):
        Highlighter([]).excerpt("text", length)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_that_cannot_be_added_up_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="'moon' must be 0 or more"):
        Highlighter({"moon": weight})


@given(CHARACTERS)
@example("İ")
def test_accented_and_wide_characters_keep_their_place(char: str) -> None:
    text = f"{char}{char} moon {char} moon"
    starts = [start for start, _ in Highlighter(["moon"]).title(text).marks]
    assert starts == [match.start() for match in re.finditer("moon", text)]


@given(st.text(st.sampled_from(" \n\t\u00a0\u3000\x1caé。"), max_size=12))
def test_the_white_space_of_a_paragraph_is_collapsed(block: str) -> None:
    assert passages._collapsed(block) == collapsed(block)


def test_what_has_no_white_space_to_collapse_is_taken_as_it_is() -> None:
    assert passages._collapsed(FILLER.strip()) == FILLER.strip()
    block = "".join(["No", " copy"])
    assert passages._collapsed(block) is block


def test_a_text_that_ends_with_a_full_stop_without_a_blank_behind_it_is_shown() -> None:
    body = "月は遠い。" + "何もない日が続いた。" * 30 + "火星も遠い。" + "終わり。"
    excerpt = Highlighter([], phrases=[["月", "は"], ["火", "星"]], language="ja").excerpt(body, 120)
    assert marked(excerpt) == ["月は", "火星"]
    assert excerpt.text.endswith("火星も遠い。終わり。")
