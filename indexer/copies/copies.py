"""Which articles of an archive are copies of each other: found once for each article, and kept.

What is kept is derived from the stored articles alone, in the folder `ArchiveFolder.related`; without it
all is found again. Articles go by the store's sequence numbers, so an article that was changed is looked at anew, and
whoever adds one to a hundred thousand compares one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.base import kept_arrays
from indexer.copies.candidates import alike, pairs
from indexer.copies.same_text import Verdict, are_copies, compared
from indexer.copies.signatures import VALUES, Signatures, sign, words_of

NAME = "copies"
RECORD = f"{NAME}.json"  # which file has the arrays
VERSION = 1
READ_AGAIN = 1000  # articles that may be looked at anew by every process before the file is written again
_ARRAYS = ("seqs", "signatures", "pairs", "apart")
_AT_ONCE = 1000  # articles that are in memory

Versions = Callable[[Sequence[int]], Mapping[int, Article]]
"""The stored articles with some sequence numbers; those that are gone are left out."""


def _no_pairs() -> NDArray[np.int64]:
    return np.zeros((0, 2), np.int64)


@dataclass(frozen=True, slots=True)
class Copies:
    """What is known of some articles."""

    seqs: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))  # (n,) which they are, none twice
    signatures: Signatures = field(default_factory=lambda: np.zeros((0, VALUES), np.uint8))  # (n, VALUES)
    pairs: NDArray[np.int64] = field(default_factory=_no_pairs)  # (n_pairs, 2) which are copies, by their numbers
    apart: NDArray[np.int64] = field(default_factory=_no_pairs)  # likewise which are written alike and are none

    def brought_to(self, seqs: NDArray[np.int64], versions: Versions) -> Copies:
        """What is known once the articles are those with these sequence numbers: what is gone is forgotten, what is new
        is compared with all that may be alike."""
        there = np.isin(self.seqs, seqs)
        kept = self if there.all() else self._only(there)
        new = seqs[~np.isin(seqs, kept.seqs)]
        if not len(new):
            return kept
        signatures = [kept.signatures]
        for begin in range(0, len(new), _AT_ONCE):
            part = new[begin : begin + _AT_ONCE].tolist()
            found = versions(part)
            signatures.append(sign([words_of(found[seq]) if seq in found else [] for seq in part]))
        known = Copies(np.concatenate([kept.seqs, new]), np.concatenate(signatures), kept.pairs)
        candidates = known.seqs[pairs(known.signatures, len(new))]
        copies, apart = _judged(candidates, versions)
        return replace(known, pairs=np.concatenate([kept.pairs, copies]), apart=np.concatenate([kept.apart, apart]))

    def _only(self, there: NDArray[np.bool_]) -> Copies:
        seqs = self.seqs[there]
        pairs, apart = (each[np.isin(each, seqs).all(axis=1)] for each in (self.pairs, self.apart))
        return Copies(seqs, self.signatures[there], pairs, apart)

    def of_text(self, article: Article, versions: Versions) -> list[int]:
        """The sequence numbers of those that are copies of an article that is not among them, ascending."""
        seqs = sorted(self.seqs[alike(self.signatures, sign([words_of(article)])[0])].tolist())
        return [seq for seq, other in sorted(versions(seqs).items()) if are_copies(article, other)] if seqs else []

    def groups(self, dates: Mapping[int, float]) -> dict[int, int]:
        """For each article that has a copy the one that stands for it and its copies, itself perhaps: the earliest by
        `dates` (of those that have one), or else the first that came in. By sequence numbers.

        A copy of a copy is of the same group, unless two of the group are known to be different things: of notes on two
        releases, an excerpt that fits both goes with the one that came first.
        """
        members: dict[int, list[int]] = {seq: [seq] for seq in np.unique(self.pairs).tolist()}
        group = {seq: seq for seq in members}
        apart: dict[int, set[int]] = {}
        for one, other in self.apart.tolist():
            apart.setdefault(one, set()).add(other)
            apart.setdefault(other, set()).add(one)
        for one, other in sorted(map(tuple, self.pairs.tolist())):
            into, of = sorted((group[one], group[other]))
            if into == of or any(not apart.get(seq, set()).isdisjoint(members[into]) for seq in members[of]):
                continue
            group |= dict.fromkeys(members[of], into)
            members[into] += members.pop(of)
        firsts = {of: min(seqs, key=lambda seq: (dates.get(seq, np.inf), seq)) for of, seqs in members.items()}
        return {seq: firsts[of] for seq, of in group.items()}


def _judged(candidates: NDArray[np.int64], versions: Versions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of the pairs are copies, and which are written alike and are none."""
    found: dict[Verdict, list[list[int]]] = {verdict: [] for verdict in Verdict}
    for begin in range(0, len(candidates), _AT_ONCE // 2):
        part = candidates[begin : begin + _AT_ONCE // 2].tolist()
        articles = versions(sorted({seq for pair in part for seq in pair}))
        for one, other in part:
            if one in articles and other in articles:
                found[compared(articles[one], articles[other])].append([one, other])
    copies, apart = (np.array(found[v], np.int64).reshape(-1, 2) for v in (Verdict.COPIES, Verdict.APART))
    return copies, apart


def load(folder: Path) -> Copies:
    """What is kept in a folder; nothing where there is no file, or one that is damaged or of another version."""
    kept = kept_arrays.load(folder, NAME, VERSION, lambda _, arrays: Copies(*(arrays[name] for name in _ARRAYS)))
    return Copies() if kept is None else kept


def verify_arrays(folder: Path, record: Mapping[str, Any]) -> None:
    """Raises IndexDamagedError where the arrays that a record names are not as they were written, and whatever taking
    another record apart raises."""
    if record["version"] == VERSION:
        kept_arrays.verify_arrays(folder, NAME, record)


def save(folder: Path, copies: Copies) -> None:
    """Writes what is known for the next process, if that one would have much to look at or something to learn. Raises
    OSError or WriteError where it cannot be written."""
    kept = load(folder)
    same_pairs = np.array_equal(np.sort(kept.pairs, axis=0), np.sort(copies.pairs, axis=0))
    if same_pairs and int((~np.isin(copies.seqs, kept.seqs)).sum()) <= READ_AGAIN:
        return
    kept_arrays.save(folder, NAME, VERSION, {}, {each: getattr(copies, each) for each in _ARRAYS})


def dates_of(articles: Iterable[tuple[int, Article]]) -> dict[int, float]:
    """The dates of articles by their sequence numbers, as `Copies.groups` takes them."""
    return {seq: article.date.timestamp() for seq, article in articles if article.date is not None}
