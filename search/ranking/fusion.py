"""Fusion: one ranking out of several legs, each of which scores the same docs on a scale of its own.

The choice is the convex combination of normalised scores, which S. Bruch, S. Gai and A. Ingber ("An Analysis of Fusion
Functions for Hybrid Retrieval", 2023) found better and less sensitive to its parameter than reciprocal rank fusion;
it was so here too. What was tried, and what it gave, is in docs/ranking.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.space import LSA

BALANCE = 1.4  # words times foresight at which a space weighs as much as BM25
STEEPNESS = 1.5  # how fast BM25 loses weight with every further word
MOST_WORDS = 6  # words that count: a longer query is a whole passage, which BM25 finds too
DOUBT = 4.0  # log odds that BM25 gains where the spaces see nothing of the query in its first article
SPACE_DOUBT = 2.0  # a space in doubt counts as e to the minus so many times its doubt beside others
LEAST_BM25, MOST_BM25 = 0.1, 0.9  # the weight of BM25 is kept within these
WORTH_POWER = 10  # a space counts as this power of what it was found to be worth beside others
LEAD_POWER = 8  # BM25's odds are divided by this power of what the best space is worth, LSA's worth being 1
NUMBER_POWER, NUMBER_POWER_AFTER = 0.5, 3.0  # ... by these of the number of spaces, before and after feedback
FADES_BELOW = 0.2  # where that is not known, share of the best's resolution below which another counts less than it
CONDITION_BM25 = 0.6  # its weight for phrases, fields and operators, which say exactly what is wanted


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """What `readmore tune` may find to suit an archive better than the default."""

    words: float = 0.0  # added to the log odds of BM25's weight
    feedback: float = 1.0  # how far the query is moved towards its first articles, see `search.ranking.rocchio`
    spaces: Mapping[str, float] = field(default_factory=dict)  # shares of the vector spaces; 1 for one not named

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"words": self.words, "feedback": self.feedback, "spaces": dict(self.spaces)}


DEFAULT = FusionSettings()


def bm25_weight(n_words: int, foresight: float, doubt: float = 0.0, trust: float = 0.0) -> float:
    """The share of BM25 in a query of so many different words, the rest being the vector spaces'.

    Its odds are ``(BALANCE / (min(n_words, MOST_WORDS) * foresight))^STEEPNESS * e^(DOUBT * doubt + trust)``; it is
    kept within `LEAST_BM25` and `MOST_BM25`.

    One or two words name a thing, and BM25 knows the articles that name it; ten words describe a subject, and a space
    knows what else is written about it. The more articles there are and the shorter they are, the less a space knows
    of an article beyond its words: that is its `foresight` (`indexer.vectors.lsa` measures it, from 0 to 1). The
    less it has, the more words it takes before it is to be trusted. Where it is in `doubt`, too, BM25 is. Even for one
    word the space has a say: it tells which of the many articles that mention it are about it. `trust` is
    `FusionSettings.words`.
    """
    known = max(min(n_words, MOST_WORDS) * foresight, 1e-3)
    odds = STEEPNESS * math.log(BALANCE / known) + DOUBT * doubt + trust
    return min(MOST_BM25, max(LEAST_BM25, 1 / (1 + math.exp(-odds))))


def doubts(
    bm25: NDArray[np.float32],
    spaces: Mapping[str, NDArray[np.float32]],
    lacking: Mapping[str, NDArray[np.bool_]] | None = None,
) -> dict[str, float]:
    """How little each space sees of the query in BM25's first article: 0 where that is its own first as well, 1 where
    nothing is further from the query. (n,) `bm25` and every space are normalised scores of the same docs; a space that
    has not got to the article yet (`lacking`) is not asked, and none is where no word matches.

    A space that has lost the query's rare words puts BM25's first article far down; one that has understood it puts
    it near the top, though not always first.
    """
    if not len(bm25) or bm25.max() <= 0:
        return {}
    first = int(bm25.argmax())
    asked = [name for name in spaces if lacking is None or name not in lacking or not lacking[name][first]]
    return {name: min(1.0, max(0.0, float(1 - spaces[name][first]))) for name in asked}


def weights(
    scaled: Mapping[str, NDArray[np.float32]],
    n_words: int,
    resolutions: Mapping[str, float],
    foresights: Mapping[str, float],
    settings: FusionSettings = DEFAULT,
    lacking: Mapping[str, NDArray[np.bool_]] | None = None,
    worths: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The weight of each leg for a query of plain words; they add up to 1.

    `scaled` has the normalised scores of each leg for the same docs, "bm25" and the spaces of `resolutions` and
    `foresights`. The spaces share by `space_weights`, and by the `doubts` they are in. How far vectors are trusted
    depends on the space of most foresight, on the one that sees most of the query, and on how many there are, one that
    counts less than another being less than one more: BM25's odds are divided by a power of their number, and by how
    much more than the archive's own space the best of them is worth, to the power `LEAD_POWER`. `lacking` is as in
    `shares`, `worths` as in `space_weights`.
    """
    if not resolutions:
        return {"bm25": 1.0}
    spaces = space_weights(resolutions, settings.spaces, worths)
    if "bm25" not in scaled:
        return spaces
    if not any(spaces.values()):
        return {"bm25": 1.0} | spaces
    lead = _lead(spaces, worths or {})
    in_doubt = doubts(scaled["bm25"], {name: scaled[name] for name in spaces}, lacking)
    least = min(in_doubt.values(), default=0.0)
    counts = {n: of * math.exp(SPACE_DOUBT * (least - in_doubt.get(n, least))) for n, of in spaces.items()}
    spaces = {name: count / sum(counts.values()) for name, count in counts.items()}
    trust = settings.words - NUMBER_POWER * math.log(_number(spaces)) - LEAD_POWER * math.log(lead)
    share = bm25_weight(n_words, max(foresights.values()), least, trust)
    return {"bm25": share} | {name: (1 - share) * of for name, of in spaces.items()}


def after_feedback(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights of the same legs once the query has been moved in the spaces. BM25 cannot follow, and several spaces
    that agree on the first articles know by then what is looked for, so its odds are divided by their number once
    more, to the power of `NUMBER_POWER_AFTER` instead of `NUMBER_POWER`."""
    spaces = {name: weight for name, weight in weights.items() if name != "bm25"}
    total = sum(spaces.values())
    if "bm25" not in weights or not total > 0:
        return dict(weights)
    number = _number({name: weight / total for name, weight in spaces.items()})
    left = weights["bm25"] / number ** (NUMBER_POWER_AFTER - NUMBER_POWER)
    return {"bm25": left / (left + total)} | {name: weight / (left + total) for name, weight in spaces.items()}


def _number(spaces: Mapping[str, float]) -> float:
    """How many spaces of the same weight these are as much as, their weights adding up to 1: several weigh more than
    one, though not so much more, since they have much in common."""
    return 1 / sum(of**2 for of in spaces.values())


def _lead(spaces: Mapping[str, float], worths: Mapping[str, float]) -> float:
    """How many times LSA's worth the best of some spaces is worth, given their weights; 1 where one is not known, or
    none is worth more."""
    own = worths.get(LSA, 0.0)
    return max([worths.get(name, 0.0) / own for name, of in spaces.items() if of > 0] + [1.0]) if own > 0 else 1.0


def space_weights(
    resolutions: Mapping[str, float],
    shares: Mapping[str, float] | None = None,
    worths: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The weight of each vector space beside the others, which add up to 1, times the `shares` that tuning gave them
    (1 for one not named); all 0 where all shares are.

    Each counts as the power `WORTH_POWER` of its worth, how well it leads from what was taken out of an article to the
    rest of it and to others on its subject (`indexer.vectors.worth`). Where that of one is not known, or 0, all count
    the same, but for one that tells next to nothing apart: below `FADES_BELOW` of the best space's resolution it counts
    for proportionally less.
    """
    known = {name: (worths or {}).get(name, 0.0) for name in resolutions}
    if min(known.values()) > 0:
        counts = {name: (worth / max(known.values())) ** WORTH_POWER for name, worth in known.items()}
    else:
        best = max(resolutions.values())
        counts = {name: min(1.0, of / (FADES_BELOW * best)) if best > 0 else 1.0 for name, of in resolutions.items()}
    counts = {name: count * (shares or {}).get(name, 1.0) for name, count in counts.items()}
    total = sum(counts.values()) or 1.0
    return {name: count / total for name, count in counts.items()}


def normalise(scores: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """`scores` moved and scaled so that `low` and what is below becomes 0 and `high` becomes 1; all 0 where the two are
    equal."""
    if high <= low:
        return np.zeros_like(scores)
    above = np.maximum(scores - np.float32(low), np.float32(0))
    scaled: NDArray[np.float32] = (above / np.float32(high - low)).astype(np.float32, copy=False)
    return scaled


def convex(legs: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]) -> NDArray[np.float32]:
    """The weighted sum of normalised legs, the weights of the legs that are there scaled to add up to 1.

    Every leg is (n,) float32 over the same n docs.
    """
    fused = np.zeros(len(next(iter(legs.values()))), np.float32)
    for part in shares(legs, weights).values():
        fused += part
    return fused


def shares(
    legs: Mapping[str, NDArray[np.float32]],
    weights: Mapping[str, float],
    lacking: Mapping[str, NDArray[np.bool_]] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """What each leg adds to `convex`. Where a leg is `lacking`, because it has not got to a doc yet, the doc has the
    score that its other legs give it."""
    total = sum(weights.get(name, 0.0) for name in legs)
    if not total > 0:
        weights, total = dict.fromkeys(legs, 1.0), float(len(legs))
    parts = {name: np.float32(weights.get(name, 0.0) / total) * scores for name, scores in legs.items()}
    if lacking:
        left = 1 - sum(np.float32(weights.get(name, 0.0) / total) * missing for name, missing in lacking.items())
        for name, part in parts.items():
            part[lacking.get(name, np.zeros(len(part), bool))] = 0
            part /= np.maximum(left, np.float32(1e-6))
    return parts
