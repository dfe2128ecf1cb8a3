"""The editors' report as text for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

WIDTH = 80
WHY = {
    "retracted": "to retracted articles",
    "expired": "to expired articles",
    "removed": "to articles that were removed",
    "missing": "to addresses like those of articles, of which there are none",
}


def report_text(report: Mapping[str, Any]) -> str:
    """The report of `make_report`."""
    parts = [_head(report["archive"]), _exposure(report["exposure"], report["archive"]), _sections(report["sections"])]
    parts += [_stories(report["stories"]), _links(report["links"])]
    if report["searches"]["counted"]:
        parts.append(_searches(report["searches"]))
    return "\n\n".join("\n".join(part) for part in parts)


def _head(archive: Mapping[str, Any]) -> Iterator[str]:
    yield _articles(archive["articles"])
    if not archive["complete"]:
        yield _wrapped(
            f"What follows was found from {archive['asked']:,} of them, spread evenly over the archive: articles that "
            "are in no list of these may be in those of others, and stories may be longer."
        )


def most_offered(archive: Mapping[str, Any]) -> str:
    """The articles that are in most lists, and the verb: one where a hundredth of all is less than two."""
    return "the 1% that are in most have" if archive["articles"] >= 150 else "the one that is in most has"


def _exposure(exposure: Mapping[str, Any], archive: Mapping[str, Any]) -> Iterator[str]:
    yield _heading("Who is sent where")
    yield _wrapped(
        f"A list is what 'readmore related' answers for an article, its first {exposure['shown']} related articles. "
        "The block on a page shows fewer of them, so an article that is in a list may be in no block."
    )
    yield "\n" + _wrapped(
        f"{exposure['offered_share']:.0%} of all articles are in the list of another; {most_offered(archive)} "
        f"{exposure['top_percent_share']:.0%} of all places. "
        f"Gini coefficient {exposure['gini']:.2f} (0: all equally often)."
    )
    never = exposure["never_offered"]
    if never["count"]:
        yield f"\nIn no list: {_articles(never['count'])}, the latest:"
    else:
        yield "\nEvery article is in a list."
    for article in never["articles"]:
        yield _line(_day(article["date"]), article)
    yield "\nIn most lists:"
    for article in exposure["most_offered"]:
        yield _line(_counted(article["times"], "time"), article)
    if exposure["penalty"]:
        yield "\n" + _wrapped(
            f"Articles are offered more evenly, with a penalty of {exposure['penalty']:g}; 'readmore even 0' ends it."
        )
    else:
        yield "\n" + _wrapped("To offer articles more evenly: 'readmore even PENALTY'. What it would gain and cost:")
        yield f"{'penalty':>9}{'offered':>10}{'Gini':>8}{'mean score':>13}{'nDCG@10 on links':>19}"
        for row in exposure["evening"]:
            ndcg = "-" if row["ndcg@10"] is None else f"{row['ndcg@10']:.3f}"
            yield (
                f"{row['penalty']:>9g}{row['offered_share']:>10.1%}{row['gini']:>8.2f}"
                f"{row['mean_score']:>13.3f}{ndcg:>19}"
            )


def _sections(sections: Mapping[str, Any]) -> Iterator[str]:
    yield _heading("Articles that may be in the wrong section")
    if not sections["checked"]:
        yield "No article has a section that its neighbours could judge."
        return
    doubtful = sections["doubtful"]
    yield _wrapped(
        f"{sections['agreeing_share']:.0%} of {sections['checked']:,} articles are in the section that most of their "
        f"nearest are in. {_not_there(doubtful['count'])}"
    )
    for article in doubtful["articles"]:
        yield _line(f"{article['sure']:.0%} sure", article)
        yield f"{'':14}in {article['section']}, likely {article['likely']}"


def _not_there(count: int) -> str:
    if not count:
        return "Of the others none has nearest that are of one mind."
    return f"{count:,} {'is not, and its' if count == 1 else 'are not, and their'} nearest are of one mind:"


def _stories(stories: Mapping[str, Any]) -> Iterator[str]:
    yield _heading("Running stories")
    noun = "story" if stories["count"] == 1 else "stories"
    yield f"{stories['count']:,} {noun} of three articles or more" + (", the latest:" if stories["count"] else "")
    for thread in stories["threads"]:
        articles = thread["articles"]
        yield f"\n  {thread['name']}, {len(articles)} articles"
        for article in articles:
            yield _line(_day(article["date"]), article)


def _links(links: Mapping[str, Any]) -> Iterator[str]:
    yield _heading("Links to nothing")
    withheld = _counted(links["withheld"], "retracted or expired article")
    yield f"{_counted(links['links'], 'link')} in articles, {withheld}"
    for why, text in WHY.items():
        if links[why]["count"]:
            yield f"\n{links[why]['count']:,} {text}:"
            for link in links[why]["links"]:
                yield f"  {_cut(link['source']['id'], WIDTH - 2)}"
                yield f"    -> {_cut(link['url'], WIDTH - 7)}"


def searches_text(searches: Mapping[str, Any]) -> str:
    """The part of the report on searches alone."""
    if not searches["counted"]:
        return _wrapped("No searches are counted in this archive.")
    return "\n".join(_searches(searches))


def _searches(searches: Mapping[str, Any]) -> Iterator[str]:
    yield _heading("Searches that found nothing or little")
    yield _wrapped(
        f"Of {searches['counted']:,} searches in {searches['days']} days {searches['nothing']:,} found nothing with "
        "all that was asked for. Made more than once and still without an answer, most frequent first:"
    )
    for missed in searches["missed"]:
        yield f"\n  {missed['times']:,} × {_cut(missed['query'], WIDTH - 14)}"
        if missed["nearest"]:
            yield f"    nearest: {_cut(missed['nearest']['title'], WIDTH - 13)}"
        if missed["story"]:
            yield f"    its story:  {_cut(missed['story'][-1]['title'], WIDTH - 16)}"
        if missed["synonym"]:
            yield f"    to approve, {missed['synonym']['why']}:"
            yield f"      {missed['synonym']['command']}"


def _heading(text: str) -> str:
    return click.style(text, bold=True) + "\n" + "-" * len(text)


def _articles(count: int) -> str:
    return _counted(count, "article")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _line(what: str, article: Mapping[str, Any]) -> str:
    return f"  {what:>10}  {_cut(article['title'], WIDTH - 14)}"


def _day(date: str | None) -> str:
    return date[:10] if date else "no date"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3].rstrip() + "..."


def _wrapped(text: str) -> str:
    return click.wrap_text(text, WIDTH)
