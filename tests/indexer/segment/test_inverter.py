"""Inversion agrees with the obvious way to do it, whatever is in the texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.segment.form_table import StoredForms
from indexer.segment.inverter import FIELD_GAP, Inverter, Postings
from indexer.segment.segment import narrow
from indexer.text.analyzer import MAX_TERM_LENGTH, analyzer_for
from indexer.text.markers import FIRST_WORD
from indexer.text.spellings import is_pair, split
from indexer.text.words import WORD, normalize, plain_text, word_forms
from tests.words import analysed

Texts = tuple[str, ...]
Slow = dict[str, dict[int, tuple[list[int], list[int]]]]  # term to doc to tf per field and positions


def slowly(articles: list[tuple[Texts, str]]) -> Slow:
    found: Slow = {}
    for doc, (texts, language) in enumerate(articles):
        base = 0
        for field, text in enumerate(texts):
            terms, others = analysed(text, analyzer_for(language or "en"), is_title=field == 0)
            for term, place in [*((term, place) for place, term in enumerate(terms)), *others]:
                tf, positions = found.setdefault(term, {}).setdefault(doc, ([0] * len(texts), []))
                tf[field] += 1
                positions.append(base + place)
            base += len(terms) + FIELD_GAP
    for docs in found.values():
        for _, positions in docs.values():
            positions.sort()
    return found


def read(postings: Postings) -> Slow:
    """The same out of the arrays."""
    found: Slow = {}
    word = 0
    for number, term in enumerate(postings.terms.all()):
        assert word == postings.pos_start[number]
        docs = {}
        for post in range(postings.post_start[number], postings.post_start[number + 1]):
            tf = [int(n) for n in postings.tf[:, post]]
            docs[int(postings.docs[post])] = (tf, postings.positions[word : word + sum(tf)].tolist())
            word += sum(tf)
        assert list(docs) == sorted(docs)
        found[term.decode()] = docs
    assert word == len(postings.positions) == postings.pos_start[-1]
    assert len(postings.docs) == postings.tf.shape[1] == postings.post_start[-1]
    assert postings.terms.all() == sorted(postings.terms)
    return found


def forms_slowly(articles: list[tuple[Texts, str]]) -> dict[str, list[str]]:
    """The words of which each term was made, as they are written, article by article."""
    found: dict[str, list[str]] = {}
    for texts, language in articles:
        analyzer = analyzer_for(language or "en")
        for text in texts:
            forms = analyzer.words_of([word.lower() for word in split(plain_text(text))[0]])
            for form, term in zip(forms, analyzer.terms_of_words(forms), strict=True):
                if term:
                    found.setdefault(term, []).append(form)
    return found


def forms_read(postings: Postings) -> dict[str, list[str]]:
    """The same out of the arrays."""
    table = postings.forms
    assert table is not None
    entries, starts = table.entries, narrow(table.entries.start)
    forms = StoredForms(entries.blob, starts, table.arrays(), postings.terms, postings.pos_start)
    written = [entry.rpartition(b"\0")[2].decode() for entry in entries.all()]
    of_slots = dict(zip(forms.form_numbers.slots().tolist(), written, strict=True))
    found = {}
    for number, term in enumerate(postings.terms.all()):
        own = int(forms.form_numbers.first_slot[number])
        slots = forms.slots_of_words(number, number + 1)
        words = [of_slots[slot] if slot > own else term.decode() for slot in slots.tolist()]
        if term >= FIRST_WORD and not is_pair(term.decode()):
            found[term.decode()] = words
            if forms.several[number]:
                assert forms.slots_of_terms(np.array([number])).tolist() == slots.tolist()
            counts = {slot: slots.tolist().count(slot) for slot in slots.tolist()}
            assert counts == {slot: int(forms.counts_by_slot()[slot]) for slot in counts}
    return found


def assert_inverts(articles: list[tuple[Texts, str]], inverter: Inverter | None = None) -> Postings:
    postings = (inverter or Inverter("en")).invert(articles)
    assert read(postings) == slowly(articles)
    assert forms_read(postings) == forms_slowly(articles)
    lengths = [[len(analyzer_for(language or "en").terms(text)) for text in texts] for texts, language in articles]
    assert postings.dl.T.tolist() == lengths
    return postings


ascii_text = st.text(st.sampled_from("abAB' -_.09'\n\tthe é"), max_size=40)
TRICKY = (
    "\x01",
    "moon\x01s",
    "“moon”",
    "mars–moon",
    "10°",
    "moon",
    "moons",
    "Moon's",
    "the",
    "of",
    "THE",
    "x-ray",
    "o'clock",
    "'quoted'",
    "3.14",
    "_",
    "é",
    "café",
    "e-mail",
    "The Who said IT",
    "to be or not to be",
    "that it is in the of and",
    "U.S.A.",
    "AT&T",
    "C++",
    "C# (.NET)",
    "#tag @name_two $ACME",
    "v2.7.1",
    "1,234,567.8",
    "12.5",
    "978-3-16-148410-0",
    "sendRawTransaction",
    "state\u2011of\u2011the-art",
    "\U0001f355",
    "量子力学",
    "서울에서",
    "ค่าแรง",
    "ver\u00adkehr",
    "Straße",
    "Łódź",
    "הספר",
    "कथा",
)
words = st.lists(st.sampled_from(TRICKY)).map(" ".join)
any_text = st.one_of(words, ascii_text, st.text(max_size=40), st.text(st.characters(max_codepoint=127), max_size=40))
languages = st.sampled_from(("", "en", "de", "fr", "xx"))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.tuples(any_text, any_text), languages), min_size=1, max_size=8))
@example([(("", ""), "")])
@example([(("the", "of"), "")])
@example([(("", "0aA0"), "")])
@example([(("moon", ""), ""), (("", "moon"), "de")])
@example([(("ÜÆ", ""), "de")])
def test_any_batch_is_inverted_as_the_slow_way_does(articles: list[tuple[Texts, str]]) -> None:
    assert_inverts(articles)


@given(st.text(st.one_of(st.sampled_from("aB1' “”‘’–—…«»€°·©®\u00b5\u00ad\u203f"), st.characters()), max_size=20))
def test_taking_out_what_stands_between_words_changes_no_word(text: str) -> None:
    words = [word for form in word_forms(text) if (word := form.strip("'"))]
    assert words == WORD.findall(normalize(text).lower())


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.tuples(st.tuples(any_text, any_text), languages), min_size=1, max_size=4), max_size=4))
def test_an_inverter_that_has_met_the_forms_before_gives_the_same(batches: list[list[tuple[Texts, str]]]) -> None:
    inverter = Inverter("en")
    for batch in batches:
        assert_inverts(batch, inverter)


@pytest.mark.parametrize(
    "texts",
    [
        ("only a title", ""),
        ("", "only a body"),
        ("word", ""),
        ("", "word"),
        ("the of and", "to be or not to be"),
        ("Über Ätna", "日本の月 луна 月面"),
        ("ﬁrst ①", "naïve cafe\u0301 Å"),
        ("don't can\u2019t O'Brien's", "l'avion rock'n'roll ''''"),
        ("x" * 300, f"{'y' * 70} {'y' * 80}"),
    ],
)
def test_unusual_articles(texts: Texts) -> None:
    for language in ("en", "fr", ""):
        assert_inverts([(texts, language)])
        assert_inverts([(("moon", "mars orbit"), ""), (texts, language), (("mars", ""), "")])


def test_a_very_long_body_among_short_ones() -> None:
    long = " ".join(f"w{n % 997} moon" for n in range(50_000))
    postings = assert_inverts([(("moon", "mars"), ""), (("long", long), ""), (("", "moon"), "")])
    assert postings.dl[1].tolist() == [1, 100_000, 1]
    number = postings.terms.number(b"moon")
    assert postings.tf[:, postings.post_start[number] : postings.post_start[number + 1]].tolist() == [
        [1, 0, 0],
        [0, 50_000, 1],
    ]


def test_each_language_has_its_own_stems_and_stop_words_and_all_share_one_dictionary() -> None:
    postings = assert_inverts([(("die landings", ""), "en"), (("die Landungen", ""), "de"), (("die", ""), "")])
    number = postings.terms.number(b"die")
    assert postings.docs[postings.post_start[number] : postings.post_start[number + 1]].tolist() == [0, 2]


def test_words_in_a_language_without_rules_are_kept_as_they_are() -> None:
    assert read(Inverter("en").invert([(("the landings", ""), "xx")])).keys() == {"the", "landings"}


def test_data_without_spaces_is_cut() -> None:
    postings = Inverter("en").invert([(("", "a1" * 500), "")])
    assert [len(term) for term in postings.terms.all()] == [MAX_TERM_LENGTH]


def test_no_phrase_reaches_from_the_title_into_the_body() -> None:
    postings = Inverter("en").invert([(("moon", "orbit"), "")])
    moon, orbit = (int(postings.positions[postings.pos_start[n]]) for n in range(2))
    assert postings.terms.all() == [b"moon", b"orbit"]
    assert orbit - moon > FIELD_GAP


def test_an_empty_batch_has_no_postings() -> None:
    postings = Inverter("en").invert([(("", "the of"), "")])
    assert postings.terms.all() == []
    assert postings.post_start.tolist() == postings.pos_start.tolist() == [0]
    assert postings.dl.tolist() == [[0], [0]]


def test_forms_are_counted_once_per_language() -> None:
    inverter = Inverter("en")
    inverter.invert([(("moon moon mars", ""), ""), (("moon", ""), "de")])
    assert inverter.n_forms == 3
    inverter.invert([(("mars", "moon"), "")])
    assert inverter.n_forms == 3


@pytest.mark.parametrize("num_docs", [1, 2, 3, 255, 256, 257])
def test_many_docs_of_one_word(num_docs: int) -> None:
    postings = Inverter("en").invert([(("moon", "moon moon"), "")] * num_docs)
    assert postings.docs.tolist() == list(range(num_docs))
    assert postings.tf.tolist() == [[1] * num_docs, [2] * num_docs]
    assert np.diff(postings.pos_start).tolist() == [3 * num_docs]


@settings(deadline=None, max_examples=100)
@given(
    st.integers(3, 6).flatmap(lambda n: st.lists(st.tuples(st.tuples(*[ascii_text] * n), st.sampled_from(["", "de"]))))
)
def test_articles_with_more_text_fields_are_inverted(articles: list[tuple[Texts, str]]) -> None:
    assert_inverts(articles or [(("moon", "", "far side"), "")])
