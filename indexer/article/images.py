"""The picture that stands for an article: where it is, and what it shows, in whatever form a source has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from indexer.article.urls import is_followable

MAX_ALT = 1_000
"""Characters of what a picture shows; screen readers read all of it aloud."""
MAX_REFERENCE = 2_000
"""Characters of an address; what is longer holds the picture itself."""
_DEPTH = 5  # of objects in objects: Strapi's image.data.attributes.url
_MOST = 20  # values of a list that are looked at
_ADDRESS = ("url", "src", "contentUrl", "source_url", "path", "href", "image", "feature", "teaser", "file", "filename")
_WITHIN = ("data", "attributes", "fields", "asset")
_ALT = ("alt", "alt_text", "altText", "alternativeText", "image_alt", "alternateName", "@alt")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PICTURE = re.compile(r"[^\s].*\.(?:jpe?g|jfif|png|gif|webp|avif|svg|bmp|tiff?)(?:[?#].*)?\Z", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{")
_CONTROL = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")


class Image(NamedTuple):
    """A picture as a source names it."""

    reference: str = ""  # its address, or where it is beside the article
    alt: str = ""


NO_IMAGE = Image()


def image_in(value: Any) -> Image:
    """The first picture in a value: a text, an object with an address and perhaps an alternative text, or a list of
    such; an empty one where there is none. What is no picture's address, as a layout's name or a number, is passed
    over. Raises nothing."""
    return next(_images(value, _DEPTH), NO_IMAGE)


def _images(value: Any, depth: int) -> Iterator[Image]:
    if isinstance(value, str):
        text = value.strip()
        if _is_reference(text):
            yield Image(text)
    elif depth and isinstance(value, (list, tuple)):
        for each in value[:_MOST]:
            yield from _images(each, depth - 1)
    elif depth and isinstance(value, Mapping):
        said = next((value[key] for key in _ALT if isinstance(value.get(key), str)), "")
        for key in (*_ADDRESS, *_WITHIN):
            for found in _images(value.get(key), depth - 1):
                yield Image(found.reference, found.alt or alt_text(said))


def alt_text(text: str) -> str:
    """What a picture shows, in one line that is not too long."""
    return " ".join(text[: 2 * MAX_ALT].split())[:MAX_ALT]


def _is_reference(text: str) -> bool:
    """Whether a text is where a picture may be. What is relative must look like a picture's name."""
    if not text or len(text) > MAX_REFERENCE or _TEMPLATE.search(text) or _CONTROL.search(text):
        return False
    if _SCHEME.match(text):
        return text.lower().startswith(("http://", "https://"))
    return text.startswith("/") or _PICTURE.match(text) is not None


def image_url(reference: str, base: str) -> str:
    """The address of a picture, http or https, that the article at `base` names by `reference`; a path of the site
    where that has no host either. Empty where it cannot be known, and for what a browser must not load or should not
    be told: other schemes, names with passwords."""
    reference = reference.strip().replace(" ", "%20")
    if not _is_reference(reference) or not (base or reference.startswith("/") or _SCHEME.match(reference)):
        return ""
    if reference.startswith("//") and not urlsplit(base).scheme:
        reference = f"https:{reference}"
    try:
        url = urljoin(base, reference)
        parts = urlsplit(url)
        is_safe = is_followable(url) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        return ""
    return url.partition("#")[0] if is_safe else ""
