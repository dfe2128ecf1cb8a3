"""Inversion of a batch of articles in memory: words in, postings sorted by term and article out.

Sort-based inversion (Witten, Moffat and Bell, Managing Gigabytes, ch. 5) done by numpy: words come in the order of
their docs and positions, so one stable sort by term, by radix, is the inverted index.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.schema import TEXT_FIELDS
from indexer.segment.form_table import FormTable, entry_of, with_language
from indexer.text.analyzer import Analyzer, analyzer_for
from indexer.text.markers import COMMON, SPELLED
from indexer.text.spellings import Chunk, Spelling, chunks, named, spelled_terms, spellings, split
from indexer.text.word_table import WordTable
from indexer.text.words import plain_text

FIELD_GAP = 128  # positions between two fields of an article, so that no phrase reaches from one into the next
_RUN = 5  # so many stop words in a row are likely to be meant: "to be or not to be"
_BETWEEN = "\n"  # in no word
_PLACE_BITS = 16  # for the number of a word of a chunk; few have more than three
_PLACE = (1 << _PLACE_BITS) - 1
_MANY = 20  # a new one costs as much to find its place as so many known ones to compare
_DROPPED = 0  # the number of what is no term: stop words, the end of a text


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted batch. Terms are sorted; the postings of a term are sorted by doc, their positions ascend.

    `tf` has one row per text field and one column per posting, `dl` one row per text field and one column per doc: the
    first two are title and body. Positions count the kept words of an article through all its fields, `FIELD_GAP`
    between fields: field f begins at ``dl[:f].sum() + f * FIELD_GAP``.
    """

    terms: list[bytes]  # UTF-8, ascending
    post_start: NDArray[np.int64]  # (n_terms + 1,) into docs and tf
    pos_start: NDArray[np.int64]  # (n_terms + 1,) into positions
    docs: NDArray[np.uint32]  # (n_postings,)
    tf: NDArray[np.unsignedinteger[Any]]  # (n_fields, n_postings)
    positions: NDArray[np.unsignedinteger[Any]]  # (n_words,)
    dl: NDArray[np.unsignedinteger[Any]]  # (n_fields, num_docs)
    # the words of which the terms were made, and those that are no terms; None where an older version did not keep them
    forms: FormTable | None = None


class _Numbered:
    """Different texts met so far, numbered in the order in which they turned up; 0 is none."""

    def __init__(self) -> None:
        self.utf8: list[bytes] = [b""]
        self._numbers: dict[bytes, int] = {b"": _DROPPED}
        self._in_order = np.zeros(0, np.int32)

    def number(self, texts: Iterable[bytes]) -> list[int]:
        """The numbers of texts, which are given to those that have none yet."""
        numbers, utf8 = self._numbers, self.utf8
        found = []
        for text in texts:
            number = numbers.get(text)
            if number is None:
                number = numbers[text] = len(utf8)
                utf8.append(text)
            found.append(number)
        return found

    def in_order(self) -> NDArray[np.int32]:
        """The numbers of all texts, ascending by text."""
        known, text = len(self._in_order), self.utf8.__getitem__
        if known + 1 < len(self.utf8):
            new = sorted(range(known + 1, len(self.utf8)), key=text)
            if len(new) * _MANY < known:
                places = [bisect_left(self._in_order, text(number), key=text) for number in new]
                self._in_order = np.insert(self._in_order, places, np.array(new, np.int32))
            else:
                numbers = [*self._in_order.tolist(), *new]
                numbers.sort(key=text)  # two ascending runs, which takes one pass
                self._in_order = np.array(numbers, np.int32)
        return self._in_order

    def used(self, marked: NDArray[np.bool_]) -> NDArray[np.int32]:
        """The numbers of those that are marked, ascending by text."""
        in_order = self.in_order()
        return in_order[marked[in_order]]


class _Vocabulary:
    """The words met so far, in all languages, and the terms that were made of them.

    A word has a code. That of one which is its own term, in the archive's own language, is the number of the term; all
    others are forms that are kept, numbered from 1 on, and their codes are these numbers below 0.
    """

    def __init__(self, own_language: str) -> None:
        self.terms = _Numbered()
        self.forms = _Numbered()  # as `form_table.with_language` has them
        self.languages: list[str] = [own_language]
        self._entries: list[bytes] = [b""]
        self._term_of = array("i", [_DROPPED])  # by the number of a form; numpy copies these at once
        self._language_of = array("i", [0])
        self._common_of = array("i", [_DROPPED])
        self._others: list[tuple[int, int]] = []  # of words that have more terms, the code and a term

    @property
    def n_forms(self) -> int:
        """The forms that are kept, and 0."""
        return len(self._entries)

    def language(self, code: str) -> int:
        """The place of a language."""
        if code not in self.languages:
            self.languages.append(code)
        return self.languages.index(code)

    def codes(self, words: Sequence[str], analyzer: Analyzer, language: int) -> list[int]:
        """The codes of words in a language."""
        terms = analyzer.terms_of_words(list(words))
        numbers = self.terms.number(map(str.encode, terms))
        if language:
            kept = [place for place, word in enumerate(words) if word]
        else:
            kept = [place for place, (word, term) in enumerate(zip(words, terms, strict=True)) if word != term]
        entries = [entry_of(words[place]) for place in kept]
        of_language = with_language(b"", self.languages[language])
        forms = self.forms.number([entry + of_language for entry in entries])
        for form, place, entry in zip(forms, kept, entries, strict=True):
            if form == len(self._entries):
                common = [] if terms[place] else self.terms.number([(COMMON + words[place]).encode()])
                self._entries.append(entry)
                self._term_of.append(numbers[place])
                self._language_of.append(language)
                self._common_of.append(common[0] if common else _DROPPED)
                self._add_others(words[place], analyzer, -form)
            numbers[place] = -form
        if not all(map(str.isascii, words)):
            for place in set(range(len(words))) - set(kept):
                self._add_others(words[place], analyzer, numbers[place])
        return numbers

    def _add_others(self, word: str, analyzer: Analyzer, code: int) -> None:
        if not word.isascii():
            others = self.terms.number(map(str.encode, analyzer.other_terms(word)))
            self._others += [(code, other) for other in others]

    def of_words(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(n_words,) the numbers of the terms of words given by their codes, 0 for none, and of the terms that stop
        words have, 0 for none."""
        n_terms = len(self.terms.utf8)
        # codes below 0 count from the end
        terms = np.concatenate([np.arange(n_terms, dtype=np.int32), np.array(self._term_of)[:0:-1]])
        common = np.concatenate([np.zeros(n_terms, np.int32), np.array(self._common_of)[:0:-1]])
        return terms[codes], common[codes]

    def others(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The terms beside their own that words have: the places of words, one for each term, and the numbers of
        terms."""
        if not self._others:
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        pairs = np.unique(np.array(self._others, np.int32), axis=0)
        of, terms = pairs.T
        size = len(self.terms.utf8) + len(self._entries)
        counts, firsts = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(counts, of, 1)
        firsts[of[::-1]] = np.arange(len(of))[::-1]
        places = np.flatnonzero(counts[codes])
        n_terms, first = counts[codes[places]], firsts[codes[places]]
        at = np.repeat(first - np.cumsum(n_terms) + n_terms, n_terms) + np.arange(int(n_terms.sum()))
        return np.repeat(places, n_terms), terms[at]

    def table(self, codes: NDArray[np.int32], rank: NDArray[np.uint32], n_terms: int) -> FormTable:
        """The table of the words of a batch. `rank` has the places of terms among its `n_terms`."""
        counts = np.bincount(-codes[codes < 0], minlength=self.n_forms)
        used = self.forms.used(counts > 0)
        terms = np.array(self._term_of)[used]
        places = np.where(terms == _DROPPED, n_terms, rank[terms])
        languages = np.array(self._language_of)[used]
        entries = list(map(self._entries.__getitem__, used.tolist()))
        return FormTable(entries, places, counts[used], languages, self.languages.copy())


class _Forms(dict[str, int]):
    """The codes of words in one language by how they are written in lower case, filled as they turn up."""

    def __init__(self, number_all: Callable[[Sequence[str]], Sequence[int]]) -> None:
        self._number_all = number_all

    def __missing__(self, form: str) -> int:
        number = self[form] = self._number_all([form])[0]
        return number


class _Texts(NamedTuple):
    """The words of some texts as codes, see `_Vocabulary`, one text after the other and a 0 behind each."""

    codes: NDArray[np.int32]  # (n_words,)
    sizes: NDArray[np.int64]  # (n_texts,) how many of the codes each text has
    named: NDArray[np.int64]  # the places of words that are written like names
    others: NDArray[np.int64]  # (2, n) the places of words that are parts of chunks, and the terms of these

    @classmethod
    def of(cls, parts: Sequence[tuple[Sequence[int], _Texts]]) -> _Texts:
        """Texts that were read apart; each part comes with the numbers that its texts have among all."""
        if len(parts) == 1:
            return parts[0][1]
        n_texts = sum(len(slots) for slots, _ in parts)
        sizes = np.zeros(n_texts, np.int64)
        for slots, texts in parts:
            sizes[slots] = texts.sizes
        starts = np.cumsum(sizes) - sizes
        codes = np.zeros(int(sizes.sum()), np.int32)
        named, others = [np.zeros(0, np.int64)], [np.zeros((2, 0), np.int64)]
        for slots, texts in parts:
            moves = np.repeat(starts[slots] - np.cumsum(texts.sizes) + texts.sizes, texts.sizes)
            to = moves + np.arange(len(texts.codes))
            codes[to] = texts.codes
            named.append(to[texts.named])
            others.append(np.stack([to[texts.others[0]], texts.others[1]]))
        return cls(codes, sizes, np.concatenate(named), np.concatenate(others, axis=1))


class _Language:
    """What an inverter knows of one language."""

    def __init__(self, language: str, vocabulary: _Vocabulary) -> None:
        self._analyzer = analyzer_for(language)
        self._vocabulary = vocabulary
        self._place = vocabulary.language(language)
        self._in_bulk = WordTable(self._number_all, self._number_joined)
        self._by_form = _Forms(self._number_all)
        self._by_chunk: dict[str, list[int]] = {}  # the numbers of terms and the places of words that they stand at

    def __len__(self) -> int:
        return len(self._by_form) + len(self._in_bulk) + len(self._by_chunk)

    def words(self, texts: Sequence[str]) -> _Texts:
        """The words of texts."""
        readable = [text if text.isascii() else plain_text(text) for text in texts]
        ascii_ones = [place for place, text in enumerate(readable) if text.isascii()]
        others = [place for place, text in enumerate(readable) if not text.isascii()]
        cut = self._in_bulk.words([readable[place] for place in ascii_ones])
        joined = np.stack([cut.pairs + 1, cut.of_pairs.astype(np.int64)])
        found = np.concatenate([self._others(cut.chunks), joined], axis=1)
        parts = [(ascii_ones, _Texts(cut.ids, cut.counts, cut.named, found))]
        if others:
            parts.append((others, self._one_by_one([readable[place] for place in others])))
        return _Texts.of(parts)

    def _one_by_one(self, texts: Sequence[str]) -> _Texts:
        """The words of texts that are not ASCII."""
        forms: list[int] = []
        sizes: list[int] = []
        names: list[int] = []
        found: list[Chunk] = []
        for text in texts:
            words, between = split(text)
            start = len(forms)
            names += [start + place for place in named(words, between)]
            found += [Chunk(start + first, written) for first, written in chunks(words, between)]
            if words:
                forms += map(self._by_form.__getitem__, _BETWEEN.join(words).lower().split(_BETWEEN))
            forms.append(_DROPPED)
            sizes.append(len(forms) - start)
        return _Texts(
            np.array(forms, np.int32), np.array(sizes, np.int64), np.array(names, np.int64), self._others(found)
        )

    def _others(self, found: Sequence[Chunk]) -> NDArray[np.int64]:
        """(2, n) the places and numbers of the terms of chunks."""
        by_chunk = self._by_chunk
        self._number_chunks([written for _, written in found if written not in by_chunk])
        of_chunks = [by_chunk[written] for _, written in found]
        counts = np.fromiter(map(len, of_chunks), np.int64, len(of_chunks))
        terms = np.fromiter(chain.from_iterable(of_chunks), np.int64, int(counts.sum()))
        firsts = np.fromiter((first for first, _ in found), np.int64, len(found))
        return np.stack([np.repeat(firsts, counts) + (terms & _PLACE), terms >> _PLACE_BITS])

    def _number_chunks(self, new: Iterable[str]) -> None:
        """Numbers the terms of chunks that were not met before."""
        of_chunks = {written: spellings(written) for written in new}
        spelled = [spelling for of_chunk in of_chunks.values() for spelling in of_chunk]
        terms = spelled_terms(spelled, self._analyzer)
        numbered = iter(zip(self._vocabulary.terms.number(map(str.encode, terms)), spelled, strict=True))
        for written, of_chunk in of_chunks.items():
            self._by_chunk[written] = [
                number << _PLACE_BITS | of.place for number, of in islice(numbered, len(of_chunk))
            ]

    def _number_joined(self, words: Sequence[str]) -> list[int]:
        """The numbers of the terms of words that are two with a sign between them."""
        terms = spelled_terms([Spelling(SPELLED, word, 0) for word in words], self._analyzer)
        return self._vocabulary.terms.number(map(str.encode, terms))

    def _number_all(self, forms: Sequence[str]) -> list[int]:
        return self._vocabulary.codes(self._analyzer.words_of(forms), self._analyzer, self._place)


class Inverter:
    """Inverts batches of articles. One inverter serves many batches: it remembers the forms it has met."""

    def __init__(self, default_language: str) -> None:
        self._default_language = default_language
        self._vocabulary = _Vocabulary(default_language)
        self._by_language: dict[str, _Language] = {}

    @property
    def n_forms(self) -> int:
        """How many forms are remembered."""
        return sum(map(len, self._by_language.values()))

    def invert(self, articles: Sequence[tuple[Sequence[str], str]]) -> Postings:
        """The postings of a batch, doc 0 being its first article. An article is the texts of its fields, title and body
        and as many others as all the articles have, and its language, empty for the default."""
        n_fields = len(articles[0][0]) if articles else len(TEXT_FIELDS)
        languages = [language or self._default_language for _, language in articles]
        texts = self._words([text for texts, _ in articles for text in texts], languages)
        vocabulary = self._vocabulary
        words, common = vocabulary.of_words(texts.codes)
        others = self._others(texts, common, n_fields)
        utf8 = vocabulary.terms.utf8
        met = np.zeros(len(utf8), bool)
        met[words] = met[others.terms] = True
        met[_DROPPED] = False
        used = vocabulary.terms.used(met)
        rank = np.zeros(len(met), np.uint32)
        rank[used] = np.arange(len(used), dtype=np.uint32)
        table = vocabulary.table(texts.codes, rank, len(used))
        ranked = others._replace(terms=rank[others.terms])
        kept = words != _DROPPED
        dl = np.add.reduceat(kept, np.cumsum(texts.sizes) - texts.sizes, dtype=np.int64).reshape(-1, n_fields)
        terms = [utf8[number] for number in used.tolist()]
        return replace(_invert(rank[words[kept]], dl, _at_words(ranked, kept, texts.sizes), terms), forms=table)

    def _words(self, texts: Sequence[str], languages: Sequence[str]) -> _Texts:
        """The words of all texts; as many texts belong to each of the `languages` as there are fields."""
        used, n_fields = list(dict.fromkeys(languages)), len(texts) // max(1, len(languages))
        for language in used:
            if language not in self._by_language:
                self._by_language[language] = _Language(language, self._vocabulary)
        slots = {language: [n for n in range(len(texts)) if languages[n // n_fields] == language] for language in used}
        return _Texts.of([(of, self._by_language[code].words([texts[n] for n in of])) for code, of in slots.items()])

    def _others(self, texts: _Texts, common: NDArray[np.int32], n_fields: int) -> _Others:
        """The terms of a batch that are not its words' own. `common` has the terms of stop words by word, else 0."""
        is_common = common != _DROPPED
        meant = _long_runs(is_common)
        meant[texts.named] = True
        meant |= np.repeat(np.arange(len(texts.sizes)) % n_fields == 0, texts.sizes)  # in a title every one is
        stops = np.flatnonzero(meant & is_common)
        at_forms, of_forms = self._vocabulary.others(texts.codes)
        places = np.concatenate([stops, at_forms, texts.others[0]])
        terms = np.concatenate([common[stops], of_forms, texts.others[1]])
        is_stop = np.zeros(len(places), bool)
        is_stop[: len(stops)] = True
        return _Others(places, terms, is_stop)


class _Others(NamedTuple):
    """Terms of a batch beside those of its words."""

    places: NDArray[np.int64]  # of the words that they stand at, among all words of the batch
    terms: NDArray[np.integer[Any]]
    in_full: NDArray[np.bool_]  # whether their positions count all words, stop words too


class _Placed(NamedTuple):
    """Terms of a batch beside those of its words, with their positions within their texts."""

    texts: NDArray[np.int64]
    positions: NDArray[np.int64]
    ranks: NDArray[np.uint32]


def _at_words(others: _Others, kept: NDArray[np.bool_], sizes: NDArray[np.int64]) -> _Placed:
    """Where in their texts terms stand."""
    ends = np.cumsum(sizes)
    texts = np.searchsorted(ends, others.places, side="right")
    starts = (ends - sizes)[texts]
    before = np.concatenate([[0], np.cumsum(kept)])
    positions = np.where(others.in_full, others.places - starts, before[others.places] - before[starts])
    return _Placed(texts, positions, others.terms.astype(np.uint32))


def _long_runs(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where at least `_RUN` marked ones follow each other, a new array."""
    begins = marked.copy()
    for step in range(1, _RUN):
        begins[:-step] &= marked[step:]
        begins[-step:] = False
    runs = begins.copy()
    for step in range(1, _RUN):
        runs[step:] |= begins[:-step]
    return runs


def _invert(ranks: NDArray[np.uint32], dl: NDArray[np.int64], others: _Placed, terms: list[bytes]) -> Postings:
    """Sorts the kept words of all docs, `dl` (num_docs, n_fields) of them in each field, and other terms into postings.
    `ranks` has the place of each word among the `terms`, each of which occurs."""
    num_docs, n_fields = dl.shape
    base = np.zeros_like(dl)  # position of the first word of each field
    base[:, 1:] = np.cumsum(dl + FIELD_GAP, axis=1)[:, :-1]
    other_positions = base.reshape(-1)[others.texts] + others.positions
    pos_bits = max(int((base + dl).max(initial=0)), int(other_positions.max(initial=0))).bit_length()
    field_bits = (n_fields - 1).bit_length()
    # Where a word is: `doc | field | position` in one number.
    small = (max(num_docs - 1, 0) << field_bits + pos_bits).bit_length() <= 32
    place = (np.arange(num_docs)[:, None] << field_bits | np.arange(n_fields)) << pos_bits
    lengths = dl.reshape(-1)
    first = (place + base).reshape(-1) - np.cumsum(lengths) + lengths
    places = np.repeat(first, lengths) + np.arange(len(ranks))
    if len(others.ranks):
        other_places = place.reshape(-1)[others.texts] + other_positions
        in_order = np.argsort(other_places, kind="stable")
        places = np.concatenate([places, other_places[in_order]])
        ranks = np.concatenate([ranks, others.ranks[in_order]])
    in_order_of_terms = places.astype(np.uint32 if small else np.uint64)[_stable_order(ranks)]
    return _postings(in_order_of_terms, np.bincount(ranks, minlength=len(terms)), (field_bits, pos_bits), dl, terms)


def _stable_order(ranks: NDArray[np.uint32]) -> NDArray[np.intp]:
    """The stable order by rank. numpy sorts numbers of 16 bits by radix, in a third of the time of comparing them."""
    order = np.argsort(ranks.astype(np.uint16), kind="stable")
    if int(ranks.max(initial=0)) >> 16:
        order = order[np.argsort((ranks >> np.uint32(16)).astype(np.uint16)[order], kind="stable")]
    return order


def _postings(
    places: NDArray[Any],
    word_counts: NDArray[np.int64],
    bits: tuple[int, int],
    dl: NDArray[np.int64],
    terms: list[bytes],
) -> Postings:
    """Cuts words, sorted by term and place, into postings: one starts wherever the term or the doc changes."""
    field_bits, pos_bits = bits
    n_fields = dl.shape[1]
    word = places.dtype.type
    positions = (places & word((1 << pos_bits) - 1)).astype(np.uint32, copy=False)
    places >>= word(pos_bits)
    fields = places.astype(np.uint8) & np.uint8((1 << field_bits) - 1)
    places >>= word(field_bits)
    pos_start = np.concatenate([[0], np.cumsum(word_counts)])
    begins = np.ones(len(places), bool)
    np.not_equal(places[1:], places[:-1], out=begins[1:])
    begins[pos_start[:-1]] = True
    starts = np.flatnonzero(begins)
    edges = np.append(starts, len(places))
    tf = np.empty((n_fields, len(starts)), np.uint32)
    tf[-1] = np.diff(edges)
    for field in range(n_fields - 1):
        before = np.concatenate([[0], np.cumsum(fields == field, dtype=np.uint32)])
        tf[field] = np.diff(before[edges])
        tf[-1] -= tf[field]
    return Postings(
        terms=terms,
        post_start=np.searchsorted(edges, pos_start).astype(np.int64, copy=False),
        pos_start=pos_start.astype(np.int64, copy=False),
        docs=places[starts].astype(np.uint32, copy=False),
        tf=tf,
        positions=positions,
        dl=dl.T.astype(np.uint32),
    )
