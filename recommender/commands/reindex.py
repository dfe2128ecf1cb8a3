"""``readmore reindex``: a new index, which goes live only if the assertions hold on it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import IndexDamagedError, ReadmoreError
from indexer.repair.vectors import repair_vectors
from recommender.audit.assertions import Assertions, Verdict, read_assertions
from recommender.related import OpenRecommender
from search.engine import OpenEngine

SOME_FAIL = 1


class AssertionsFailedError(ReadmoreError):
    """The new index does not do what the assertions ask for."""


class _Gate:
    """Looks at a new index before it goes live. Raises AssertionsFailedError if some assertion fails on it, unless
    it is to go live anyhow."""

    def __init__(self, open_recommender: OpenRecommender, data: Path, *, anyhow: bool) -> None:
        self._open_recommender = open_recommender
        self._data = data
        self._anyhow = anyhow
        path = ArchiveFolder(data).assertions
        self._asserted = read_assertions(path) if path.exists() else Assertions((), ())
        self.failing: list[Verdict] = []

    def __call__(self, manifest: object) -> None:
        if not (self._asserted.assertions or self._asserted.problems):
            return
        with self._open_recommender(self._data, manifest=manifest) as recommender:
            self.failing = [verdict for verdict in self._asserted.check(recommender) if not verdict.holds]
        if self.failing and not self._anyhow:
            raise AssertionsFailedError(f"{len(self.failing)} assertions fail on the new index")


@click.command()
@click.option("--force", is_flag=True, help="Go live even if assertions fail.")
@click.option(
    "--accept-loss", "--yes", is_flag=True, help="Go by articles.db even if it lacks articles that the index has."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON document.")
@click.pass_obj
def reindex(obj: dict[str, Any], force: bool, accept_loss: bool, as_json: bool) -> None:
    """Rebuild every index from the stored articles while the old one serves, then swap.

    Before that, assertions.yaml in the archive's folder is checked on the new index. If something in it fails, the old
    index goes on serving and the exit status is 1.
    """
    started, data = time.perf_counter(), obj["data"]
    serving = _serves(obj["open_engine"], data)
    live = True
    with Archive.open(data) as archive:
        for name, outcome in repair_vectors(archive).items():  # from the old index, while it is there
            click.echo(f"space {name}: {outcome}", err=True)
        gate = _Gate(obj["open_recommender"], data, anyhow=force or not serving)
        try:
            archive.reindex(approve=gate, accept_loss=accept_loss)
            archive.maintain()
        except AssertionsFailedError:
            live = False
        status = archive.status()
    for verdict in gate.failing:
        click.echo(str(verdict), err=True)
    took = time.perf_counter() - started
    if as_json:
        record = {"live": live, "articles": status["articles"], "took_s": round(took, 3)}
        click.echo(
            json.dumps(record | {"failing": [verdict.to_dict() for verdict in gate.failing]}, ensure_ascii=False)
        )
    elif live:
        click.echo(f"{status['articles']:,} articles indexed again in {took:.1f} s")
    if gate.failing and not as_json:
        click.echo(_consequence(len(gate.failing), live=live, serving=serving), err=True)
    sys.exit(SOME_FAIL if gate.failing and not force else 0)


def _consequence(count: int, *, live: bool, serving: bool) -> str:
    fail = "1 assertion fails" if count == 1 else f"{count} assertions fail"
    if not live:
        return f"{fail}: the old index goes on serving; mend what is wrong, or 'readmore reindex --force'"
    return f"{fail}, and the new index is live" + ("" if serving else ": the old one could not be read")


def _serves(open_engine: OpenEngine, data: Path) -> bool:
    """Whether there is an index that can be read."""
    try:
        with open_engine(data) as engine:
            engine.index()
    except IndexDamagedError:
        return False
    return True
