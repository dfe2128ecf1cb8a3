"""Which columns of a table, or keys of a list of records, hold an article's fields, where their names are not known:
a guess for people to correct, by the names in several languages and by what is in them.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError

_NAMES = {
    "title": "title headline heading kop titel überschrift schlagzeile titre título titulo titolo rubrik otsikko tytuł",
    "body": "body text content article tekst inhalt inhoud artikeltext bodytext volltext contenu texte corps contenido"
    " texto cuerpo testo contenuto treść texto_completo html story",
    "date": "date datum publishedon published_on publicationdate publication_date publish_date erschienen"
    " veröffentlicht fecha data dato päivämäärä data_publikacji",
    "url": "url link address permalink webadresse lien enlace indirizzo adres adress slug",
    "authors": "author authors byline autor autorin autoren verfasser auteur auteurs autore autori schrijver redacteur",
    "section": "section category ressort rubriek rubrique sección seccion categoria categoría catégorie kategorie",
    "tags": "tags keywords schlagworte schlagwörter mots-clés motscles etiquetas palabras_clave trefwoorden labels",
    "excerpt": "excerpt teaser summary vorspann intro lead kurztext chapô chapo resumen entradilla samenvatting lede",
}
_LONG_TEXT = 200  # characters, in the middle, of what is likely a body
_HEADLINE = range(12, 140)  # likewise of a headline
_MOST = 0.8  # share of the values that must be of a kind


def guessed_columns(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """For fields of an article the column that is likely to hold it; `rows` are some records, all values as texts."""
    columns = {name: [row[name] for row in rows if row.get(name, "").strip()] for name in _in_order(rows)}
    columns = {name: values for name, values in columns.items() if values}
    found: dict[str, str] = {}
    for field, names in _NAMES.items():
        known = names.split()
        for name in columns:
            if name not in found.values() and (_plain(name) in known or _plain(name).replace("_", "") in known):
                found.setdefault(field, name)
    left = {name: values for name, values in columns.items() if name not in found.values()}
    for field, is_it in (("url", _are_addresses), ("date", _are_dates)):
        if field not in found and (name := next((n for n, values in left.items() if is_it(values)), "")):
            found[field] = name
            left.pop(name)
    if left and "body" not in found:
        longest = max(left, key=lambda name: _length(left[name]))
        if _length(left[longest]) >= _LONG_TEXT:
            found["body"] = longest
            left.pop(longest)
    if "title" not in found and (name := next((n for n, values in left.items() if _are_headlines(values)), "")):
        found["title"] = name
    return found


def _in_order(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _plain(name: str) -> str:
    return "_".join(name.lower().replace("-", " ").split())


def _length(values: Sequence[str]) -> float:
    return statistics.median(map(len, values))


def _are_addresses(values: Sequence[str]) -> bool:
    return sum(value.startswith(("http://", "https://", "/")) for value in values) >= _MOST * len(values)


def _are_headlines(values: Sequence[str]) -> bool:
    return int(_length(values)) in _HEADLINE and len(set(values)) > _MOST * len(values) and " " in values[0].strip()


def _are_dates(values: Sequence[str]) -> bool:
    return sum(map(_is_date, values)) >= _MOST * len(values)


def _is_date(value: str) -> bool:
    if value.isdigit():  # any number may be one of seconds
        return False
    try:
        parse_date(value)
    except ArticleError:
        return False
    return True
