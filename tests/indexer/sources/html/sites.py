"""Invented sites in ten layouts, whose every page has the same navigation, teasers and footer around an article."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

_SYLLABLES = (
    "ba be bo da de do fa fe ka ke ko la le lo ma me mo na ne no pa pe po ra re ro sa se so ta te to va ve vo".split()
)


@dataclass(frozen=True)
class SitePage:
    """A page, and the article in it."""

    html: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """The pages of a site, and the texts around every article."""

    pages: tuple[SitePage, ...]
    around: tuple[str, ...]


class Words:
    """Sentences of invented words; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._known = ["".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4))) for _ in range(1500)]

    def some(self, number: int) -> str:
        """`number` words."""
        return " ".join(self._random.choices(self._known, k=number))

    def sentence(self) -> str:
        return self.some(self._random.randint(8, 18)).capitalize() + "."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self._random.randint(2, 5)))

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


@dataclass(frozen=True)
class _Around:
    """What a site has on all its pages."""

    name: str
    sections: tuple[str, ...]
    teasers: tuple[tuple[str, str], ...]  # headline and text
    offer: str
    imprint: str


Layout = Callable[[_Around, str, tuple[str, ...]], str]


def _links(texts: tuple[str, ...], tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/{n}">{text}</a></{tag}>' for n, text in enumerate(texts))


def _ps(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>\n" for text in texts)


def _modern(a: _Around, title: str, body: tuple[str, ...]) -> str:
    teasers = "".join(f"<article><h3><a href=/t>{h}</a></h3><p>{t}</p></article>" for h, t in a.teasers)
    return f"""<header><a href="/">{a.name}</a><nav><ul>{_links(a.sections)}</ul></nav></header>
<main><article><h1>{title}</h1>{_ps(body)}<div class="box"><p>{a.offer}</p></div></article>
<section class="more"><h2>Further stories</h2>{teasers}</section></main><footer><p>{a.imprint}</p></footer>"""


def _nameless(a: _Around, title: str, body: tuple[str, ...]) -> str:
    teasers = "".join(f"<div><div>{h}</div><div>{t}</div></div>" for h, t in a.teasers)
    return f"""<div><div>{a.name}</div><div>{_links(a.sections, "span")}</div></div>
<div><div><h1>{title}</h1><div>{_ps(body)}</div></div><div>{teasers}</div></div><div>{a.offer}</div><div>{a.imprint}</div>"""


def _tables(a: _Around, title: str, body: tuple[str, ...]) -> str:
    rows = "".join(f"<tr><td><b>{h}</b><br>{t}</td></tr>" for h, t in a.teasers)
    return f"""<table><tr><td colspan=3>{a.name}</td></tr><tr><td><table>{_links(a.sections, "td")}</table></td>
<td><h1>{title}</h1>{_ps(body)}</td><td><table>{rows}</table></td></tr>
<tr><td colspan=3>{a.offer} <i>{a.imprint}</i></td></tr></table>"""


def _breaks(a: _Around, title: str, body: tuple[str, ...]) -> str:
    teasers = "".join(f"<li>{h}: {t}</li>" for h, t in a.teasers)
    return f"""<div id=top>{_links(a.sections, "b")}</div><div id=story><h2 class=headline>{title}</h2>
<div class=text>{"<br><br>".join(body)}</div></div>
<ul id=others>{teasers}</ul><div id=end>{a.offer}<br>{a.imprint}</div>"""


def _within(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Teasers and an offer between the paragraphs of the article."""
    boxes = [f"<div class=inset><p>{h}</p><p>{t}</p></div>" for h, t in a.teasers]
    parts = [
        part for n, text in enumerate(body) for part in (f"<p>{text}</p>", boxes[n % len(boxes)] if n % 3 == 1 else "")
    ]
    return f"""<nav>{_links(a.sections)}</nav><div class="post"><h1>{title}</h1>
<div class="entry-content">{"".join(parts)}
<p class=offer>{a.offer}</p></div></div><div class=foot>{a.imprint}</div>"""


def _above(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Teasers before the article."""
    teasers = "".join(f"<div class=card><h2>{h}</h2><p>{t}</p></div>" for h, t in a.teasers)
    return f"""<div class=bar>{_links(a.sections)}</div><div class=cards>{teasers}</div><p>{a.offer}</p>
<div class=main><h1>{title}</h1>{_ps(body)}</div><p class=small>{a.imprint}</p>"""


def _sections(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """The article in several sections with headings of its own."""
    first, *rest = body
    parts = [text.split(".", 1) for text in rest]
    own = "".join(f"<section><h2>{heading}</h2><p>{text}</p></section>" for heading, text in parts)
    teasers = "".join(f"<section><h2>{h}</h2><p>{t}</p></section>" for h, t in a.teasers)
    return f"""<header>{a.name}<ul>{_links(a.sections)}</ul></header><main><h1>{title}</h1>
<p class=intro>{first}</p>{own}
<hr>{teasers}</main><footer>{a.offer} {a.imprint}</footer>"""


def _lists(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """A part of the article as a list, teasers as lists as well."""
    half = len(body) // 2
    own = "".join(f"<li>{text}</li>" for text in body[half:])
    teasers = "".join(f"<li><strong>{h}</strong> {t}</li>" for h, t in a.teasers)
    return f"""<ul class=menu>{_links(a.sections)}</ul><div role=main>
<h1>{title}</h1>{_ps(body[:half])}<ol>{own}</ol></div>
<div class=panel><ul>{teasers}</ul><p>{a.offer}</p></div><div class=panel>{a.imprint}</div>"""


def _utility(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Classes that say how things look, not what they are."""
    teasers = "".join(
        f'<div class="flex p-4"><div class="text-lg">{h}</div><div class="text-sm">{t}</div></div>'
        for h, t in a.teasers
    )
    own = "".join(f'<div class="text-base mb-4">{text}</div>' for text in body)
    return f"""<div class="flex bg-white">{_links(a.sections, "div")}</div>
<div class="grid"><div class="w-2/3"><h1 class="text-xl">{title}</h1>
{own}</div><div class="w-1/3">{teasers}</div></div>
<div class="p-8 text-sm">{a.offer}</div><div class="p-8 text-sm">{a.imprint}</div>"""


def _quoted(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Quotations, old tags, and a copy of the teasers at both ends."""
    teasers = "".join(f"<blockquote><p>{h}</p><p>{t}</p></blockquote>" for h, t in a.teasers)
    own = "".join(f"<p>{text}</p>" if n % 2 else f"<blockquote>{text}</blockquote>" for n, text in enumerate(body))
    return f"""<center><font>{a.name}</font><br>{_links(a.sections, "font")}</center>{teasers}
<div class=story-body><h1>{title}</h1>{own}</div>
{teasers}<address>{a.offer}</address><address>{a.imprint}</address>"""


LAYOUTS: dict[str, Layout] = {
    layout.__name__.strip("_"): layout
    for layout in (_modern, _nameless, _tables, _breaks, _within, _above, _sections, _lists, _utility, _quoted)
}


def site(layout: str, pages: int = 60, seed: int = 1) -> Site:
    """A site of `pages` pages in one of `LAYOUTS`."""
    words = Words(seed)
    name = f"The {words.some(2).title()}"
    around = _Around(
        name,
        tuple(words.some(1).capitalize() for _ in range(12)),
        tuple((words.some(7).capitalize(), words.sentence()) for _ in range(6)),
        words.paragraph(),
        words.sentence(),
    )
    made = []
    for number in range(pages):
        title = words.some(words.number(5, 9)).capitalize()
        body = tuple(words.paragraph() for _ in range(words.number(4, 12)))
        url = f"https://{layout}.example/{2000 + number}/story"
        head = f'<title>{title} | {name}</title><link rel="canonical" href="{url}">'
        page = f"<html lang=en><head>{head}</head><body>{LAYOUTS[layout](around, title, body)}</body></html>"
        made.append(SitePage(f"<!doctype html>{page}", title, body))
    texts = (*around.sections, *(text for teaser in around.teasers for text in teaser), around.offer, around.imprint)
    return Site(tuple(made), texts)
