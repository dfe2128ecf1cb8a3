"""Whether an article is meant for readers at all, and from when on: the many ways in which programs say that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from indexer.article.dates import parse_date
from indexer.base.errors import ArticleError, shown
from indexer.sources.document import Document

YES = frozenset(("true", "yes", "on", "y", "t", "1", "1.0"))
NO = frozenset(("false", "no", "off", "n", "f", "0", "0.0", "never"))
"""What YAML and its relatives, databases and people write for true and false, lower case."""
_NOTHING = frozenset(("null", "none", "~"))

_DRAFT_FILE = re.compile(r"draft_.*\.html?", re.IGNORECASE)  # in Medium's export

DRAFT_FOLDERS = frozenset(("drafts", "_drafts"))
"""Where Jekyll, Hexo and their like keep what is not published, lower case."""

# Keys are compared in lower case and without what joins their words: isDraft, is_draft and Is-Draft are one.
_HIDING = frozenset(
    "draft isdraft private isprivate unlisted isunlisted hidden ishidden unpublished membersonly ismembersonly "
    "subscribersonly trashed istrashed deleted isdeleted passwordprotected ispasswordprotected protected isprotected "
    "encrypted emailonly embargoed embargo noindex nosearch searchexclude searchexcluded excludefromsearch "
    "searchhidden hidefromsearch hiddenfromsearch".split()
)
_DRAFT = frozenset(("draft", "isdraft"))  # of which any value says something, but for a clear no
_SHOWING = frozenset(
    "published ispublished publish public ispublic visible isvisible listed islisted isaccessibleforfree "
    "search searchable indexable".split()
)
_STATE = frozenset(
    "status poststatus wpstatus wppoststatus publishstatus publishedstatus publicationstatus moderationstate "
    "workflowstate state stage lifecyclestage".split()
)
_VISIBILITY = frozenset(("visibility", "postvisibility"))
_AUDIENCE = _VISIBILITY | {"access", "accesslevel"}
_GONE_SINCE = frozenset(("deletedat", "trashedat"))
_PUBLISHED_FROM = frozenset(
    "publishdate publishat publishon published publishedat datepublished pubdate postdate goliveat "
    "scheduled scheduledat scheduledfor embargo embargountil embargoeduntil embargodate releasedate releaseat".split()
)
_ROBOTS = frozenset(("robots", "metarobots", "robotsmeta"))
_PASSWORD = frozenset(("password", "postpassword", "wppostpassword"))

_HIDDEN_STATES = frozenset(
    "draft drafts private pending pendingreview review inreview needsreview future scheduled trash trashed autodraft "
    "inherit unpublished notpublished unlisted hidden deleted spam skip wip inprogress password passwordprotected "
    "protected members membersonly paid embargo embargoed "
    "brouillon enattente privé corbeille programmé entwurf privat geplant papierkorb versteckt borrador pendiente "
    "privado papelera oculto programado bozza privato cestino rascunho pendente lixeira agendado concept klad "
    "prullenbak utkast kladde luonnos szkic koncept taslak piszkozat черновик чернетка πρόχειρο مسودة טיוטה "
    "草稿 下書き 非公開 비공개 임시글 임시저장 초안 회원전용 私密 待审 待審".split()
)
_CREATED = frozenset(("created", "createdat", "datecreated"))
# Words, of which one is enough: "members only", "paid-members", "private".
_HIDDEN_FROM = frozenset(
    "private member members membersonly paid password protected tier tiers subscriber subscribers unlisted hidden "
    "internal draft followers direct none nobody staff restricted logged loggedin registered premium filter".split()
)
_JOINS = re.compile(r"[\s_:.-]+")
_LONGEST_KEY = 40  # characters; longer ones are none of ours
_LONGEST_VALUE = 60


def why_withheld(record: Mapping[str, Any]) -> str:
    """Why the article in `record` is not for the public; empty if nothing in it says so."""
    for key, name, value in _known(record):
        if name in _PASSWORD:
            if _is_password(value):
                return "not public: it has a password"
        elif _says_hidden(name, value):
            return f"not public: it says {shown(key)}: {_written(value)}"
        elif name == "id" and isinstance(value, str) and value.startswith("drafts."):
            return "not public: its id is that of a draft"  # as Sanity has it
    if unpublished := _never_published(record):
        return f"not public: it says when it was created, and no {shown(unpublished)}"
    content = record.get("content")
    if isinstance(content, dict) and _flag(content.get("protected")) in YES:  # as WordPress answers
        return "not public: it has a password"
    return ""


def public_from(record: Mapping[str, Any]) -> datetime | None:
    """The latest moment from which on the article in `record` is to be shown, of all that it says; None if it says
    none beside its date."""
    dates = (_date(value) for _, name, value in _known(record) if name in _PUBLISHED_FROM)
    return max((date for date in dates if date is not None), default=None)


def _known(record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The keys of a record that may say something here: as written, as they are compared, and their values."""
    for key, value in record.items():
        if isinstance(key, str) and len(key) <= _LONGEST_KEY:
            yield key, _name_of(key), value


def _never_published(record: Mapping[str, Any]) -> str:
    """The key for the day of publication that is there without a value, as content systems (Strapi, Laravel's) have
    it of drafts, which have only been created; empty where there is none."""
    known = [(key, name, value) for key, name, value in _known(record) if name == "publishedat" or name in _CREATED]
    if any(name in _CREATED and value for _, name, value in known):
        return next((key for key, name, value in known if name == "publishedat" and says_no(value)), "")
    return ""


def is_no_date(value: Any) -> bool:
    """Whether the value of ``published``, which may be a date, is a yes or no."""
    return _flag(value) in YES | NO


def why_no_article(document: Document) -> str:
    """Why what is in a document is not for the public, whatever it says itself; empty if nothing speaks against it."""
    if _DRAFT_FILE.fullmatch(PurePath(document.name).name):
        return "not public: its file's name says that it is a draft"
    return "not public: in a folder of drafts" if _is_in_draft_folder(document) else ""


def _is_in_draft_folder(document: Document) -> bool:
    """Whether a document was found in a folder of drafts: below its source, or as its source. Folders above the source
    are somebody's own affair."""
    path, root = PurePath(document.name), PurePath(document.root)
    try:
        below = path.relative_to(root).parts[:-1]
    except ValueError:
        below = path.parts[:-1]
    around = root.name if path != root else root.parent.name
    return any(part.lower() in DRAFT_FOLDERS for part in (around, *below))


def _date(value: Any) -> datetime | None:
    if _flag(value) in YES | NO:
        return None
    with suppress(ArticleError):
        return parse_date(value)
    return None


def _says_hidden(name: str, value: Any) -> bool:
    if name in _DRAFT:
        return not says_no(value)
    if name in _HIDING:
        return _flag(value) in YES
    if name in _GONE_SINCE:
        return bool(value) and _flag(value) not in NO | _NOTHING
    if name in _SHOWING:
        return _flag(value) in NO or (name == "published" and _is_state(value))
    if name in _STATE:
        # to a database, 0 is what is not published; a state of the United States is none of these
        return _is_state(value) or (not name.endswith(("state", "stage")) and _flag(value) in NO)
    if name in _ROBOTS:
        return any("noindex" in text for text in _texts(value))
    if name in _AUDIENCE:
        return any(_is_for_some(name, text) for text in _texts(value)) or _flag(value) in NO
    return False


def says_no(value: Any) -> bool:
    """Whether a value that says yes or no is a known no, or nothing at all."""
    is_empty = value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())
    return is_empty or _flag(value) in NO | _NOTHING


def _is_for_some(name: str, text: str) -> bool:
    """Whether an audience is not everybody; "label:vip" and the like choose among a site's members."""
    return bool(_HIDDEN_FROM & set(_JOINS.split(text))) or (name in _VISIBILITY and ":" in text)


def _is_state(value: Any) -> bool:
    return any(_joined(text) in _HIDDEN_STATES for text in _texts(value))


def _is_password(value: Any) -> bool:
    return bool(value) and str(value).strip() != "" and _flag(value) not in NO | _NOTHING


def _texts(value: Any) -> Iterator[str]:
    """What a state says, lower case: itself, the texts of a list, the name or value of an object."""
    if isinstance(value, str):
        if len(value) <= _LONGEST_VALUE:
            yield value.strip().lower()
    elif isinstance(value, dict):
        for key in ("name", "value", "slug"):
            if isinstance(value.get(key), str):
                yield from _texts(value[key])
    elif isinstance(value, list):
        for item in value[:5]:
            if isinstance(item, (str, dict)):
                yield from _texts(item)


def _flag(value: Any) -> str:
    """A value that may say yes or no as lower-case text; empty where it is too long or of another type."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.strip().lower() if len(value) <= _LONGEST_VALUE else ""
    if isinstance(value, bool) or (isinstance(value, (int, float)) and abs(value) <= 1):
        return str(value).lower()
    return ""


def _joined(text: str) -> str:
    return _JOINS.sub("", text.strip().lower())


_name_of = lru_cache(maxsize=1 << 12)(_joined)  # records have the same keys again and again


def _written(value: Any) -> str:
    if isinstance(value, (str, int, float)):
        return shown(" ".join(str(value).lower().split() if isinstance(value, bool) else str(value).split()))
    return ", ".join(_texts(value))
