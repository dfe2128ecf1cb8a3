"""What browsers and feed readers take of the service: its search, described; suggestions; a feed of any search."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, jsonify, request, url_for

from search.results import Hit
from web.access.guard import admit_reader
from web.http.backend import current_backend
from web.http.caching import revalidated, uncached
from web.http.params import ParameterError, query_of
from web.http.rendering import encodable
from web.pages.asked import NEWEST, Asked, read_asked
from web.pages.look import current_settings
from web.pages.prose import teaser
from web.pages.routes import article_url, found

FEED_SIZE = 20
SUGGESTED = 5
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
_SUGGESTIONS = "application/x-suggestions+json"
_SHORT_NAME = 16  # characters that browsers show of a site's name, by the specification
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

syndication = Blueprint("syndication", __name__)
syndication.before_request(admit_reader)
revalidated(syndication)


@syndication.get("/opensearch.xml")
def opensearch() -> Response:
    """The site's search as browsers add it to theirs."""
    settings, localised = current_settings(), current_settings().localised
    name = settings.name or "readmore"
    root = Xml.Element("OpenSearchDescription", xmlns=OPENSEARCH)
    _add(root, "ShortName", name[:_SHORT_NAME])
    _add(root, "Description", localised.translations.gettext("Search %(site)s") % {"site": name})
    _add(root, "InputEncoding", "UTF-8")
    _add(root, "Language", localised.language)
    for kind, rel, address in (
        ("text/html", "results", _template("pages.search")),
        ("application/atom+xml", "results", _template("syndication.feed")),
        (_SUGGESTIONS, "suggestions", _template("syndication.suggest")),
    ):
        Xml.SubElement(root, "Url", type=kind, rel=rel, template=address)
    icon = url_for("static", filename="icon.svg", _external=True)
    _add(root, "Image", icon, type="image/svg+xml")
    return _xml(root, "application/opensearchdescription+xml")


@syndication.get("/suggest")
def suggest() -> Response:
    """Searches to offer while somebody types into a browser's own box, as OpenSearch's suggestions."""
    try:
        query = query_of(request.args)
    except ParameterError as error:
        if error.code != "empty_query":
            raise
        query = ""
    offered = current_backend().suggest(query, SUGGESTED) if query else None
    if offered and not offered.is_whole:
        uncached()
    texts = dict.fromkeys(offered.queries if offered else ())
    for of in offered.names if offered else ():
        texts.setdefault(of.value)
    for article in offered.articles if offered else ():
        texts.setdefault(article.article.headline)
    response = jsonify([query, list(texts)])
    response.mimetype = _SUGGESTIONS
    return response


@syndication.get("/feed")
def feed() -> Response:
    """The newest articles that a search finds, as an Atom feed; of all articles where nothing is searched for."""
    asked = _asked_of_feed()
    hits = found(asked, limit=FEED_SIZE).hits
    settings = current_settings()
    name = settings.name or "readmore"
    everything = asked.query == "*" and not asked.is_narrowed
    title = name if everything else f"{asked.query} – {name}"
    root = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": settings.localised.language})
    _add(root, "title", title)
    _add(root, "id", _absolute(asked.url("syndication.feed")))
    Xml.SubElement(root, "link", rel="self", href=_absolute(asked.url("syndication.feed")))
    Xml.SubElement(root, "link", rel="alternate", type="text/html", href=_absolute(asked.url()))
    dates = [date for hit in hits if (date := hit.article.modified or hit.article.date)]
    _add(root, "updated", _moment(max(dates, default=None)))
    for hit in hits:
        root.append(_entry(hit))
    return _xml(root, "application/atom+xml")


def _asked_of_feed() -> Asked:
    """The search of a feed, newest first unless another order is asked for. Raises RefusedError and QueryError."""
    args = request.args.copy()
    if not any(query.strip() for query in args.getlist("q")):
        args["q"] = "*"
    args.setdefault("sort", NEWEST)
    args.pop("page", None)
    return read_asked(args, current_backend().schema())


def _entry(hit: Hit) -> Xml.Element:
    article = hit.article
    address = _absolute(article_url(article))
    entry = Xml.Element("entry")
    _add(entry, "title", article.headline)
    _add(entry, "id", address)
    Xml.SubElement(entry, "link", rel="alternate", type="text/html", href=_text(address))
    _add(entry, "updated", _moment(article.modified or article.date))
    if article.date:
        _add(entry, "published", _moment(article.date))
    for author in article.authors or ([article.site] if article.site else []):
        _add(Xml.SubElement(entry, "author"), "name", author)
    for term in dict.fromkeys(term for term in (article.section, *article.tags) if term):
        Xml.SubElement(entry, "category", term=_text(term))
    if summary := teaser(article):
        _add(entry, "summary", summary)
    return entry


def _template(endpoint: str) -> str:
    return url_for(endpoint, q="QUERY", _external=True).replace("QUERY", "{searchTerms}")


def _absolute(address: str) -> str:
    """An address of this service as others know it; one of another site as it is."""
    return request.host_url.rstrip("/") + address if address.startswith("/") else address


def _moment(date: datetime | None) -> str:
    """A moment as Atom writes it; the beginning of 1970 where there is none, since every entry must have one."""
    return (date or datetime(1970, 1, 1, tzinfo=UTC)).isoformat(timespec="seconds")


def _add(parent: Xml.Element, tag: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, tag, attributes).text = _text(text)


def _text(text: str) -> str:
    """`text` without the characters that XML cannot have."""
    return _NOT_XML.sub("\ufffd", encodable(text))


def _xml(root: Xml.Element, kind: str) -> Response:
    content = Xml.tostring(root, "utf-8", xml_declaration=True)
    return Response(content, content_type=f"{kind}; charset=utf-8")
