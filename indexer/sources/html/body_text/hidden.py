"""Takes out of a page what readers do not see, or see beside any article: hidden text, consent banners, comments."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

# By the tag alone. Frames, pictures and programs have texts for when they cannot be shown.
_UNSEEN_TAGS = (
    "script style noscript template svg canvas iframe object embed applet audio video map dialog noindex select"
    " textarea input button datalist option math-annotation link meta frame frameset fencedframe".split()
)
_WHOLE = frozenset(("body", "html", "main", "article", "h1"))  # hold too much to go for a name
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:hidden|hide|is-hidden|visually-?hidden|screen-?reader(?:-text|-only)?|sr-only|assistive-text|"
    r"d-none|invisible|offscreen|nocontent|robots-nocontent)(?=\s|$)",
    re.I,
)
_BANNER = re.compile(
    r"cookie[-_]?(?:banner|bar|consent|law|notice|policy|info|hint|layer|overlay|message|popup|modal|declaration|"
    r"wrapper|container|dialog|disclaimer|warning|alert|settings)|(?:gdpr|dsgvo|consent|cmp|privacy)[-_]?(?:banner|"
    r"manager|box|layer|overlay|modal|popup|notice|container|wrapper|dialog|tool)"
    r"|notice[-_]{0,2}cookie|borlabs|cookiebot|cookie-?law|cmplz|onetrust|usercentrics|didomi|quantcast|sp_message|"
    r"moove[-_]?gdpr|coi-banner|qc-cmp|cc-window|truste",
    re.I,
)
_COMMENTS = re.compile(
    r"^(?:comments?|respond|disqus_thread|dsq-comments|kommentare?|comentarios|commentaires|user-?comments|"
    r"reader-?comments|comments?[-_]?(?:list|section|area|wrapper|wrap|container|box|form|respond|block|thread|"
    r"content|body)|fb-comments|isso-thread|commento|livefyre|wpdcom|wc-comments?|article[-_]comments?|"
    r"post[-_]comments?)$",
    re.I,
)


def drop(element: HtmlElement) -> None:
    """Takes an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = f"{parent.text or ''} {element.tail}"
        else:
            before.tail = f"{before.tail or ''} {element.tail}"
    parent.remove(element)


def drop_unseen(root: HtmlElement, keep: frozenset[HtmlElement] = frozenset(), styled: bool = True) -> None:
    """Takes out of `root` what readers do not see, consent banners and readers' comments; never an element in `keep`,
    such as the ancestors of the headline. What only a style or a class hides, which a program of the page may show,
    stays where `styled` is false."""
    etree.strip_elements(root, *_UNSEEN_TAGS, with_tail=False)
    for element in list(root.iter()):
        if (_is_unseen(element) or (styled and _is_styled_away(element))) and element not in keep:
            drop(element)


def hides_by_style(root: HtmlElement) -> bool:
    """Whether there is anything in `root` that only a style or a class hides."""
    return any(map(_is_styled_away, root.iter(etree.Element)))


def _is_styled_away(element: HtmlElement) -> bool:
    style, classes = element.get("style"), element.get("class")
    hides = (style and _HIDDEN_STYLE.search(style)) or (classes and _names_hidden(classes))
    return bool(hides) and element.tag not in _WHOLE


def _is_unseen(element: HtmlElement) -> bool:
    get = element.get
    classes, identity = get("class"), get("id")
    hides = (
        (classes and _names_unseen(classes))
        or (identity and _names_unseen(identity))
        or get("hidden", "until-found") != "until-found"
    )
    return bool(hides) and element.tag not in _WHOLE


@lru_cache(maxsize=20_000)  # the elements of a page share a few hundred names
def _names_hidden(classes: str) -> bool:
    return _HIDDEN_CLASS.search(classes) is not None


@lru_cache(maxsize=20_000)
def _names_unseen(names: str) -> bool:
    return any(map(_is_name_of_unseen, names.split()))


@lru_cache(maxsize=20_000)
def _is_name_of_unseen(name: str) -> bool:
    return _BANNER.search(name) is not None or _COMMENTS.match(name) is not None
