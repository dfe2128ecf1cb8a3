"""From editors' grades to training examples and to evidence for the cut-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from recommender.corpus.corpus import Corpus
from recommender.feedback.grades import BAD, SIGNED, WEAK, Grade
from recommender.feedback.learning import GRADES, Example
from recommender.ranking import candidates
from recommender.ranking.features import features
from recommender.request import profile

GAINS: Mapping[str, float] = {SIGNED: 1.0, WEAK: 0.1, BAD: 0.0}


def gains_of(grades: Sequence[Grade]) -> dict[str, dict[str, float]]:
    """For every article the mean gain of what was graded under it, over the persons who did."""
    of_items: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for grade in grades:
        of_items[grade.source][grade.item].append(GAINS[grade.grade])
    return {
        source: {item: sum(gains) / len(gains) for item, gains in items.items()} for source, items in of_items.items()
    }


def grade_examples(
    corpus: Corpus,
    gains: Mapping[str, Mapping[str, float]],
    doc_of: Mapping[str, int],
    progress: Callable[[int], object] = lambda steps: None,
) -> list[Example]:
    """The training examples that grades make, in the order of their docs. `doc_of` has the docs of ids. The candidates
    are the articles that were graded and may be offered now: of others nobody has said anything. Where all are as
    good, nothing can be learned."""
    made = []
    offered = corpus.offered()
    for source, items in sorted(gains.items(), key=lambda one: doc_of.get(one[0], -1)):
        progress(1)
        known = {doc_of[item]: gain for item, gain in items.items() if item in doc_of and offered[doc_of[item]]}
        if source not in doc_of or len(set(known.values())) < 2:
            continue
        docs = np.array(sorted(known), np.int64)
        graded = np.array([known[doc] for doc in docs.tolist()], np.float32)
        article = profile.of_doc(corpus, doc_of[source])
        values = features(corpus, article, candidates.compare(corpus, article, docs))
        made.append(Example(doc_of[source], docs, values, graded, int((graded > 0).sum()), GRADES))
    return made
