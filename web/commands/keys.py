"""``readmore keys``: who may do what through the service."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArchiveNotFoundError
from web.access.keys import ADMIN, EDIT, MAX_NAME, SCOPES, SEARCH, WRITE, Key, Keys, add_key, read_keys, withdraw_key

MAX_RATE = 100_000.0
_GOOD_FOR = {
    SEARCH: "reading; once there is such a key, nobody reads without one",
    WRITE: "adding, changing and removing articles",
    EDIT: "the editors' rules and reports",
    ADMIN: "everything",
}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the keys as one JSON document.")
@click.pass_context
def keys(ctx: click.Context, as_json: bool) -> None:
    """Show, make or withdraw the keys of the service.

    Only hashes of them are kept: a key is shown once, when it is made. Changes hold from the next request on.
    """
    if ctx.invoked_subcommand is None:
        _show(read_keys(_folder(ctx.obj)), as_json)


@keys.command(
    epilog="\b\nExamples:\n  readmore keys add 'the content system' --scope write\n"
    "  readmore keys add 'hook of the content system' --webhook"
)
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="What it is good for; may be given several times.",
)
@click.option("--webhook", is_flag=True, help="Make a secret that a content system signs its webhooks with.")
@click.option(
    "--rate",
    default=0.0,
    type=click.FloatRange(0, MAX_RATE),
    help="Requests a second that it is good for; 0: no bound.",
)
@click.pass_obj
def add(obj: dict[str, Any], name: str, scopes: tuple[str, ...], webhook: bool, rate: float) -> None:
    """Make a key. NAME says what it is for. It is printed alone on standard output."""
    if webhook and set(scopes) - {WRITE}:
        raise click.UsageError("a webhook is good for 'write' and nothing else")
    if not webhook and not scopes:
        raise click.UsageError(f"say what it is good for with --scope: {', '.join(SCOPES)}")
    key, secret = add_key(_folder(obj), name, scopes or (WRITE,), per_second=rate, webhook=webhook)
    click.echo(secret)
    click.echo(f"made: {_described(key)}. Keep it now: it is not shown again.", err=True)
    if SEARCH in key.scopes:
        click.echo("from now on reading needs a key, too: this one, or any other", err=True)


@keys.command(epilog="\b\nExample:\n  readmore keys withdraw 'the content system'")
@click.argument("id_or_name")
@click.pass_obj
def withdraw(obj: dict[str, Any], id_or_name: str) -> None:
    """Take back a key. Its id is what stands between the first and the second _ of it."""
    click.echo(f"withdrawn: {_described(withdraw_key(_folder(obj), id_or_name))}")


def _show(found: list[Key], as_json: bool) -> None:
    guarded = Keys(found).guard_reading
    if as_json:
        listed = [
            {"id": key.id, "name": key.name, "scopes": list(key.scopes), "created": key.created, "rate": key.per_second,
             "webhook": key.is_webhook}
            for key in found
        ]  # fmt: skip
        click.echo(json.dumps({"keys": listed, "reading_needs_a_key": guarded}, ensure_ascii=False))
        return
    for key in found:
        click.echo(_described(key))
    click.echo("reading needs a key" if guarded else "reading needs no key; everything else does", err=True)
    if not found:
        click.echo("there are no keys; scopes to make some for:", err=True)
        for scope, good_for in _GOOD_FOR.items():
            click.echo(f"  {scope:<8}{good_for}", err=True)
        sys.exit(0)


def _described(key: Key) -> str:
    kind = "webhook" if key.is_webhook else ", ".join(key.scopes)
    rate = f", {key.per_second:g} requests a second" if key.per_second else ""
    return f"{key.id}  {key.created[:10]}  {key.name[:MAX_NAME]}  ({kind}{rate})"


def _folder(obj: dict[str, Any]) -> ArchiveFolder:
    folder = ArchiveFolder(obj["data"])
    if not folder.path.is_dir():
        raise ArchiveNotFoundError(folder.path)
    return folder
