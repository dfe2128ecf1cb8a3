"""What a search finds as readers see it: pinned, hidden and put in order by an editor, with synonyms and redirects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, request, url_for

from indexer.base.errors import QueryError
from search.curation.query_condition import QueryCondition, folded
from search.curation.rules import Rule, parse_rules
from search.curation.rules_text import Step, as_entry
from search.curation.search_rules import MAX_POSITION, Hidden, QueryPin, Redirect, Synonyms
from search.engine import Engine
from search.results import SearchResult
from web.desk.blocks import Row, place_of
from web.desk.forms import Form
from web.desk.ordering import pins_of_place
from web.desk.proposing import articles_like, common, dropped, listed, now, proposed, typed_in
from web.desk.room import current_form, page
from web.desk.words import headlines
from web.desk.work import Work
from web.http.params import MAX_QUERY
from web.http.refused import RefusedError

SHOWN = 10
MAX_WORD = 100  # characters


def results() -> Any:
    """What a search finds now."""
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    if not query:
        return redirect(url_for("desk.overview"), 303)
    return _show(query, Work.of())


def change_results() -> Any:
    """What a search would find."""
    query = current_form().get("q", "").strip()[:MAX_QUERY]
    if not query:
        return redirect(url_for("desk.overview"), 303)

    def show(work: Work, *, notice: str, form: Form) -> Response:
        return _show(query, work, notice, form)

    def act(work: Work, verb: str, what: str, form: Form) -> Sequence[Step]:
        return _act(work, query, verb, what, form)

    return proposed(show, act, url_for("desk.results", q=query))


def _show(query: str, work: Work, notice: str = "", form: Form | None = None) -> Response:
    engine = work.now.engine
    try:
        before = work.now.engine.search(query, limit=SHOWN)
        then = work.then.engine.search(query, limit=SHOWN, explain=True)
    except QueryError as error:
        raise RefusedError("bad_query", f"that search cannot be answered: {error}") from None
    was = {hit.article.id: place for place, hit in enumerate(before.hits, 1)}
    rows = [
        Row(place, hit.article, "", "", hit.pinned, was.get(hit.article.id, 0))
        for place, hit in enumerate(then.hits, 1)
    ]
    there = {row.article.id for row in rows}
    about = _rules_about(work, query)
    typed = typed_in(form)
    return page(
        "results.html",
        query=query,
        result=then,
        rows=rows,
        whys={hit.article.id: hit.explanation for hit in then.hits},
        last=min(len(rows), MAX_POSITION),
        gone=[hit.article for hit in before.hits if hit.article.id not in there],
        about=listed(about, headlines(engine, about), query),
        typed=typed,
        found=articles_like(engine, typed),
        idle=_words_of_no_article(work),
        **common(work, notice, form, query),
    )


def _words_of_no_article(work: Work) -> list[str]:
    """What searches would also look for by proposed synonyms, and not find anywhere."""
    proposed = [step.rule for step in work.steps if not step.drop]
    words = dict.fromkeys(word for rule in proposed if isinstance(rule, Synonyms) for word in rule.words[1:])
    return [word for word in words if not _is_somewhere(work.now.engine, word)]


def _is_somewhere(engine: Engine, words: str) -> bool:
    """Whether an article has some words next to each other, as they are looked for where they are a synonym."""
    result = engine.search('"{}"'.format(words.replace('"', " ").replace("\\", " ")), limit=1, typos=False)
    return result.total > 0 and not result.notes  # which tell of words that were left out to find anything


def _rules_about(work: Work, query: str) -> list[Rule]:
    """What editors decided about a query, but for the pins, which stand beside what is pinned."""
    text, moment = folded(query), now()
    return [
        rule
        for rule in work.rules.rules
        if (isinstance(rule, Hidden | Redirect) and rule.condition.holds_for(text) and rule.period.holds(moment))
        or (isinstance(rule, Synonyms) and any(f" {folded(word)} " in f" {text} " for word in rule.words))
    ]


def _pins(work: Work, query: str) -> dict[str, QueryPin]:
    text, moment = folded(query), now()
    return {
        rule.pin: rule
        for rule in reversed(work.rules.rules)  # of two the first holds
        if isinstance(rule, QueryPin) and rule.condition.holds_for(text) and rule.period.holds(moment)
    }


def _act(work: Work, query: str, verb: str, what: str, form: Form) -> Sequence[Step]:
    """The changes that an action makes in the results as they are proposed."""
    if verb == "drop":
        return dropped(work, what)
    if verb == "synonym":
        return [Step(checked_rule(Synonyms((word_of(form, "typed"), word_of(form, "instead")), one_way=True)))]
    condition = QueryCondition((query,))
    if verb == "redirect":
        return [Step(checked_rule(Redirect(word_of(form, "address", 2000), condition)))]
    name, _, rest = what.partition(" ")
    pins = _pins(work, query)
    if verb == "unpin":
        return [Step(pins[name], drop=True)] if name in pins else []
    if verb not in ("up", "down", "place", "pin", "hide", "hideall"):
        return []
    other = work.now.engine.article(name).id
    if verb in ("hide", "hideall"):
        unpinned = [Step(pins[other], drop=True)] if other in pins else []
        return [*unpinned, Step(Hidden(other, condition) if verb == "hide" else Hidden(other))]
    order = _order(work.then.engine.search(query, limit=SHOWN))
    place = place_of(order, other, verb, rest)
    if place is None:
        return []
    shown_again = [
        Step(rule, drop=True)
        for rule in _rules_about(work, query)
        if verb == "pin" and isinstance(rule, Hidden) and rule.hide == other
    ]
    new: Callable[[str, int], QueryPin] = lambda pinned, at: QueryPin(pinned, condition, at)  # noqa: E731
    return [*shown_again, *pins_of_place(order, other, place, pins, new)]


def _order(result: SearchResult) -> list[str]:
    return [hit.article.id for hit in result.hits]


def word_of(form: Form, name: str, most: int = MAX_WORD) -> str:
    """What was typed into a field, on one line. Raises RefusedError for nothing, and for too much."""
    text = " ".join(form.get(name, "").split())
    if not text or len(text) > most or not text.isprintable():
        raise RefusedError("bad_word", f"type a word, or several, with {most} characters at most", parameter=name)
    return text


def checked_rule(rule: Rule) -> Rule:
    """The rule, if the file could have it. Raises RefusedError with what is wrong with it."""
    found = parse_rules(as_entry(rule), "this rule")
    for problem in found.problems:
        raise RefusedError("bad_rule", problem.message)
    return found.rules[0]
