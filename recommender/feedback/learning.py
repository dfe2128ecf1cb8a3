"""Learning from the archive's own editors, and from readers' clicks, which features make a link.

A link that an editor put from one article to another is the best judgement of relatedness there is; clicks, where a
site sends them, are another, see `click_judgements`. The model is the weighted sum of `scoring` with other weights:
those under which the articles that were chosen stand out among all candidates (softmax regression, or the listwise
loss of Z. Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", 2007), held near the prior by a
quadratic penalty, so that few judgements change little.

Whether it helps is measured on links that it has not seen, split by source article, and how much to trust the links is
decided within each part that is learned from (nested cross-validation; S. Varma and R. Simon, "Bias in error estimation
when using cross-validation for model selection", 2006), so nothing that is measured has been chosen for. The weights
come into use only if it helps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpus
from recommender.feedback.sense import nonsense
from recommender.ranking import candidates
from recommender.ranking.features import Features, features
from recommender.ranking.scoring import PRIOR, weigh
from recommender.request import profile
from search.evaluation.significance import LEVEL, paired_p

FOLDS = 5
SHARPNESS = 20.0  # by which scores are multiplied to become the softmax's exponents: 0.05 more is e times likelier
# on the squared distance of the weights from the prior, in units of the features' deviations; which one is chosen by
# the links that are learned from
PENALTIES = (12.0, 50.0, 200.0)
LEAST_DEVIATION = 0.03  # of a feature: one that hardly varies must not get a weight beyond all measure for it
INNER_FOLDS = 3
MIN_SOURCES = 20  # articles with links, below which nothing is learned
MIN_TARGETS = 12.0  # different articles chosen, evenly counted, below which one page could teach what it likes
MIN_GAIN = 0.005  # of nDCG@10 on held-out links, below which the prior stays in use
AT = 10
LINKS, CLICKS, GRADES = "links", "clicks", "grades"  # kinds of judgement
KINDS = (LINKS, GRADES, CLICKS)
LEAST_TERMS = 5  # different words of an article: one with fewer is a page that nothing was taken from, no article

Links = Mapping[int, frozenset[int]]  # source doc to the docs it links to


@dataclass(frozen=True, slots=True)
class Example:
    """A source article: its candidates, and which of them its editor linked to or its readers preferred."""

    source: int
    docs: NDArray[np.int64]  # (n_candidates,)
    features: Features
    gains: NDArray[np.float32]  # (n_candidates,) 1 for a link, 0 for what was not chosen
    total: int  # articles chosen for the source, among the candidates or not
    kind: str = LINKS


@dataclass(frozen=True, slots=True)
class Worth:
    """What learning is worth by one kind of judgement, or by all."""

    sources: int  # articles judged
    chosen: int  # links, or articles preferred
    targets: float  # how many different articles were chosen, those chosen often counting as fewer (inverse Simpson)
    prior: float  # mean nDCG@10 of the prior
    held_out: float  # mean nDCG@10 of the learned weights, each article ranked by weights that did not see its own
    p: float  # how likely a difference as large would be by chance (paired randomisation test, two-sided)

    def to_record(self) -> dict[str, Any]:
        """The worth as it stands in JSON."""
        ndcg_at_10 = {"prior": round(self.prior, 4), "held_out": round(self.held_out, 4)}
        return {
            "sources": self.sources,
            "chosen": self.chosen,
            "targets": round(self.targets, 1),
            "ndcg@10": ndcg_at_10,
            "p": round(self.p, 4),
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """What the judgements taught, and what it is worth: in all, and by each kind."""

    weights: Mapping[str, float]
    worth: Worth
    kinds: Mapping[str, Worth]

    @property
    def in_use(self) -> bool:
        """Whether the learned weights are good enough to replace the prior."""
        return not self.objections()

    def objections(self) -> list[str]:
        """Why the weights are not used, each in a line; none where they may be. They must come from enough articles to
        enough others, be better in all, by more than chance, and by no kind of judgement that there is enough of worse
        by more than they must be better; and they must make sense (`sense.nonsense`), however well they score:
        judgements that teach what no reader wants are themselves wrong."""
        worth = self.worth
        if worth.sources < MIN_SOURCES:
            return [f"too few to learn from: {worth.sources} articles, {MIN_SOURCES} are needed"]
        if worth.targets < MIN_TARGETS:
            return [
                f"the same few articles are chosen everywhere: they count as {worth.targets:.1f} different ones, "
                f"{MIN_TARGETS:g} are needed"
            ]
        found = [f"they make no sense: {reason}" for reason in nonsense(self.weights)]
        if worth.held_out < worth.prior + MIN_GAIN:
            found.append("no better than the prior")
        elif worth.p >= LEVEL:
            found.append(f"the gain may be chance (p = {worth.p:.2f})")
        found += [
            f"worse by {name} alone: nDCG@10 {kind.held_out:.3f} instead of {kind.prior:.3f}"
            for name, kind in self.kinds.items()
            if kind.sources >= MIN_SOURCES and kind.held_out <= kind.prior - MIN_GAIN
        ]
        return found


def examples(corpus: Corpus, links: Links, progress: Callable[[int], object] = lambda steps: None) -> list[Example]:
    """The training examples of linked articles, in the order of their docs. The more articles link to one, the less it
    says that another does: its gain is 1 over the square root of their number. Pages with next to no words are neither
    sources nor candidates."""
    linked_from = Counter(target for source, targets in links.items() for target in targets if target != source)
    made = []
    for source in sorted(links):
        article = profile.of_doc(corpus, source)
        targets = sorted(links[source] - {source})
        found = candidates.find(corpus, article, extra=targets)
        compared = found.only(corpus.terms_of(found.docs).counts >= LEAST_TERMS)
        linked = np.isin(compared.docs, targets)
        if linked.any() and len(article.terms.hashes) >= LEAST_TERMS:
            often = np.array([max(1, linked_from[doc]) for doc in compared.docs.tolist()], np.float32)
            values = features(corpus, article, compared)
            made.append(
                Example(source, compared.docs, values, (linked / np.sqrt(often)).astype(np.float32), len(targets))
            )
        progress(1)
    return made


def learn(known: Sequence[Example], prior: Mapping[str, float] = PRIOR) -> Learned:
    """Weights from all examples, and their worth by cross-validation over `FOLDS` parts of the sources, beside the
    archive's `prior`."""
    ranked = list(zip(known, held_out(known, prior), strict=True))
    present = [kind for kind in KINDS if any(example.kind == kind for example in known)]
    kinds = {kind: _worth([one for one in ranked if one[0].kind == kind], prior) for kind in present}
    return Learned(fit(known, prior), _worth(ranked, prior), kinds)


def _worth(ranked: Sequence[tuple[Example, NDArray[np.float32]]], weights: Mapping[str, float]) -> Worth:
    prior = [ndcg(example, weigh(example.features, weights)) for example, _ in ranked]
    held_out = [ndcg(example, scores) for example, scores in ranked]
    return Worth(
        sources=len({example.source for example, _ in ranked}),
        chosen=int(sum((example.gains > 0).sum() for example, _ in ranked)),
        targets=_different([example for example, _ in ranked]),
        prior=_mean(prior),
        held_out=_mean(held_out),
        p=paired_p(np.array(held_out) - np.array(prior))[1],
    )


def _different(known: Sequence[Example]) -> float:
    """How many articles were chosen, if all had been chosen equally often (the inverse of Simpson's index)."""
    chosen = Counter(doc for example in known for doc in example.docs[example.gains > 0].tolist())
    total = sum(chosen.values())
    return total**2 / sum(count**2 for count in chosen.values()) if total else 0.0


def held_out(known: Sequence[Example], prior: Mapping[str, float] = PRIOR) -> list[NDArray[np.float32]]:
    """For every example the scores of its candidates by weights learned from other sources only."""
    scores = {}
    for learned_from, left_out in _split(known, FOLDS):
        weights = fit(learned_from, prior)
        scores.update({id(example): weigh(example.features, weights) for example in left_out})
    return [scores[id(example)] for example in known]


def cross_validated(known: Sequence[Example], prior: Mapping[str, float] = PRIOR) -> dict[int, NDArray[np.float32]]:
    """`held_out` by source, for examples of one kind."""
    return {example.source: scores for example, scores in zip(known, held_out(known, prior), strict=True)}


def _split(known: Sequence[Example], folds: int) -> list[tuple[list[Example], list[Example]]]:
    """The examples divided `folds` ways into those to learn from and those left out; what is known of one source stays
    together."""
    fold_of = {source: place % folds for place, source in enumerate(sorted({example.source for example in known}))}
    return [
        (
            [example for example in known if fold_of[example.source] != fold],
            [example for example in known if fold_of[example.source] == fold],
        )
        for fold in range(folds)
    ]


def fit(known: Sequence[Example], prior: Mapping[str, float] = PRIOR) -> Mapping[str, float]:
    """The weights under which linked articles are likeliest to be chosen among the candidates, held near the prior by
    the one of `PENALTIES` that does best in cross-validation over these examples; the prior where there are none."""
    if not known:
        return prior
    if len(known) < MIN_SOURCES:
        return fit_with(known, max(PENALTIES), prior)

    def worth(penalty: float) -> float:
        parts = ((fit_with(examples, penalty, prior), left_out) for examples, left_out in _split(known, INNER_FOLDS))
        return _mean([ndcg(example, weigh(example.features, w)) for w, left_out in parts for example in left_out])

    return fit_with(known, max(sorted(PENALTIES, reverse=True), key=worth), prior)


def fit_with(known: Sequence[Example], penalty: float, prior: Mapping[str, float] = PRIOR) -> Mapping[str, float]:
    """The weights for one penalty on their distance from the prior."""
    from scipy.optimize import minimize  # here, because only learning needs it

    names = known[0].features.names
    before = np.array([prior.get(name, 0.0) for name in names])
    values = [example.features.values.astype(np.float64) for example in known]
    deviations = np.maximum(np.sqrt(np.mean([v.var(axis=0) for v in values], axis=0)), LEAST_DEVIATION)
    targets = [example.gains.astype(np.float64) / example.gains.sum(dtype=np.float64) for example in known]

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = SHARPNESS * (before + change / deviations)
        total = penalty * SHARPNESS**2 * float(change @ change)
        slope = 2 * penalty * SHARPNESS**2 * change
        for matrix, target in zip(values, targets, strict=True):
            exponents = matrix @ weights
            exponents -= exponents.max()
            chances = np.exp(exponents)
            chances /= chances.sum()
            total -= float(target @ np.log(np.maximum(chances, 1e-300)))
            slope += SHARPNESS * (matrix.T @ (chances - target)) / deviations
        return total, slope

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return dict(zip(names, (before + best.x / deviations).tolist(), strict=True))


def ndcg(example: Example, scores: NDArray[np.float32], at: int = AT) -> float:
    """nDCG of a ranking of the candidates; articles that were chosen and are not among them count as missed links."""
    order = np.argsort(-scores, kind="stable")[:at]
    discounts = 1 / np.log2(np.arange(2, at + 2))
    gained = float((example.gains[order] * discounts[: len(order)]).sum())
    missed = np.ones(example.total - int((example.gains > 0).sum()), np.float32)
    best = np.sort(np.concatenate([example.gains, missed]))[::-1][:at]
    return gained / float((best * discounts[: len(best)]).sum())


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
