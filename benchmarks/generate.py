"""A seeded generator of archives of distinct articles with realistic word frequencies, for sizes that no free
collection has.

``python -m benchmarks.generate 200000 --out articles.jsonl.gz`` writes one JSON object a line. What makes the
archives realistic, for a search engine:

* the vocabulary follows a two-regime Zipf-Mandelbrot law and therefore grows with the archive (Heaps' law);
* words have plurals, verb forms and adverbs, so that stemmers have work to do; 4 words in 10 are stop words;
* an article is a mixture of a few of some hundreds of topics, and repeats its own words (Church and Gale, "Poisson
  mixtures", 1995), so that words that belong together meet in the same articles;
* names recur, and words have others that often follow them, so that phrases can be found;
* lengths are log-normal, with a median of about 110 words.

Everything is drawn in numpy, thousands of articles at a time, as ids of tokens; a token's string may hold a
sentence's end and the next one's beginning, or a whole name, so that one join makes an article.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from benchmarks import vocabulary

Article = dict[str, Any]
Ids = NDArray[np.int32]

BATCH = 4_000  # articles drawn at a time
TOPICS = 300
TOPIC_SIZE = 1_500  # tokens in a topic's own vocabulary
MEDIAN_WORDS, SIGMA = 110, 0.58  # log-normal: a mean of 130 words
SHORTEST, LONGEST = 15, 2_000
SENTENCE = 19  # words, on average
FOLLOWED = 0.45  # share of the pairs of content words whose second is one that often follows the first
FOLLOWERS = 4  # words that often follow a word
COPIED = 0.2  # share of content words that repeat one of the same article's
TOPICAL = 0.5  # share of the other content words that come from the article's topics
SLOT_STOP, SLOT_NUMBER, SLOT_CLAUSE = 0.39, 0.03, 0.02  # of all tokens; the rest is content
SECTIONS = ("World", "Business", "Science", "Politics", "Culture", "Sport", "Technology", "Health", "Travel", "Opinion")
SITES = ("herald.example", "courier.example", "observer.example", "dispatch.example", "ledger.example")
FIRST_DAY = np.datetime64("2004-01-01T00:00:00")
DAYS = 20 * 365


class _Tables(NamedTuple):
    """What every batch of an archive draws from. Ids index `strings`, which holds the groups one after the other."""

    strings: list[str]
    single: int  # ids below this are single content words: those a title is made of
    background: vocabulary.RankFrequency
    topical: vocabulary.RankFrequency
    topics: Ids  # (TOPICS, TOPIC_SIZE): the ids in each topic's vocabulary, most frequent first
    topic_weights: NDArray[np.float64]
    topic_labels: list[str]
    followers: Ids  # (single, FOLLOWERS)
    numbers: tuple[int, int]  # the range of ids of each group
    stops: Ids  # function words, each as often as its rate: drawing is then indexing
    clauses: tuple[int, int]
    starts: tuple[int, int]
    people: list[str]


def articles(n: int, seed: int = 1) -> Iterator[Article]:
    """`n` articles, the same ones for the same `n` and `seed`, in the order of their dates."""
    tables = _tables(n, np.random.default_rng([seed, n]))
    for start in range(0, n, BATCH):
        rng = np.random.Generator(np.random.SFC64([seed, n, start]))
        yield from _batch(tables, rng, start, min(BATCH, n - start), n)


def vocabulary_size(n: int) -> int:
    """How many content words an archive of `n` articles can draw from: somewhat more than it will."""
    return int(min(1_200_000, max(8_000, 550 * n**0.55)))


def _tables(n: int, rng: np.random.Generator) -> _Tables:
    content = vocabulary.content_words(rng, vocabulary_size(n))
    name_list = vocabulary.names(rng, int(min(40_000, max(600, 40 * n**0.5))))
    numbers = vocabulary.numbers(rng, 5_000)
    functions, rates = vocabulary.function_words()
    clauses, starts = vocabulary.clause_starts(), vocabulary.sentence_starts()

    groups = (content, name_list, numbers, functions, clauses, starts)
    edges = np.cumsum([0, *map(len, groups)]).tolist()
    strings = [text for group in groups for text in group]

    # A topic's vocabulary: words of every frequency class but the commonest, and names.
    most = min(len(content), 120_000)
    topics = np.exp(rng.uniform(np.log(20), np.log(most), (TOPICS, TOPIC_SIZE))).astype(np.int32) - 1
    kind = rng.random(topics.shape)
    topics = np.where(kind < 0.12, rng.integers(edges[1], edges[2], topics.shape), topics).astype(np.int32)
    background = vocabulary.RankFrequency(len(content), head=1.0, tail=1.72, knee=4_000, shift=12)
    weights = 1 / (np.arange(TOPICS) + 15)
    return _Tables(
        strings=strings,
        single=edges[1],
        background=background,
        topical=vocabulary.RankFrequency(TOPIC_SIZE, head=0.9, tail=1.3, knee=300, shift=4),
        topics=topics,
        topic_weights=weights / weights.sum(),
        topic_labels=[next(strings[i] for i in row if 200 < i < edges[1]) for row in topics.tolist()],
        followers=background.draw(rng, FOLLOWERS * len(content)).reshape(-1, FOLLOWERS),
        numbers=(edges[2], edges[3]),
        stops=(edges[3] + rng.choice(len(functions), 1 << 16, p=rates)).astype(np.int32),
        clauses=(edges[4], edges[5]),
        starts=(edges[5], edges[6]),
        people=[name for name in name_list if " of " not in name][: max(40, min(900, n // 50))],
    )


def _batch(tables: _Tables, rng: np.random.Generator, first: int, size: int, n: int) -> Iterator[Article]:
    """Articles `first` to `first + size` of `n`."""
    topic = rng.choice(TOPICS, (size, 4), p=tables.topic_weights).astype(np.int32)
    topic[:, 1] = topic[:, 0]  # half of an article's topical words come from its main topic
    lengths = np.exp(rng.normal(np.log(MEDIAN_WORDS / 1.05), SIGMA, size)).clip(SHORTEST, LONGEST).astype(np.int32)
    tokens, ends = _tokens(tables, rng, topic, lengths)
    titles = _titles(tables, rng, tokens, ends, lengths)

    words = list(map(tables.strings.__getitem__, tokens.tolist()))
    dates = FIRST_DAY + (
        ((np.arange(first, first + size) + rng.random(size)) / n * DAYS * 86_400).astype("timedelta64[s]")
    )
    facts = zip(
        ends.tolist(),
        titles,
        np.datetime_as_string(dates).tolist(),
        topic.tolist(),
        rng.integers(0, len(SITES), size).tolist(),
        (len(tables.people) * rng.random((size, 3)) ** 2).astype(int).tolist(),
        strict=True,
    )
    begin = 0
    for number, (end, title, date, topical, site, people) in enumerate(facts, first):
        text = " ".join(words[begin:end]).replace(" .", ".").replace(" ,", ",").replace(" ?", "?")
        begin = end
        section = SECTIONS[topical[0] % len(SECTIONS)]
        names = [tables.people[person] for person in people[: 1 + (people[2] % 4 == 0)]]
        slug = title.lower().replace(" ", "-")
        yield {
            "id": f"a{number:07d}",
            "title": title,
            "text": text.lstrip(".? \n") + ".",  # the first word came with the mark that closes a sentence
            "date": date + "+00:00",
            "section": section,
            "site": SITES[site],
            "authors": names,
            "tags": list(dict.fromkeys(tables.topic_labels[t] for t in topical)),
            "url": f"https://{SITES[site]}/{date[:4]}/{section.lower()}/{slug}-{number}",
        }


def _tokens(tables: _Tables, rng: np.random.Generator, topic: Ids, lengths: Ids) -> tuple[Ids, NDArray[np.int64]]:
    """The token ids of all articles of a batch, one after the other, and where each article ends."""
    size, total = len(lengths), int(lengths.sum())
    ends = np.cumsum(lengths, dtype=np.int64)
    begins = ends - lengths
    owner = np.repeat(np.arange(size, dtype=np.int32), lengths)

    slot = rng.random(total, dtype=np.float32)
    ids = np.empty(total, dtype=np.int32)
    stop, number = SLOT_STOP, SLOT_STOP + SLOT_NUMBER
    clause = number + SLOT_CLAUSE
    content = slot >= clause
    (where,) = np.nonzero(content)
    ids[where] = _content(tables, rng, topic, owner[where])
    _repeat_own_words(rng, ids, content, where, begins[owner[where]])

    (where,) = np.nonzero(slot < stop)
    ids[where] = tables.stops[rng.integers(0, len(tables.stops), len(where))]
    (where,) = np.nonzero((slot >= stop) & (slot < number))
    low, high = tables.numbers
    ids[where] = low + ((high - low) * rng.random(len(where)) ** 3).astype(np.int32)
    (where,) = np.nonzero((slot >= number) & (slot < clause))
    ids[where] = rng.integers(*tables.clauses, len(where))

    _let_followers_follow(tables, rng, ids, content)
    # Nobody writes "the the": of two equal neighbours the second gives way to another content word.
    (where,) = np.nonzero(ids[1:] == ids[:-1])
    ids[where + 1] = tables.background.draw(rng, len(where))

    sentence_lengths = rng.integers(SENTENCE // 2, SENTENCE * 3 // 2 + 1, total // (SENTENCE // 2) + 1)
    breaks = np.cumsum(sentence_lengths)
    breaks = breaks[: np.searchsorted(breaks, total)]
    places = np.concatenate([begins, breaks])  # an article begins as a sentence does
    ids[places] = rng.integers(*tables.starts, len(places))
    return ids, ends


def _content(tables: _Tables, rng: np.random.Generator, topic: Ids, owner: Ids) -> Ids:
    """One content token for each element of `owner`, the article it goes into."""
    ids = tables.background.draw(rng, len(owner))
    (where,) = np.nonzero(rng.random(len(owner), dtype=np.float32) < TOPICAL)
    mine = topic[owner[where], rng.integers(0, topic.shape[1], len(where))]
    ids[where] = tables.topics[mine, tables.topical.draw(rng, len(where))]
    return ids


def _repeat_own_words(
    rng: np.random.Generator, ids: Ids, content: NDArray[np.bool_], where: NDArray[np.int64], begins: NDArray[np.int64]
) -> None:
    """Makes a share of the content tokens at `where` copies of an earlier content token of the same article."""
    (chosen,) = np.nonzero(rng.random(len(where), dtype=np.float32) < COPIED)
    place, begin = where[chosen], begins[chosen]
    source = begin + ((place - begin) * rng.random(len(place))).astype(np.int64)
    usable = content[source]
    ids[place[usable]] = ids[source[usable]]


def _let_followers_follow(tables: _Tables, rng: np.random.Generator, ids: Ids, content: NDArray[np.bool_]) -> None:
    """Makes a share of the content words that come right after one a word that often follows that one."""
    chosen = np.zeros(len(ids), dtype=bool)
    chosen[1:] = content[1:] & content[:-1] & (rng.random(len(ids) - 1, dtype=np.float32) < FOLLOWED)
    second = chosen.copy()
    second[1:] &= ~chosen[:-1]
    third = chosen & ~second
    third[1:] &= second[:-1]
    for step in (second, third):  # in this order, since what a third word follows may itself have been replaced
        (where,) = np.nonzero(step)
        where = where[ids[where - 1] < tables.single]
        which = (FOLLOWERS * rng.random(len(where)) ** 2).astype(np.int32)
        ids[where] = tables.followers[ids[where - 1], which]


def _titles(tables: _Tables, rng: np.random.Generator, tokens: Ids, ends: NDArray[np.int64], lengths: Ids) -> list[str]:
    """A title for each article: single words of its text in their order, one function word, now and then a name."""
    size, single, strings = len(ends), tables.single, tables.strings
    # 24 places of the article are looked at; 4 to 9 single content words among them make the title.
    looked = (ends - lengths)[:, None] + np.sort(rng.random((size, 24)), axis=1) * lengths[:, None]
    found = tokens[looked.astype(np.int64)]
    found[:, 1:][found[:, 1:] == found[:, :-1]] = single  # the same place twice
    keep = found < single
    keep &= np.cumsum(keep, axis=1) <= rng.integers(4, 10, size)[:, None]
    counts = keep.sum(axis=1)
    spare = tables.background.draw(rng, 4 * size).tolist()  # for articles so short that fewer than 4 were found
    words = list(map(strings.__getitem__, found[keep].tolist()))
    links = [strings[i] for i in tables.stops[rng.integers(0, len(tables.stops), size)].tolist()]
    is_name = (found >= single) & (found < tables.numbers[0])
    column = np.where(rng.random(size) < 0.3, is_name.argmax(axis=1), 0)
    leads = np.where(is_name[np.arange(size), column], found[np.arange(size), column], -1).tolist()

    titles: list[str] = []
    begin = 0
    for number, (count, lead, link) in enumerate(zip(counts.tolist(), leads, links, strict=True)):
        title = words[begin : begin + count]
        begin += count
        if count < 4:
            title += [strings[i] for i in spare[4 * number : 4 * number + 4 - count]]
        title.insert(len(title) // 2, link)
        line = " ".join(title)
        titles.append(f"{strings[lead]} {line}" if lead >= 0 and len(title) <= 8 else line)
    return [line[0].upper() + line[1:] for line in titles]


def write(path: Path, n: int, seed: int) -> None:
    """Writes `n` articles as JSON Lines, compressed where the name ends in ``.gz``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _create(path) as lines:
        for article in articles(n, seed):
            lines.write(json.dumps(article, ensure_ascii=False) + "\n")


def _create(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", compresslevel=1)
    return path.open("w", encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__.split("\n\n")[0])
    parser.add_argument("n", type=int, help="how many articles")
    parser.add_argument("--out", type=Path, required=True, help="where to: .jsonl or .jsonl.gz")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    write(options.out, options.n, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
