"""The command that shows an article as it is stored."""

from __future__ import annotations

from typing import Any

import click

from indexer.archive import Archive
from indexer.article.typed_values import text_of
from indexer.intake.copied import copied


@click.command()
@click.argument("id_or_url")
@click.option("--json", "as_json", is_flag=True, help="Print the article as one JSON document.")
@click.pass_obj
def show(obj: dict[str, Any], id_or_url: str, as_json: bool) -> None:
    """Show an article as it is stored, with what it is a copy of."""
    with Archive.open(obj["data"]) as archive:
        article = archive.store.get(id_or_url)
        found = copied(archive)
    if as_json:
        click.echo(article.to_json())
        return
    head = {
        "id": article.id,
        "url": article.url,
        "date": article.date.isoformat(" ") if article.date else "",
        "modified": article.modified.isoformat(" ") if article.modified else "",
        "from": article.public_from.isoformat(" ") if article.public_from else "",
        "expires": article.expires.isoformat(" ") if article.expires else "",
        "status": article.status,
        "dateline": str(article.dateline),
        "section": article.section,
        "site": article.site,
        "authors": ", ".join(article.authors),
        "tags": ", ".join(article.tags),
        "language": article.language,
        "image": article.image,
        "source": article.source,
        "copy of": found.get(article.id, ""),
        "copies": ", ".join(one for one, of in found.items() if of == article.id),
    }
    click.secho(article.headline, bold=True)
    for name, value in head.items():
        if value:
            click.echo(f"{name:<9} {value}")
    for name, extra in article.fields.items():
        click.echo(f"{name:<9} {text_of(extra)}")
    if article.body:
        click.echo(f"\n{article.body}")
