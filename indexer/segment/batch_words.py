"""The words of a batch of texts as the codes of a vocabulary, text after text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.segment.vocabulary import DROPPED, Vocabulary
from indexer.text.analyzer import analyzer_for
from indexer.text.markers import COMMON, SPELLED
from indexer.text.spellings import Chunk, chunks, named, spelled_terms, spellings, split
from indexer.text.word_table import WordTable
from indexer.text.words import plain_text

_BETWEEN = "\n"  # in no word
_PLACE_BITS = 16  # for the number of a word of a chunk; few have more than three
_PLACE = (1 << _PLACE_BITS) - 1


class Texts(NamedTuple):
    """The words of some texts as codes, see `Vocabulary`, one text after the other and a 0 behind each."""

    codes: NDArray[np.integer[Any]]  # (n_words,)
    sizes: NDArray[np.int64]  # (n_texts,) how many of the codes each text has
    named: NDArray[np.int64]  # the places of words that are written like names
    others: NDArray[np.int64]  # (2, n) the places of words that are parts of chunks, and the terms of these

    @classmethod
    def of(cls, parts: Sequence[tuple[Sequence[int], Texts]]) -> Texts:
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


class LanguageWords:
    """What an inverter knows of one language."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self._analyzer = analyzer_for(language)
        self._vocabulary = vocabulary
        self._place = vocabulary.language(language)
        self._in_bulk = WordTable(self._number_all, self._number_joined)
        self._by_form = {"": DROPPED}  # the codes of words as they are written in lower case, and of the end of a text
        self._by_chunk: dict[str, list[int]] = {}  # the numbers of terms and the places of words that they stand at

    def __len__(self) -> int:
        return len(self._by_form) - 1 + len(self._in_bulk) + len(self._by_chunk)

    def words(self, texts: Sequence[str]) -> Texts:
        """The words of texts."""
        readable = [text if text.isascii() else plain_text(text) for text in texts]
        in_ascii = np.fromiter(map(str.isascii, readable), bool, len(readable))
        if in_ascii.all():
            return self._all_at_once(readable)
        ascii_ones, others = np.flatnonzero(in_ascii).tolist(), np.flatnonzero(~in_ascii).tolist()
        return Texts.of(
            [
                (ascii_ones, self._all_at_once([readable[place] for place in ascii_ones])),
                (others, self._one_by_one([readable[place] for place in others])),
            ]
        )

    def _all_at_once(self, texts: Sequence[str]) -> Texts:
        """The words of texts that are ASCII."""
        cut = self._in_bulk.words(texts)
        joined = np.stack([cut.pairs + 1, cut.of_pairs.astype(np.int64)])
        found = np.concatenate([self._others(cut.chunks), joined], axis=1)
        return Texts(cut.ids, cut.counts, cut.named, found)

    def _one_by_one(self, texts: Sequence[str]) -> Texts:
        """The words of texts that are not ASCII."""
        forms: list[str] = []
        sizes: list[int] = []
        names: list[int] = []
        found: list[Chunk] = []
        for text in texts:
            words, between = split(text)
            start = len(forms)
            names += [start + place for place in named(words, between)]
            found += [Chunk(start + first, written) for first, written in chunks(words, between)]
            if words:
                forms += _BETWEEN.join(words).lower().split(_BETWEEN)
            forms.append("")
            sizes.append(len(forms) - start)
        by_form = self._by_form
        new = [form for form in dict.fromkeys(forms) if form not in by_form]
        by_form.update(zip(new, self._number_all(new), strict=True))
        codes = np.fromiter(map(by_form.__getitem__, forms), np.int32, len(forms))
        return Texts(codes, np.array(sizes, np.int64), np.array(names, np.int64), self._others(found))

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
        stems = self._analyzer.terms_of_words(self._analyzer.words_of(words))
        terms = [SPELLED + stem if stem else COMMON + word for word, stem in zip(words, stems, strict=True)]
        return self._vocabulary.terms.number(map(str.encode, terms))

    def _number_all(self, forms: Sequence[str]) -> list[int]:
        return self._vocabulary.codes(self._analyzer.words_of(forms), self._analyzer, self._place)
