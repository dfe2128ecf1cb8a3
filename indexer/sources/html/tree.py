"""The bytes of a page as a tree of elements, within bounds of size, number of tags and depth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_to_unicode, read_bom

from indexer.base.errors import ArticleError

MAX_TAGS = 40_000
"""Tags of a page; the longest articles have some thousands."""
MAX_DEPTH = 60
"""Elements inside each other; what is deeper moves up to this depth."""
MAX_ATTRIBUTE = 20_000
"""Characters of an attribute; longer ones hold pictures or data."""

MAX_ATTRIBUTES = 2_000
"""Attributes of one tag."""

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}+")
_ATTRIBUTE = re.compile(r"""\s(?:[^\s"'=]++)(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'))?""")
_NOINDEX = re.compile(r"<!--\s{0,9}(?:noindex|googleoff:\s?(?:all|index|snippet))\s{0,9}-->", re.I)
_END_OF_NOINDEX = re.compile(r"<!--\s{0,9}(?:/\s?noindex|googleon:\s?(?:all|index|snippet))\s{0,9}-->", re.I)
_TOO_DEEP = "too-deep"
_DETECTED_FROM = 64 * 1024  # bytes; the character set shows in far fewer
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_LONG_ATTRIBUTES = etree.XPath(f"//@*[string-length() > {MAX_ATTRIBUTE}]")
_TOO_DEEP_IN = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 2) + ")")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")


def decoded(data: bytes, content_type: str = "") -> str:
    """The text of a page: by its byte order mark, as UTF-8 where it is that, else in the character set that
    `content_type` (of an HTTP header) or the page names, else in the one that its bytes look like."""
    if read_bom(data)[0] is None:
        if _is_utf16(data):
            return _clean(data.decode("utf-16-le" if data[1] == 0 else "utf-16-be", "replace"))
        try:
            return _clean(data.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    return _clean(html_to_unicode(content_type or None, data, auto_detect_fun=_detected)[1])


def parsed(text: str) -> HtmlElement:
    """The tree of a page. Raises ArticleError for what is no page or is beyond the bounds.

    The parser reads nothing but `text`: no files, no network, and HTML has no entities of its own making.
    """
    if text.count("<") > MAX_TAGS:
        raise ArticleError(f"more than {MAX_TAGS:,} tags: not one article")
    for tag in _LONG_TAG.finditer(text):
        if len(_ATTRIBUTE.findall(tag[0])) > MAX_ATTRIBUTES:  # the parser takes quadratic time for them
            raise ArticleError(f"a tag with more than {MAX_ATTRIBUTES:,} attributes: not one article")
    text = _without_noindex(text)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    # One class for all elements: else Python code is asked for the class of every element whenever it is looked at.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        root = document_fromstring(_XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise ArticleError("no HTML: neither title nor text") from None
    last = parser.error_log.last_error  # of the beyond-bounds kind is always the last: nothing is parsed after it
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise ArticleError("HTML is nested too deeply: up to 2,000 levels are read")
    _bound(root)
    return root


def _without_noindex(text: str) -> str:
    """`text` without what stands between comments that keep search engines out."""
    parts, at = [], 0
    for opening in _NOINDEX.finditer(text):
        if opening.start() < at:
            continue
        end = _END_OF_NOINDEX.search(text, opening.end())
        if end is None:
            break
        parts.append(text[at : opening.start()])
        at = end.end()
    return "".join([*parts, text[at:]])


def _is_utf16(data: bytes) -> bool:
    """Whether nearly every second byte of the beginning is NUL, as in UTF-16 without a byte order mark."""
    head = data[:400]
    return len(head) > 20 and max(head[::2].count(0), head[1::2].count(0)) > len(head) * 0.45


def _detected(data: bytes) -> str | None:
    best = from_bytes(data[:_DETECTED_FROM]).best()
    return best.encoding if best else None


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def _bound(root: HtmlElement) -> None:
    """Moves up what is deeper than `MAX_DEPTH`, and drops attributes that hold data."""
    for value in _LONG_ATTRIBUTES(root):
        element = value.getparent()
        if element.tag != "meta":
            del element.attrib[value.attrname]
    if not _TOO_DEEP_IN(root):
        return
    for element, depth in list(_with_depth(root)):
        if depth > MAX_DEPTH and len(element):
            element.tag = _TOO_DEEP
    etree.strip_tags(root, _TOO_DEEP)


def _with_depth(root: HtmlElement) -> Iterator[tuple[HtmlElement, int]]:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            yield element, depth
        else:
            depth -= 1
