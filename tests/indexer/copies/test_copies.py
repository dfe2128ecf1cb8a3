"""Copies are found among many articles, and what is merely written alike is told from them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.copies.candidates import FEW, alike, pairs
from indexer.copies.copies import NAME, RECORD, Copies, dates_of, load, save
from indexer.copies.same_text import Verdict, are_copies, compared
from indexer.copies.signatures import sign, words_of
from indexer.samples import SAMPLE
from indexer.sources import Accepted, read_source

SENTENCE = re.compile(r"(?<=[.!?])\s+")
DAY = datetime(2024, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample() -> list[Article]:
    return [item.article for item in read_source(SAMPLE, workers=1) if isinstance(item, Accepted)]


def wire_copy(article: Article, others: Sequence[Article], chance: random.Random) -> Article:
    """The article as another site has it: another headline and credit, sentences left out or put in."""
    sentences = SENTENCE.split(article.body)
    lost, put_in = ((0.3, 0.0), (0.0, 0.3), (0.15, 0.15), (0.25, 0.25))[chance.randrange(4)]
    left_out = set(chance.sample(range(len(sentences)), round(lost * len(sentences))))
    kept = [s for place, s in enumerate(sentences) if place not in left_out]
    for _ in range(round(put_in * len(sentences))):
        foreign = chance.choice(SENTENCE.split(chance.choice(others).body))
        kept.insert(chance.randrange(len(kept) + 1), foreign)
    words = article.title.split()
    chance.shuffle(words)
    body = chance.choice(("", "(Own agency) - ", "By our staff\n\n")) + " ".join(kept)
    return replace(
        article, id=f"copy-{article.id}", url="", title=" ".join(words), body=body, site="Elsewhere", authors=("Wire",)
    )


def newsletters(sentences: Sequence[str], chance: random.Random) -> list[Article]:
    """60 issues in which most of the text is always the same."""
    frame = """Good morning from the harbour desk.\n\n{}\n\nYou receive this letter because you asked for it on our
        site. Tell a friend about it, and write to us at the usual address if something is missing. It is put together
        by the night desk and appears every Friday. Past letters are kept where they can be searched by day and subject.
        Our offices are closed on public holidays, and what arrives then is answered on the next working day."""
    return [
        Article(
            id=f"letter-{week}",
            title="The Friday letter" if week % 2 else f"The Friday letter, no. {week}",
            body=frame.format(" ".join(chance.sample(sentences, 4))),
            date=DAY + timedelta(days=7 * week),
            site="Harbour",
        )
        for week in range(60)
    ]


def market_reports(chance: random.Random) -> list[Article]:
    """60 reports that differ in their figures and names only."""
    template = """The Harbour index {} {} percent to {} points on {:%A}. Trading volume was {} million shares, {} the
        average of the last thirty days. {} led the gains with {} percent, while {} was at the bottom of the table.
        Bonds were little changed, with the yield of the ten-year note at {} percent. Analysts said they expected the
        market to stay calm until the central bank meets. The currency was steady in late trading, dealers said."""
    names = ("Corbell", "Vantrease", "Pellworm", "Ostrander", "Halden")

    def report(day: int) -> Article:
        date = DAY + timedelta(days=day)
        first, second = chance.sample(names, 2)
        up, side = chance.choice(("rose", "fell")), chance.choice(("above", "below"))
        figures = [f"{chance.uniform(0.1, 3):.2f}" for _ in range(3)]
        points, volume = chance.randint(3000, 4000), chance.randint(100, 900)
        body = template.format(up, figures[0], points, date, volume, side, first, figures[1], second, figures[2])
        return Article(id=f"market-{day}", title=f"Harbour index {up}", body=body, date=date, site="Harbour")

    return [report(day) for day in range(60)]


def found_among(articles: Sequence[Article]) -> dict[str, str]:
    """Which article stands for each that is in a group."""
    versions = dict(enumerate(articles, 1))
    copies = Copies().brought_to(np.array(list(versions)), within(versions))
    groups = copies.groups(dates_of(versions.items()))
    return {versions[seq].id: versions[of].id for seq, of in groups.items()}


def within(versions: Mapping[int, Article]) -> Callable[[Sequence[int]], Mapping[int, Article]]:
    return lambda seqs: {seq: versions[seq] for seq in seqs if seq in versions}


def test_copies_with_other_headlines_and_sentences_are_found_and_no_issue_of_a_series(sample: list[Article]) -> None:
    chance = random.Random(11)
    copies = [wire_copy(article, sample, chance) for article in sample]
    sentences = [s for article in sample for s in SENTENCE.split(article.body)]
    alone = [*newsletters(sentences, chance), *market_reports(chance)]
    found = found_among([*sample, *copies, *alone])
    hits = sum(found.get(f"copy-{article.id}", "?") == found.get(article.id, "") for article in sample)
    assert hits >= 0.98 * len(sample)
    assert not [article.id for article in alone if article.id in found]


def test_updates_of_a_story_are_no_copies(sample: list[Article]) -> None:
    first = sample[0]
    lead = (
        "Rescuers said on Friday that two more people had been brought to the quay alive, and that the search goes on."
    )
    later = replace(first, id="later", body=f"{lead}\n\n{first.body}", date=DAY, site="Harbour")
    earlier = replace(first, date=DAY - timedelta(hours=3), site="Harbour")
    assert compared(later, earlier) is Verdict.APART
    assert are_copies(replace(later, site="Bay"), earlier)  # on another site, which put in a sentence of its own


def test_a_figure_in_the_place_of_another_parts_texts_that_are_the_same_otherwise() -> None:
    body = "The ferry sank off the northern pier in the night. Rescuers found {} people and search for {} more. " + (
        "The harbour is closed, the wind has dropped, and the cause is not known, the coast guard said in a statement."
    )
    one, other = (Article(id=i, title="Ferry sinks", body=body.format(*n)) for i, n in (("a", (3, 14)), ("b", (9, 8))))
    assert compared(one, other) is Verdict.APART
    assert are_copies(one, replace(other, body=one.body))


def test_brief_notices_need_headlines_on_one_subject() -> None:
    body = "Quarterly dividend 20 cents, payable on April 15 to holders of record on March 23."
    one = Article(id="a", title="Corbell Mills sets dividend", body=body)
    assert compared(one, Article(id="b", title="Pellworm Grain votes regular payout", body=body)) is Verdict.APART
    assert are_copies(one, Article(id="c", title="Corbell Mills sets quarterly dividend", body=body))


def test_a_text_of_which_another_is_a_small_part_is_no_copy(sample: list[Article]) -> None:
    long = "\n\n".join(article.body for article in sample[:4])
    assert compared(sample[0], replace(sample[0], id="roundup", body=long)) is Verdict.UNLIKE


def test_an_excerpt_that_fits_two_releases_does_not_join_them() -> None:
    body = "Fixed a crash of the kettle driver when the lid was opened while water boiled, and one more. " * 4
    titles = {"new": "Kettle driver 4.2.3 released", "old": "Kettle driver 3.9.8 released", "bare": "A kettle driver"}
    found = found_among([Article(id=i, title=title, body=body) for i, title in titles.items()])
    assert found["bare"] == "new"
    assert found["old"] == "old"


def test_the_earliest_stands_for_all_and_copies_of_copies_belong_to_it(sample: list[Article]) -> None:
    text = sample[3]
    sentences = SENTENCE.split(text.body)
    third = len(sentences) // 3
    begin, end = " ".join(sentences[third:]), " ".join(sentences[:-third])
    articles = [
        replace(text, id="whole", date=DAY, site="A"),
        replace(text, id="begun", body=end, date=DAY - timedelta(hours=1), site="B"),
        replace(text, id="ended", body=begin, date=DAY + timedelta(hours=1), site="C"),
    ]
    assert found_among(articles) == dict.fromkeys(("whole", "begun", "ended"), "begun")


def test_texts_without_blanks_between_words_are_compared_as_well() -> None:
    body = (
        "昨夜、北の桟橋の沖で連絡船が沈没した。救助隊は乗客を港へ運んだ。原因はまだ分かっていないと海上保安庁は述べた。"
    )
    more = "現場の海域では風が弱まり、捜索は朝まで続けられる見通しである。"
    one, other = (Article(id=i, title="連絡船が沈没", body=text) for i, text in (("a", body), ("b", body + more)))
    assert list(found_among([one, other])) == ["a", "b"]


def test_what_is_added_is_compared_with_what_is_known_and_nothing_else_is_looked_at(sample: list[Article]) -> None:
    versions = dict(enumerate(sample, 1))
    before = Copies().brought_to(np.array(list(versions)), within(versions))
    versions[1000] = replace(sample[5], id="again", site="Elsewhere")
    asked: list[int] = []

    def asking(seqs: Sequence[int]) -> Mapping[int, Article]:
        asked.extend(seqs)
        return within(versions)(seqs)

    after = before.brought_to(np.array(list(versions)), asking)
    assert {6, 1000} <= set(after.pairs[len(before.pairs) :].ravel().tolist())
    assert len(set(asked)) < 10
    assert after.brought_to(np.array(list(versions)), asking) is after


def test_what_is_gone_is_forgotten(sample: list[Article]) -> None:
    versions = dict(enumerate([*sample, replace(sample[0], id="again", site="Elsewhere")], 1))
    last = len(versions)
    copies = Copies().brought_to(np.array(list(versions)), within(versions))
    assert last in copies.pairs
    left = copies.brought_to(np.arange(1, last), within(versions))
    assert last not in left.pairs
    assert len(left.signatures) == len(left.seqs) == last - 1


def test_a_draft_is_a_copy_of_what_is_there(sample: list[Article]) -> None:
    versions = dict(enumerate(sample, 1))
    copies = Copies().brought_to(np.array(list(versions)), within(versions))
    draft = replace(sample[7], id="draft", title="Something else altogether", site="Elsewhere")
    assert 8 in copies.of_text(draft, within(versions))
    assert copies.of_text(Article(id="x", title="Nothing of the kind", body="Not a word."), within(versions)) == []


def test_few_and_many_new_articles_meet_the_same(sample: list[Article]) -> None:
    chance = random.Random(3)
    new = [wire_copy(article, sample, chance) for article in sample[:FEW]]
    signatures = sign([words_of(article) for article in [*sample, *new]])
    few = {tuple(pair) for pair in pairs(signatures, len(new)).tolist()}
    many = {tuple(pair) for pair in pairs(signatures, len(new) + 1).tolist()}
    copied = {(place, len(sample) + place) for place in range(len(new))}
    assert copied <= few
    assert copied <= many


def test_one_page_that_stands_a_thousand_times_makes_no_million_pairs() -> None:
    signatures = sign([["not", "found", "on", "this", "server"]] * 3000)
    assert len(pairs(signatures, 3000)) < 30_000
    assert len(alike(signatures, sign([[]])[0])) == 0


def test_signatures_do_not_depend_on_what_they_are_made_with() -> None:
    texts = [["a"], [], ["one", "two", "three", "four"], ["one", "two", "three", "four"] * 200]
    assert np.array_equal(sign(texts), np.concatenate([sign([text]) for text in texts]))


def test_what_is_known_is_kept_and_a_damaged_file_is_made_again(sample: list[Article], tmp_path: Path) -> None:
    versions = dict(enumerate(sample, 1))
    copies = Copies().brought_to(np.array(list(versions)), within(versions))
    save(tmp_path, copies)
    assert np.array_equal(load(tmp_path).signatures, copies.signatures)
    assert np.array_equal(load(tmp_path).pairs, copies.pairs)
    (file,) = tmp_path.glob(f"{NAME}-*.npys")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert not len(load(tmp_path).seqs)
    save(tmp_path, copies)
    assert len(list(tmp_path.glob(f"{NAME}-*.npys"))) == 1  # the damaged one is gone
    assert len(load(tmp_path).seqs) == len(copies.seqs)
    (tmp_path / RECORD).write_text('{"version": 1, "file": "../../etc/passwd", "size": 1, "crc32_of_arrays": 1}')
    assert not len(load(tmp_path).seqs)
