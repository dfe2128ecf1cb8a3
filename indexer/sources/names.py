"""What a file's name says about the article in it: its id, and on many sites its date."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePath

from indexer.sources.document import Document

_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
_INDEX = re.compile(r"_?index(?:\.([a-z]{2,3}(?:[-_][a-z0-9]{2,8})?))?", re.IGNORECASE)
_MAX_FOLDERS = 6  # names of folders above the source that an id may have
_LEADING_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[-_. ]|\Z)")
_LEADING_MONTH = re.compile(r"(?:19|20)\d\d-(?:0?[1-9]|1[0-2])(?=-[^\d]|\Z)")
_ANY_DATE = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")

# Languages of whole sites, by their codes. Those in the second line are words and short forms as well, so a folder of
# that name alone says nothing: its neighbours have to be languages, too.
_LANGUAGES = frozenset(
    (
        "ar bg ca cy da de el en eo es et eu fa fi fr gl he hi hu hy ja ka ko lt lv nb nl nn pl pt ro ru sk sl sq sr "
        "sv ta th tr uk vi zh"
    ).split()
)
_AMBIGUOUS = frozenset("af cs ga hr id is it ms no".split())
# What folders are called that have a language's name, in English or in it: its neighbours have to be languages, too.
_NAMED = {
    name: code
    for code, names in {
        "ar": "arabic", "cs": "czech česky čeština cestina", "da": "danish dansk", "de": "german deutsch",
        "el": "greek", "en": "english", "es": "spanish español espanol", "fi": "finnish suomi",
        "fr": "french français francais", "he": "hebrew", "hi": "hindi", "hu": "hungarian magyar",
        "it": "italian italiano", "ja": "japanese 日本語", "ko": "korean 한국어", "nl": "dutch nederlands",
        "no": "norwegian norsk", "pl": "polish polski", "pt": "portuguese português portugues",
        "ro": "romanian română romana", "ru": "russian русский", "sv": "swedish svenska", "th": "thai",
        "tr": "turkish türkçe turkce", "uk": "ukrainian українська", "vi": "vietnamese", "zh": "chinese 中文",
    }.items()
    for name in names.split()
}  # fmt: skip
_REGION = re.compile(r"([a-z]{2})[-_](?:[a-z]{2}|hans|hant|latn|cyrl)\Z")


def language_of_folder(name: str, beside: Iterable[str]) -> str:
    """The language, two letters, that a folder's name says: ``fr``, ``pt-br``, ``deutsch``; empty if it says none.
    `beside` are the names in the folder that it is in."""
    code = _language_code(name)
    if code and code not in _AMBIGUOUS:
        return code
    code = code or _NAMED.get(_composed(name), "")
    if not code or len({_language_code(other) or _NAMED.get(_composed(other), "") for other in beside} - {""}) < 2:
        return ""
    return code


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


def language_of_file(name: str) -> str:
    """The language that a file's name says before its suffix: ``index.fr.md``; empty if it says none."""
    stem, _, suffix = name.rpartition(".")
    return (
        _language_code(stem.rpartition(".")[2])
        if "." in stem and suffix.lower() in ("md", "mdx", "markdown", "rst", "html", "txt")
        else ""
    )


def _language_code(name: str) -> str:
    name = name.lower()
    region = _REGION.match(name)
    code = region[1] if region else name
    return code if code in _LANGUAGES or code in _AMBIGUOUS else ""


def stem_of(name: str) -> str:
    """A file's name without its folders and suffix; of ``index``, which says nothing, the name of its folder, and of
    ``index.fr`` that and the language."""
    path = PurePath(name)
    index = _INDEX.fullmatch(path.stem)
    if index is None or not path.parent.name:
        return path.stem
    return path.parent.name + (f"-{index[1]}" if index[1] else "")


def title_of_name(name: str) -> str:
    """The title that the name of a file is, as in a folder of notes: ``Ferry notes.md``; empty for one that looks like
    the end of an address, ``ferry-notes.md``."""
    stem = PurePath(name).stem.strip()
    is_title = " " in stem or (stem.isalpha() and stem[:1].isupper())
    return " ".join(stem.split()) if is_title else ""


def id_of(document: Document) -> str:
    """The id of the one article of a document that says none itself: from the name if it has one."""
    return id_of_path(document.name) if document.name else document.fallback_id


def id_of_path(path: str) -> str:
    """The id that the article in the file at `path` has by the file's name."""
    return readable_id(stem_of(path))


def other_ids(article_id: str, path: str, root: str) -> list[str]:
    """Ids for the article in the file at the absolute `path` where `article_id` is another's: before it stand the names
    of the file's folders, first of those below the source `root`, then of more and more of those above; at last one
    that is the path's own. ``fair`` in ``/site/posts/en/fair.md``, found in ``/site/posts``, is ``en-fair``, then
    ``posts-en-fair``, then ``site-posts-en-fair``."""
    folders = _folders_of(PurePath(path))
    below = len(folders) - len(PurePath(root).parts) + 1 if path != root else 0
    ids = [
        readable_id("-".join((*(folder.lstrip("_") for folder in folders[-depth:]), article_id)))
        for depth in range(max(1, below), min(len(folders), max(1, below) + _MAX_FOLDERS) + 1)
    ]
    digest = hashlib.blake2b(os.fsencode(path), digest_size=4).hexdigest()
    return [*ids, f"{article_id[:190]}-{digest}"]


def earlier_ids(article_id: str, path: str) -> list[str]:
    """The ids that the file may have had in an archive: `article_id`, those of `other_ids` for any source, and what
    earlier versions made of ``index.fr``."""
    ids = [article_id, *other_ids(article_id, path, path)]
    return [*ids, readable_id(PurePath(path).stem)] if _INDEX.fullmatch(PurePath(path).stem) else ids


def _folders_of(path: PurePath) -> tuple[str, ...]:
    """The names of the folders around a file, the outermost first; the folder that an ``index`` stands for is none."""
    folders = path.parts[1:-1]
    return folders[:-1] if _INDEX.fullmatch(path.stem) else folders


def readable_id(name: str) -> str:
    """`name` as an id: accents are dropped, and what else an id may not contain becomes ``-``. Where letters are lost
    that way, or the name is too long, 8 hexadecimal digits keep the id the name's own."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    readable = _NOT_ID.sub("-", plain).strip("-")
    letters_lost = any(not c.isascii() and (c.isalnum() or unicodedata.category(c) == "Cs") for c in plain)
    if readable and not letters_lost and len(readable) <= 200:
        return readable
    digest = hashlib.blake2b(os.fsencode(name), digest_size=4).hexdigest()
    return f"{readable[:190]}-{digest}".lstrip("-")


def leading_date(stem: str) -> tuple[datetime | None, str]:
    """The date that a post's file name begins with (``2024-12-05-title``), and what is wrong with how it is
    written: ``2024-12-5-title`` is understood but not well written, ``2024-12-title`` has no day."""
    found = _LEADING_DATE.match(stem)
    if found is None:
        month = _LEADING_MONTH.match(stem)
        return None, f"the date in the file name, '{month[0]}', has no day" if month else ""
    date = _date(found)
    if date is None:
        return None, f"the date in the file name, '{found[0]}', is not a date"
    if found[0] != f"{date:%Y-%m-%d}":
        return date, f"the date in the file name, '{found[0]}', is not written YYYY-MM-DD"
    return date, ""


def any_date(stem: str) -> datetime | None:
    """The first ``YYYY-MM-DD`` anywhere in a file name, None if there is none."""
    found = _ANY_DATE.search(stem)
    return _date(found) if found else None


def _date(found: re.Match[str]) -> datetime | None:
    year, month, day = (int(part) for part in found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC) if year > 999 else None
    except ValueError:
        return None
