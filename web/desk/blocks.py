"""An article's block as readers see it: pinned, parted and put in order by an editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from indexer.article.article import Article
from recommender.audit.judging import placed
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import RelatedItem
from search.curation.rules import Forbidden, NeverOffered, Pin, Rule, articles_of
from search.curation.rules_text import Step
from search.curation.search_rules import MAX_POSITION
from web.desk.forms import Form
from web.desk.ordering import moved, pins_of_block, pins_of_place
from web.desk.proposing import articles_like, common, dropped, listed, proposed, typed_in
from web.desk.room import page
from web.desk.words import headlines
from web.desk.work import Work


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a list that is put in order, and what became of it."""

    place: int
    article: Article
    group: str
    note: str  # why it is there
    is_pinned: bool
    was: int  # the place it has under the rules in force; 0 for none


def block(id: str) -> Response:
    """The block of an article as it is."""
    return _show(id, Work.of())


def change_block(id: str) -> Any:
    """The block of an article as it would be."""

    def show(work: Work, *, notice: str, form: Form) -> Response:
        return _show(id, work, notice, form)

    def act(work: Work, verb: str, what: str, form: Form) -> Sequence[Step]:
        return _act(work, work.now.engine.article(id), verb, what)

    return proposed(show, act, url_for("desk.block", id=id))


def _show(article_id: str, work: Work, notice: str = "", form: Form | None = None) -> Response:
    engine = work.now.engine
    article = engine.article(article_id)
    before = _order(work.now, article.id)
    rows = _rows(work, article, before)
    there = {row.article.id for row in rows}
    gone = engine.articles([each for each in before if each not in there])
    about = _rules_about(work, article)
    pins = _pins(work, article)
    waiting = [pin for name, pin in pins.items() if name not in there]
    typed = typed_in(form)
    titles = headlines(engine, [*about, *waiting])
    return page(
        "block.html",
        article=article,
        rows=rows,
        last=min(len(rows), MAX_POSITION),
        gone=list(gone.values()),
        about=listed(about, titles, article.id),
        waiting=listed(waiting, titles, article.id),
        typed=typed,
        found=articles_like(engine, typed, frozenset({article.id})),
        **common(work, notice, form, article.id),
    )


def _rows(work: Work, article: Article, before: Sequence[str]) -> list[Row]:
    pins = _pins(work, article)
    was = {name: place for place, name in enumerate(before, 1)}
    rows = []
    for one in placed(work.then.block(ArticleSeed(article.id))):
        item: RelatedItem = one.item
        is_pinned = item.article.id in pins
        group = "" if one.place == 1 else one.group
        rows.append(Row(one.place, item.article, group, item.reason, is_pinned, was.get(item.article.id, 0)))
    return rows


def _order(of: Recommender, article_id: str) -> list[str]:
    return [one.item.article.id for one in placed(of.block(ArticleSeed(article_id)))]


def _names(article: Article) -> tuple[str, ...]:
    """What an article may be called in the rules."""
    return (article.id, article.url) if article.url else (article.id,)


def _pins(work: Work, article: Article) -> dict[str, Pin]:
    """The pins under an article, by what is pinned."""
    under = _names(article)
    found = [rule for rule in work.rules.rules if isinstance(rule, Pin) and rule.under in under]
    by_url = {pin.pin for pin in found if "/" in pin.pin}
    ids = {name: work.now.engine.article(name).id for name in work.now.engine.seqs(sorted(by_url))}
    return {ids.get(pin.pin, pin.pin): pin for pin in found}


def _rules_about(work: Work, article: Article) -> list[Rule]:
    """What keeps articles out of this one's block, or this one out of others."""
    names = _names(article)
    return [
        rule
        for rule in work.rules.rules
        if (isinstance(rule, Forbidden) and set(articles_of(rule)) & set(names))
        or (isinstance(rule, NeverOffered) and rule.article in names)
    ]


def _act(work: Work, article: Article, verb: str, what: str) -> Sequence[Step]:
    """The changes that an action makes in the block as it is proposed."""
    if verb == "drop":
        return dropped(work, what)
    name, _, rest = what.partition(" ")
    engine, pins = work.now.engine, _pins(work, article)
    if verb == "unpin":
        return [Step(pins[name], drop=True)] if name in pins else []
    if verb not in ("up", "down", "place", "pin", "part", "both", "never"):
        return []
    other = engine.article(name).id
    unpinned = [Step(pins[other], drop=True)] if other in pins else []
    if verb in ("part", "both"):
        return [*unpinned, Step(Forbidden(article.id, other, one_way=verb == "part"))]
    if verb == "never":
        return [*unpinned, Step(NeverOffered(other))]
    order = _order(work.then, article.id)
    place = place_of(order, other, verb, rest)
    if place is None or other == article.id:
        return []
    lifted = [
        Step(rule, drop=True)
        for rule in work.rules.rules
        if verb == "pin" and rule in _rules_about(work, article) and other in articles_of(rule)
    ]
    wanted = moved(order, other, place)
    few = pins_of_place(order, other, place, pins, lambda new, at: Pin(new, article.id, at))
    then = Work.of([*work.steps, *lifted, *few]).then
    if _order(then, article.id)[:place] == wanted[:place]:
        return [*lifted, *few]
    return [*lifted, *pins_of_block(order, other, place, pins, lambda new, at: Pin(new, article.id, at))]


def place_of(order: Sequence[str], article: str, verb: str, rest: str) -> int | None:
    """The place that an action wants an article at; None where it is there, or there is none."""
    if verb == "pin":
        return 1
    if article not in order:
        return None
    at = order.index(article) + 1
    wanted = at - 1 if verb == "up" else at + 1
    if verb == "place":
        wanted = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 4 else at
    return wanted if 1 <= wanted <= min(len(order), MAX_POSITION) and wanted != at else None
