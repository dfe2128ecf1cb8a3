"""Which names may join two articles."""

from __future__ import annotations

import pytest

from recommender.names.commonplace import is_commonplace
from recommender.names.extraction import names_of
from recommender.names.whole import NameWords, is_unsure, is_weak, whole_names

KNOWN = NameWords(sorted(["opec", "odysseus", "dome", "mattress", "baldrige", "kourou", "finance"]))


def found(title: str, body: str, known: NameWords = KNOWN) -> set[str]:
    """The names that are sure."""
    names = whole_names(names_of(title, body, "en", openers=True), known, "en")
    return {name.text for name in names if not is_unsure(name, known)}


def test_the_first_word_of_a_sentence_is_no_part_of_a_name() -> None:
    assert "Several Opec" not in found("Talks", "Several Opec ministers met. Ministers of Opec will meet again.")
    assert "Opec" in found("Talks", "Several Opec ministers met. Ministers of Opec will meet again.")


def test_a_name_that_only_begins_sentences_is_one_where_the_archive_knows_it() -> None:
    body = "Odysseus burned its engine. Odysseus is in orbit."
    assert "Odysseus" in found("In orbit", body)
    assert "Odysseus" not in found("In orbit", body, NameWords([]))


def test_a_headline_in_capitals_and_a_table_give_no_names() -> None:
    assert found("PROFIT AND LOSS OF THE QUARTER", "4TH QTR NET LOSS\nShr 12 cts vs 19 cts") == set()


def test_a_companys_suffix_is_no_part_of_its_name() -> None:
    names = found("A takeover", "The bid for Dome Petroleum Ltd was raised. Shares of Dome Petroleum Ltd rose.")
    assert "Dome Petroleum" in names
    assert "Dome Petroleum Ltd" not in names


def test_a_heading_in_the_text_is_no_name() -> None:
    assert found("News", "Before this came Odysseus Checks In With Emily Read and others.") == set()


@pytest.mark.parametrize("word", ["France", "French", "Tokyo", "March", "Monday", "Ltd", "Department", "Brazilian"])
def test_places_dates_offices_and_suffixes_are_commonplace(word: str) -> None:
    assert is_commonplace(word)


@pytest.mark.parametrize("word", ["Odysseus", "Bundesbank", "Starship", "Aegean", "Midas"])
def test_other_names_are_not(word: str) -> None:
    assert not is_commonplace(word)


def test_places_are_known_in_the_language_of_the_text() -> None:
    assert is_commonplace("Frankreich", "de")
    assert is_commonplace("Giappone", "it")
    assert not is_commonplace("Frankreich", "it")


def test_offices_and_who_holds_them_weigh_less() -> None:
    names = names_of(
        "Trade", "A word with Secretary of Commerce Malcolm Baldrige. The Finance Ministry was silent.", "en"
    )
    weak = {name.text: is_weak(name) for name in whole_names(names, KNOWN, "en")}
    assert weak == {"Malcolm Baldrige": True, "Finance Ministry": True}


def test_an_abbreviations_stop_ends_no_sentence() -> None:
    names = {name.text for name in names_of("News", "They use the U.S. Web Design Standards on a web page.", "en")}
    assert "U.S Web Design Standards" in names


@pytest.mark.parametrize("name", ["Osama bin Laden", "Bashar al-Assad", "Rio Grande do Sul", "Jean d'Ormesson"])
def test_the_small_words_and_articles_of_a_name_are_part_of_it(name: str) -> None:
    names = {
        one.text for one in names_of("News", f"They looked for {name} again. Where {name} was, no one said.", "en")
    }
    assert names == {name}


def test_a_group_of_several_words_is_no_company() -> None:
    body = "He met the {0} in London. A report of the {0} follows."
    assert "Harbour Ministers Action Group" in found("Talks", body.format("Harbour Ministers Action Group"))
    assert not any("Group" in name for name in found("Talks", body.format("Dome Petroleum Group")))
