"""The command that adds vector spaces from neural models."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from indexer.archive import Archive
from indexer.base.errors import ReadmoreError
from indexer.base.progress import Progress
from indexer.commands.shared import DONE, SOME_REFUSED, print_json
from indexer.embedding.job import EmbedReport, Job
from indexer.spaces import embedding, neural_spaces, remove_space, updating


@click.command()
@click.argument("model", required=False)
@click.option("--name", default="", help="What the space is called (default: after the model).")
@click.option("--remove", metavar="NAME", help="Take the space of this name out of the archive.")
@click.option("--device", help="Where the model runs: cpu, cuda, mps (default: the best there is).")
@click.option(
    "--backend",
    type=click.Choice(["auto", "onnx", "torch"]),
    default="auto",
    show_default=True,
    help="What runs the model; auto is onnx on a CPU where it is installed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def embed(
    obj: dict[str, Any],
    model: str | None,
    name: str,
    remove: str | None,
    device: str | None,
    backend: Any,
    as_json: bool,
) -> None:
    """Add a vector space from MODEL: a sentence-transformers model by hub name or folder, or minilm.

    The archive answers meanwhile, with what is ready. Stop and start it at any time: nothing is encoded twice. Without
    MODEL, brings every space up to date with the articles added since.
    """
    started = time.perf_counter()
    with Archive.open(obj["data"]) as archive:
        if remove is not None:
            if model or name:
                raise click.UsageError("--remove takes no MODEL and no --name")
            remove_space(archive, remove)
            if as_json:
                print_json({"removed": remove})
            else:
                click.echo(f"space {remove} removed")
            return
        reports: dict[str, EmbedReport] = {}
        if model is None:
            for space in neural_spaces(archive):
                with updating(archive, space, device) as job:
                    reports[space] = _run(job, space)
            if not reports:
                raise ReadmoreError("no neural space in this archive yet: add one with 'readmore embed MODEL'")
        else:
            with embedding(archive, model, name=name, backend=backend, device=device, say=_say) as job:
                reports[job.name] = _run(job, job.name)
    if as_json:
        took = round(time.perf_counter() - started, 3)
        print_json({"spaces": {n: _record(report) for n, report in reports.items()}, "took_s": took})
    refused = [line for report in reports.values() for line in report.refused]
    for line in refused:
        click.echo(f"refused: {line}", err=True)
    if not as_json:
        _show(reports, time.perf_counter() - started)
    sys.exit(SOME_REFUSED if refused else DONE)


def _show(reports: dict[str, EmbedReport], took: float) -> None:
    for space, report in reports.items():
        again = f", {report.reused:,} encoded before" if report.reused else ""
        click.echo(f"space {space}: {report.ready:,} of {report.total:,} articles ready, {report.encoded:,} new{again}")
    click.echo(f"{took:.1f} s")


def _run(job: Job, name: str) -> EmbedReport:
    with Progress(f"embedding {name}", job.waiting()) as progress:

        def advance(done: int) -> None:
            for _ in range(done):
                progress.advance()

        return job.run(advance)


def _record(report: EmbedReport) -> dict[str, int]:
    figures = {"encoded": report.encoded, "reused": report.reused, "ready": report.ready, "total": report.total}
    return figures | {"refused": len(report.refused)}


def _say(line: str) -> None:
    click.echo(f"note: {line}", err=True)
