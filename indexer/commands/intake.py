"""What the commands that take in articles have in common: options, the run, and what is said at its end."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ReadmoreError
from indexer.base.progress import Progress
from indexer.commands.shared import DONE, SOME_REFUSED, counted, print_json
from indexer.intake.generator import generator_of
from indexer.intake.intake import Intake
from indexer.intake.known_options import STANDARD_INPUT
from indexer.intake.new_archive import archive_for_a_run
from indexer.intake.run import Run, Runner, check_readable
from indexer.settings import SourceSettings, load_settings
from indexer.sources import Refused, count_articles, listed
from indexer.sources.crawl.crawl import is_address

Function = Callable[..., None]
_MOST_HINTS = 3  # sources that a pattern of addresses is proposed for
_OPTIONS = (
    click.option("--yes", is_flag=True, help="Take out what is gone even if it is more than a tenth of the archive."),
    click.option("--dry-run", "dry", is_flag=True, help="Say what would happen, and change nothing."),
    click.option("--quiet", is_flag=True, help="Say only what is new, and no sums: for cron."),
    click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what is said as JSON Lines."),
    click.option("--workers", type=click.IntRange(1, 64), help="Processes that share the work (one per core)."),
    click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document."),
)


def intake_options(command: Function) -> Function:
    """Adds the options of a run to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def run_over(
    data: Path,
    sources: list[SourceSettings] | None,
    *,
    yes: bool,
    dry: bool,
    quiet: bool,
    report: Path | None,
    workers: int | None,
    as_json: bool,
    prune: bool = True,
) -> None:
    """Runs over some sources, those in readmore.toml if None, says what became of them, and exits."""
    started = time.perf_counter()
    chosen = _remembered(data) if sources is None else sources
    if not ArchiveFolder(data).articles.is_file():
        check_readable(chosen)  # a mistyped name leaves no empty archive behind
    totals = [None if is_address(each.place) else count_articles(each.place) for each in chosen]
    total = None if None in totals else sum(filter(None, totals))
    with _archive(data, dry) as archive, Progress("reading", total, quiet=quiet) as progress:
        runner = Runner(archive, progress, workers=workers, prune=prune, all_of_them=yes, dry=dry, only_new=quiet)
        run = runner.over(chosen)
        result = _result(run, runner.intake, time.perf_counter() - started, dry)
        if report is not None:
            _write(report, result)
    if as_json:
        print_json(result)
    elif not quiet:
        hints = _on_addresses(run, result, ArchiveFolder(data).settings, sources is None)
        where = f"in {data}" if dry or ArchiveFolder(data).articles.is_file() else f"no archive made in {data}"
        click.echo("\n".join((*_summary(result), *hints, f"{where}, {result['took_s']:.1f} s")))
    sys.exit(SOME_REFUSED if result["refused"] or result["kept"] else DONE)


def _remembered(data: Path) -> list[SourceSettings]:
    path = ArchiveFolder(data).settings
    sources = list(load_settings(path).sources)
    if not sources:
        raise ReadmoreError(
            f'no SOURCE given, and {path} names none: give one, or write [[sources]] and from = "..." there'
        )
    return sources


@contextmanager
def _archive(data: Path, dry: bool) -> Iterator[Archive]:
    """The archive, made if there is none; for a dry run that is a temporary one."""
    if dry and not ArchiveFolder(data).articles.is_file():
        with tempfile.TemporaryDirectory(prefix="readmore-") as folder, Archive.create(folder) as archive:
            yield archive
        return
    with archive_for_a_run(data) as archive:
        yield archive


def _result(run: Run, intake: Intake, took: float, dry: bool) -> dict[str, Any]:
    return {
        "articles": intake.accepted + intake.pages_unchanged,
        "added": run.added.added,
        "changed": run.added.changed,
        "unchanged": run.added.unchanged + intake.pages_unchanged,
        "copies": run.copies,
        "headline_only": intake.headline_only,
        "removed": run.withdrawn,
        "pruned": run.pruned,
        "renamed": run.renamed,
        "to_come": intake.to_come,
        "without_address": intake.without_address,
        "lost_address": intake.lost_address,
        "as_before": {each.place: _options(each) for each in run.as_before},
        "unsaid": intake.unsaid,
        "kept": run.kept,
        "named_by_folder": intake.named_by_folder,
        "refused": list(map(_shown, intake.refused)),
        "withheld": list(map(_shown, intake.withheld)),
        "passed_over": dict(run.passed_over.most_common()),
        "warnings": intake.warnings,
        "dry_run": dry,
        "took_s": round(took, 3),
    }


def _options(source: SourceSettings) -> str:
    """The options that a source was read with although they were not given, as one would type them."""
    given = [
        f"--{name} {shlex.quote(getattr(source, name))}"
        for name in ("url", "site")
        if name in source.left_out and getattr(source, name)
    ]
    if "mapping" in source.left_out:
        given += [f"--map {shlex.quote(f'{field}={key}')}" for field, key in source.mapping.items()]
    return " ".join(given)


def _shown(item: Refused) -> dict[str, str]:
    return {"where": item.where, "id": item.id, "reason": item.reason}


def _write(path: Path, result: dict[str, Any]) -> None:
    """All that was said as JSON Lines: one for each refusal and the like, and the totals."""
    lines = [{"event": event, **item} for event in ("refused", "withheld") for item in result[event]]
    lines += [{"event": "copy", "id": article_id, "of": of} for article_id, of in result["copies"].items()]
    lines += [{"event": "warning", "text": text} for text in result["warnings"]]
    lines += [
        {"event": event, "id": article_id} for event in ("removed", "pruned", "renamed") for article_id in result[event]
    ]
    lines += [{"event": "kept", "where": place, "reason": reason} for place, reason in result["kept"].items()]
    totals = {key: value for key, value in result.items() if isinstance(value, (int, float))}
    lines.append({"event": "done", **totals, "passed_over": result["passed_over"]})
    try:
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    except OSError as error:
        raise ReadmoreError(f"{path}: the report cannot be written: {error.strerror or error}") from error


def _summary(result: dict[str, Any]) -> list[str]:
    parts = [f"{result['added']:,} new", f"{result['changed']:,} changed", f"{result['unchanged']:,} unchanged"]
    lines = ["a dry run: nothing was changed"] if result["dry_run"] else []
    above = "most of them not named above: --report FILE has all" if result["unsaid"] else "each named above"
    lines.append(f"{counted(result['articles'], 'article')}: {', '.join(parts)}")
    if result["headline_only"]:
        have = "has" if result["headline_only"] == 1 else "have"
        lines.append(f"{result['headline_only']:,} of them {have} only a headline")
    if result["named_by_folder"]:
        number = result["named_by_folder"]
        lines.append(f"{number:,} with the folder in the id, too: files of other folders have the same name")
    lines += [f"{place}: {options}, as before" for place, options in result["as_before"].items()]
    if result["withheld"]:
        removed = f"; {len(result['removed']):,} that had been in the archive taken out" if result["removed"] else ""
        lines.append(f"{len(result['withheld']):,} withheld as not for the public, {above}{removed}")
    if result["to_come"]:
        one = result["to_come"] == 1
        dates = "is to come: shown from its date on" if one else "are to come: shown from their dates on"
        lines.append(f"{result['to_come']:,} of them {dates}")
    if result["renamed"]:
        lines.append(f"{len(result['renamed']):,} taken out that their sources have under another id by now")
    if result["pruned"]:
        lines.append(f"{len(result['pruned']):,} taken out: their sources do not have them any more")
    if result["kept"]:
        lines.append(f"nothing taken out of {counted(len(result['kept']), 'source')}, each named above")
    if result["refused"]:
        lines.append(f"{len(result['refused']):,} refused, {above}")
    if result["passed_over"]:
        lines.append(f"passed over as hidden or of a kind that is not read: {listed(Counter(result['passed_over']))}")
    if result["copies"]:
        lines.append(f"{len(result['copies']):,} of them copies of others: 'readmore show ID' says of which")
    return lines


def _on_addresses(run: Run, result: dict[str, Any], settings: Path, is_remembered: bool) -> list[str]:
    """That articles have no address, and how those of each source get theirs."""
    count, lost = result["without_address"], result["lost_address"]
    if not count:
        return []
    has = "has no address, by which its page asks" if count == 1 else "have no address, by which their pages ask"
    had = f"; {lost:,} had one until now" if lost else ""
    lines = [f"{count:,} of them {has} for related articles{had}"]
    for source in [each for each in run.lacking if not each.url and not is_address(each.place)][:_MOST_HINTS]:
        generator = generator_of(Path(source.place))
        pattern = generator.url_pattern(Path(source.place)) if generator else "/{year}/{month}/{slug}/"
        why = f"as {generator.name} makes them" if generator else "as the site has them"
        option, setting = f"--url {shlex.quote(pattern)}", f"url = {json.dumps(pattern)} in {settings}"
        ways = [setting] if is_remembered else [option] if source.place == STANDARD_INPUT else [option, setting]
        lines.append(f"  for {source.place}: {', or '.join(ways)}, {why}")
    return lines
