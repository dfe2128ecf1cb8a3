"""The measures, computed by ir-measures on top of trec_eval, so that the figures compare with anyone else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ir_measures
from ir_measures import AP, RR, R, nDCG

from search.evaluation.collection import MAX_GRADE, Judgements

Run = Mapping[str, Sequence[str]]  # query to document ids, best first
PerQuery = dict[str, dict[str, float]]  # measure to query to value

QUERY_MEASURES = ("nDCG@10", "MAP", "R@100")
RELATED_MEASURES = ("nDCG@10", "R@5", "MRR@10")
_GAINS = {grade: 2**grade - 1 for grade in range(MAX_GRADE + 1)}
_MEASURES = {
    "nDCG@10": nDCG(gains=_GAINS) @ 10,
    "MAP": AP,
    "R@100": R @ 100,
    "R@5": R @ 5,
    "MRR@10": RR,  # trec_eval knows no cut-off here: the run is cut instead
}
_RUN_CUT = {"MRR@10": 10}


def per_query(names: Iterable[str], judgements: Judgements, run: Run) -> PerQuery:
    """The value of each measure for every judged query; 0 for a query that the run has no documents for.

    K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, with the gain
    ``2^grade - 1``; MAP, recall and reciprocal rank count a document of grade 1 or more as relevant.
    """
    values: PerQuery = {}
    for name in names:
        measure = _MEASURES[name]
        scores = _scores(run, judgements, _RUN_CUT.get(name))
        of_query = {
            m.query_id: float(m.value) for m in ir_measures.pytrec_eval.iter_calc([measure], judgements, scores)
        }
        values[name] = {query: of_query.get(query, 0.0) for query in judgements}
    return values


def mean(values: PerQuery) -> dict[str, float]:
    """The mean of each measure over its queries."""
    return {name: sum(of.values()) / len(of) for name, of in values.items()}


def _scores(run: Run, judgements: Judgements, cut: int | None) -> dict[str, dict[str, float]]:
    """The run with a score per document that falls by 1 with every rank.

    trec_eval orders by score and breaks ties by document id, whatever order it is given; no two equal scores, no ties.
    Whole numbers of this size are exact in its single precision.
    """
    return {
        query: {document: float(-rank) for rank, document in enumerate(documents[:cut])}
        for query, documents in run.items()
        if query in judgements and documents
    }
