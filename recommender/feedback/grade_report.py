"""What editors signed: the share of signed, weak and bad items by place, by reason and by group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.feedback.grades import BAD, REASON_GRADES, SIGNED, WEAK, Grade

LAST_PLACE = 10  # places from here on are counted together


@dataclass(frozen=True, slots=True)
class Share:
    """How items of one kind were graded."""

    kind: str
    items: int
    signed: float  # shares, from 0 to 1
    weak: float
    bad: float


@dataclass(frozen=True, slots=True)
class GradeReport:
    """The figures of all grades; an item that two people graded counts twice."""

    blocks: int
    whole: Share
    first_four: Share
    leads: Share
    by_place: tuple[Share, ...]
    by_reason: tuple[Share, ...]  # by the reason's first words, the commonest first
    by_group: tuple[Share, ...]
    reasons: dict[str, float]  # share of each grade of those reasons that have one
    untouched: int  # blocks without a weak or bad item and without a wrong reason


def report(grades: Sequence[Grade]) -> GradeReport | None:
    """The figures; None where nothing is graded."""
    if not grades:
        return None
    blocks: dict[tuple[str, str], list[Grade]] = defaultdict(list)
    for grade in grades:
        blocks[grade.person, grade.source].append(grade)
    reasons = Counter(grade.reason_grade for grade in grades if grade.reason_grade)
    n_reasons = max(1, sum(reasons.values()))
    return GradeReport(
        blocks=len(blocks),
        whole=_share("all", grades),
        first_four=_share("first four", [grade for grade in grades if grade.place <= 4]),
        leads=_share("lead", [grade for grade in grades if grade.place == 1]),
        by_place=_by(grades, lambda grade: _place(grade.place), in_order=True),
        by_reason=_by(grades, _reason_kind),
        by_group=_by(grades, lambda grade: grade.group or ("lead" if grade.place == 1 else "no group")),
        reasons={name: reasons[name] / n_reasons for name in REASON_GRADES},
        untouched=sum(
            all(grade.grade == SIGNED and grade.reason_grade in ("", "T") for grade in block)
            for block in blocks.values()
        ),
    )


def _place(place: int) -> str:
    return f"{place:>2}" if place < LAST_PLACE else f"{LAST_PLACE} and after"


def _reason_kind(grade: Grade) -> str:
    """What all reasons of a kind have in common: their relation, or their first two words."""
    return grade.relation or " ".join(grade.reason.split()[:2]) or "no reason"


def _by(grades: Sequence[Grade], kind: Callable[[Grade], str], *, in_order: bool = False) -> tuple[Share, ...]:
    kinds: dict[str, list[Grade]] = defaultdict(list)
    for grade in grades:
        kinds[kind(grade)].append(grade)
    shares = [_share(name, of) for name, of in kinds.items()]
    return tuple(sorted(shares, key=lambda share: share.kind if in_order else (-share.items, share.kind)))


def _share(kind: str, grades: Sequence[Grade]) -> Share:
    counts = Counter(grade.grade for grade in grades)
    total = max(1, len(grades))
    return Share(kind, len(grades), *(counts[grade] / total for grade in (SIGNED, WEAK, BAD)))


def to_record(figures: GradeReport) -> dict[str, Any]:
    """The figures as they stand in JSON, shares rounded to a thousandth."""

    def record(share: Share) -> dict[str, Any]:
        shares = {"signed": share.signed, "weak": share.weak, "bad": share.bad}
        return {"kind": share.kind, "items": share.items, **{name: round(of, 3) for name, of in shares.items()}}

    whole = {name: record(getattr(figures, name)) for name in ("whole", "first_four", "leads")}
    tables = {
        name: [record(share) for share in getattr(figures, name)] for name in ("by_place", "by_reason", "by_group")
    }
    return {
        "blocks": figures.blocks,
        "untouched": figures.untouched,
        **whole,
        "reasons": {name: round(share, 3) for name, share in figures.reasons.items()},
        **tables,
    }
