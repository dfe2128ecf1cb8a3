"""``readmore judge``: a person goes through blocks and says of each item whether an editor would sign it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import click

from indexer.base.archive_folder import ArchiveFolder
from recommender.audit.judging import Placed, blocks_by_lot, grade_of, placed
from recommender.feedback import cutoff, grade_report
from recommender.feedback import grades as kept
from recommender.feedback.grade_report import GradeReport, Share
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import Block
from search.curation.rules_file import user_name

_HELP = """s: an editor would sign it (same story, same specific subject, real background)
w: weak, the same broad field and no more
b: bad, an embarrassment (joined by a common word, a wrong sense, a template)
and of the reason, in the same answer: t true and useful, e true and empty, x wrong: "st", "wx"
u: take back the item before   n: next block   q: enough for today"""
_BACK, _NEXT, _QUIT = "u", "n", "q"


@click.command()
@click.argument("articles", nargs=-1)
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Blocks to go through.")
@click.option("--seed", default=0, show_default=True, help="Draws other articles.")
@click.option("--person", default="", help="Who judges; grades of several are kept apart. [default: the user's name]")
@click.option("--report", "only_report", is_flag=True, help="Show what was graded so far, and grade nothing.")
@click.option("--calibrate", is_flag=True, help="Set the cut-off of blocks by the grades, so that most are signed.")
@click.option("--reset", is_flag=True, help="Take the cut-off back that --calibrate set.")
@click.option("--target", default=cutoff.TARGET, show_default=True, help="With --calibrate: share to be signed.")
@click.option("--json", "as_json", is_flag=True, help="With --report or --calibrate: print one JSON document.")
@click.pass_obj
def judge(
    obj: dict[str, Any],
    articles: Sequence[str],
    count: int,
    seed: int,
    person: str,
    only_report: bool,
    calibrate: bool,
    reset: bool,
    target: float,
    as_json: bool,
) -> None:
    """Say of every item in the blocks under ARTICLES, or under articles drawn by lot, whether you would sign it.

    Grades are kept in the archive as they are given. 'readmore learn' learns from them.
    """
    folder = ArchiveFolder(obj["data"])
    if reset:
        click.echo("the cut-off is that of archives without grades" if cutoff.reset(folder) else "no cut-off was set")
        return
    if calibrate:
        _calibrate(folder, target, as_json=as_json)
        return
    with obj["open_recommender"](obj["data"]) as recommender:
        if not only_report:
            _go_through(recommender, folder, articles, count, seed, person or user_name())
    _report(folder, as_json=as_json)


def _go_through(
    recommender: Recommender, folder: ArchiveFolder, articles: Sequence[str], count: int, seed: int, person: str
) -> None:
    known = {(grade.source, grade.item) for grade in kept.read(folder).grades if grade.person == person}
    click.echo(_HELP)
    for block in _blocks(recommender, articles, count, seed):
        left = [one for one in placed(block) if (block.id, one.item.article.id) not in known]
        if left and not _judge_block(recommender, folder, block, left, person):
            return


def _blocks(recommender: Recommender, articles: Sequence[str], count: int, seed: int) -> Iterable[Block]:
    """The blocks to judge."""
    if articles:
        return (recommender.block(ArticleSeed(article)) for article in articles)
    return islice(blocks_by_lot(recommender, seed), count)


def _judge_block(
    recommender: Recommender,
    folder: ArchiveFolder,
    block: Block,
    left: list[Placed],
    person: str,
) -> bool:
    """Asks about the items left of a block, and keeps each answer at once. False where the person has had enough."""
    source = recommender.engine.article(block.id)
    near = recommender.nearness(block.id, [one.item.article.id for one in left])
    click.echo(f"\n{'=' * 72}\n{source.title or source.id}\n{_beginning(source.body)}\n")
    at = 0
    while at < len(left):
        one, item = left[at], left[at].item
        named = f"   [{one.group}]" if one.group else ""
        click.echo(f"{one.place:>2}. {item.article.title or item.article.id}{named}")
        click.echo(f"    {item.reason or '(no reason)'}\n    {_beginning(item.article.body)}")
        answer = _answer()
        if answer == _QUIT:
            return False
        if answer == _NEXT:
            return True
        if answer == _BACK:
            at = max(0, at - 1)
            continue
        grade = grade_of(block, one, answer[0].upper(), answer[1:].upper(), near.get(item.article.id), person)
        kept.keep(folder, [grade])
        at += 1
    return True


def _answer() -> str:
    """What a person says of an item: a grade, with that of the reason or without, or what to do. The end of the input
    is enough."""
    while True:
        try:
            answer = click.prompt("    ", prompt_suffix="> ", default="", show_default=False).strip().lower()
        except (click.Abort, EOFError):
            click.echo()
            return _QUIT
        if answer in (_BACK, _NEXT, _QUIT):
            return str(answer)
        if answer and answer[0] in "swb" and answer[1:] in ("", "t", "e", "x"):
            return str(answer)
        click.echo(_HELP)


def _beginning(text: str) -> str:
    text = " ".join(text[:400].split())
    return text if len(text) <= 200 else f"{text[:200].rsplit(' ', 1)[0]} ..."


def _calibrate(folder: ArchiveFolder, target: float, *, as_json: bool) -> None:
    if not 0 < target < 1:
        raise click.UsageError("--target is a share between 0 and 1, like 0.9")
    with_evidence = [grade for grade in kept.read(folder).grades if grade.nearness is not None]
    evidence = [float(grade.nearness or 0) for grade in with_evidence]
    found = cutoff.calibrated(evidence, [grade.grade == kept.SIGNED for grade in with_evidence], target=target)
    if found is not None:
        cutoff.save(folder, found)
    if as_json:
        click.echo(json.dumps({"graded": len(evidence)} | (cutoff.to_record(found) if found else {})))
    elif found is None:
        least = max(cutoff.MIN_GRADED, cutoff.least_items(target, cutoff.CONFIDENCE))
        click.echo(f"{len(evidence)} items are graded: too few ({least} at least), or no cut-off keeps so many signed")
    else:
        click.echo(
            f"items from {found.threshold:.2f} deviations on: {found.kept} of {found.graded} graded ones, "
            f"{found.precision:.0%} of them signed (at least {found.bound:.0%} of such items, "
            f"{found.confidence:.0%} sure); before it was {found.all_signed / found.graded:.0%}"
        )


def _report(folder: ArchiveFolder, *, as_json: bool) -> None:
    read = kept.read(folder)
    if read.passed_over:
        click.echo(f"{folder.grades}: {read.passed_over} lines are no grades and were passed over", err=True)
    figures = grade_report.report(read.grades)
    if as_json:
        click.echo(json.dumps(grade_report.to_record(figures) if figures else {"blocks": 0}))
    elif figures is None:
        click.echo("nothing is graded yet")
    else:
        _say(figures)


def _say(figures: GradeReport) -> None:
    click.echo(f"\n{figures.blocks} blocks, {figures.untouched} of them fit to publish unchanged")
    _say_shares([figures.whole, figures.first_four, figures.leads])
    if any(figures.reasons.values()):
        shares = ", ".join(f"{name} {share:.0%}" for name, share in figures.reasons.items())
        click.echo(f"reasons (true, empty, wrong): {shares}")
    for name, of in (("place", figures.by_place), ("reason", figures.by_reason), ("group", figures.by_group)):
        click.echo(f"by {name}")
        _say_shares(of[:12])


def _say_shares(shares: Sequence[Share]) -> None:
    for share in shares:
        rest = f"signed {share.signed:>4.0%}  weak {share.weak:>4.0%}  bad {share.bad:>4.0%}"
        click.echo(f"  {share.kind[:32]:<32} {share.items:>5} items  {rest}")
