"""Invented sites in ten layouts, whose every page has the same navigation, teasers and footer around an article."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

_SYLLABLES = (
    "ba be bo da de do fa fe ka ke ko la le lo ma me mo na ne no pa pe po ra re ro sa se so ta te to va ve vo".split()
)

_SCRIPTS = {  # syllables, what stands between words, what ends a sentence
    "en": (_SYLLABLES, " ", "."),
    "ar": ("با بو تا تي دا دو را ري سا سو شا شي فا فو كا كي لا لو ما مي نا نو ها هو وا يا".split(), " ", "."),
    "ja": ([chr(0x4E00 + 7 * n) for n in range(400)], "", "。"),
    "th": ("กา กี คา คู งา จา จี ดา ดู ตา ตี นา นู บา บี ปา มา มี ยา รา รู ลา วา สา หา อา".split(), "", " "),
}


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
    """Sentences of invented words; the same seed makes the same ones. In the script of the language `lang`."""

    def __init__(self, seed: int, lang: str = "en") -> None:
        self._random = random.Random(seed)
        syllables, self._blank, self._stop = _SCRIPTS[lang]
        self._known = ["".join(self._random.choices(syllables, k=self._random.randint(2, 4))) for _ in range(1500)]

    def some(self, number: int) -> str:
        """`number` words."""
        return self._blank.join(self._random.choices(self._known, k=number))

    def sentence(self) -> str:
        return self.some(self._random.randint(8, 18)).capitalize() + self._stop

    def paragraph(self) -> str:
        return self._blank.join(self.sentence() for _ in range(self._random.randint(2, 5)))

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


def _forum(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """A question and its answers, each with its author and rank, in a table of old."""
    rows = "".join(
        f"<tr><td class=user>{name}<br>Rank {n}</td><td class=post><div class=message>{text}</div></td></tr>"
        for n, (name, text) in enumerate(zip(a.sections, body, strict=False))
    )
    rest = "".join(f"<tr><td></td><td class=post><div class=message>{text}</div></td></tr>" for text in body[12:])
    teasers = "".join(f"<li><a href=/t>{h}</a> {t}</li>" for h, t in a.teasers)
    return f"""<div class=navbar>{_links(a.sections)}</div><h1>{title}</h1><table class=thread>{rows}{rest}</table>
<div class=threads><ul>{teasers}</ul></div><p>{a.offer}</p><p>{a.imprint}</p>"""


def _live(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """A live blog: entries with the time of day above each."""
    entries = "".join(
        f'<div class="entry"><time>{8 + n}:05</time><h3>{text.split(".")[0]}</h3><p>{text.split(".", 1)[1]}</p></div>'
        for n, text in enumerate(body)
    )
    teasers = "".join(f"<aside><h4>{h}</h4><p>{t}</p></aside>" for h, t in a.teasers)
    return f"""<nav>{_links(a.sections)}</nav><main><h1>{title}</h1><div class=live>{entries}</div></main>
{teasers}<footer>{a.offer} {a.imprint}</footer>"""


def _gallery(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Pictures, each with a text of its own below it."""
    slides = "".join(
        f'<li class="slide"><figure><img src="/{n}.jpg" alt=""></figure><p class=slide-text>{text}</p></li>'
        for n, text in enumerate(body)
    )
    teasers = "".join(f"<div class=card><b>{h}</b><p>{t}</p></div>" for h, t in a.teasers)
    return f"""<header><ul>{_links(a.sections)}</ul></header><article><h1>{title}</h1><ol class=gallery>{slides}</ol>
</article><div class=cards>{teasers}</div><p>{a.offer}</p><footer>{a.imprint}</footer>"""


def _amp(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """The elements of AMP between the paragraphs, a sidebar among them."""
    own = "".join(f"<p>{text}</p><amp-ad width=300 height=250 type=x></amp-ad>" for text in body)
    teasers = "".join(f"<li><a href=/t>{h}</a><p>{t}</p></li>" for h, t in a.teasers)
    return f"""<amp-sidebar id=s layout=nodisplay><ul>{_links(a.sections)}</ul></amp-sidebar>
<article class=amp-wp-article><h1 class=amp-wp-title>{title}</h1><amp-img src=/a.jpg width=1 height=1></amp-img>
<div class=amp-wp-article-content>{own}</div></article><amp-list><ul>{teasers}</ul></amp-list>
<amp-consent id=c><div>{a.offer}</div></amp-consent><footer class=amp-wp-footer>{a.imprint}</footer>"""


def _recipe(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """A text, ingredients and numbered steps."""
    first, second, *steps = body
    lines = "".join(f'<li itemprop="recipeIngredient">{each}.</li>' for each in second.strip(".").split(". "))
    method = "".join(f'<li class="step">{text}</li>' for text in steps)
    teasers = "".join(f"<div class=recipe-card><a href=/r>{h}</a><span>{t}</span></div>" for h, t in a.teasers)
    return f"""<nav>{_links(a.sections)}</nav><main itemscope itemtype="https://schema.org/Recipe"><h1>{title}</h1>
<p class=description>{first}</p><ul class=ingredients>{lines}</ul><ol class=method>{method}</ol></main>
<div class=more>{teasers}</div><p>{a.offer}</p><footer>{a.imprint}</footer>"""


def _questions(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Questions as terms of a list, answers as their definitions."""
    own = "".join(f"<dt>{text.split('.')[0]}</dt><dd>{text.split('.', 1)[1]}</dd>" for text in body)
    teasers = "".join(f"<dl><dt><a href=/q>{h}</a></dt><dd>{t}</dd></dl>" for h, t in a.teasers)
    return f"""<div role=navigation>{_links(a.sections)}</div><div role=main><h1>{title}</h1>
<dl class=faq>{own}</dl></div>
<div class=others>{teasers}</div><div>{a.offer}</div><div role=contentinfo>{a.imprint}</div>"""


def _long_read(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Pull quotes that say a second time what a paragraph says, and headings between."""
    own = "".join(
        f"<p>{text}</p>" + (f"<aside class=pull-quote><p>{text.split('.')[0]}.</p></aside>" if n % 3 == 1 else "")
        for n, text in enumerate(body)
    )
    teasers = "".join(f"<li><h3>{h}</h3><p>{t}</p></li>" for h, t in a.teasers)
    return f"""<header><nav>{_links(a.sections)}</nav></header><article><header><h1>{title}</h1></header>
<section class=body>{own}</section></article><section><ul>{teasers}</ul></section>
<footer>{a.offer} {a.imprint}</footer>"""


def _transcript(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """A podcast: notes, and what was said, each with its speaker's name, the first word, before it."""
    said = "".join("<p><strong>{}</strong> {}</p>".format(*text.split(" ", 1)) for text in body[1:])
    teasers = "".join(f"<li class=episode><a href=/e>{h}</a><p>{t}</p></li>" for h, t in a.teasers)
    return f"""<ul class=menu>{_links(a.sections)}</ul><div class=episode-page><h1>{title}</h1>
<audio src=/e.mp3 controls></audio><div class=show-notes><p>{body[0]}</p></div>
<div class=transcript>{said}</div></div><ul class=episodes>{teasers}</ul><p>{a.offer}</p><p>{a.imprint}</p>"""


def _old_table(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Tables within tables, fonts and line breaks, as pages were made before there were styles."""
    teasers = "".join(f"<tr><td bgcolor=#eee><font size=1><b>{h}</b><br>{t}</font></td></tr>" for h, t in a.teasers)
    return f"""<table width=100%><tr><td bgcolor=navy>{_links(a.sections, "b")}</td></tr></table>
<table><tr valign=top><td width=120><table>{teasers}</table></td><td><table><tr><td>
<font size=5><h1>{title}</h1></font></td></tr><tr><td><font face=arial>{"<br><br>".join(body)}</font></td></tr></table>
</td></tr></table><center><font size=1>{a.offer}<br>{a.imprint}</font></center>"""


def _paged(a: _Around, title: str, body: tuple[str, ...]) -> str:
    """Links to the parts of the page above its text, the parts in elements of their own."""
    marks = "".join(f'<li><a href="#p{n}">{text.split(".")[0]}</a></li>' for n, text in enumerate(body))
    own = "".join(f'<div id="p{n}" class="part"><p>{text}</p></div>' for n, text in enumerate(body))
    teasers = "".join(f"<div class=tile><h3><a href=/t>{h}</a></h3><p>{t}</p></div>" for h, t in a.teasers)
    return f"""<header>{_links(a.sections, "span")}</header><main><h1>{title}</h1><nav class=toc><ol>{marks}</ol></nav>
{own}</main><div class=tiles>{teasers}</div><p>{a.offer}</p><footer><small>{a.imprint}</small></footer>"""


LAYOUTS: dict[str, Layout] = {
    layout.__name__.strip("_"): layout
    for layout in (
        _modern,
        _nameless,
        _tables,
        _breaks,
        _within,
        _above,
        _sections,
        _lists,
        _utility,
        _quoted,
        _forum,
        _live,
        _gallery,
        _amp,
        _recipe,
        _questions,
        _long_read,
        _transcript,
        _old_table,
        _paged,
    )
}


def site(layout: str, pages: int = 60, seed: int = 1, lang: str = "en") -> Site:
    """A site of `pages` pages in one of `LAYOUTS`, in one of the languages that `Words` knows."""
    words = Words(seed, lang)
    name = f"The {words.some(2).title()}"
    around = _Around(
        name,
        tuple(words.some(1).capitalize() for _ in range(12)),
        tuple((words.some(7).capitalize(), words.sentence()) for _ in range(6)),
        words.paragraph(),
        words.sentence(),
    )
    made = []
    direction = "rtl" if lang == "ar" else "ltr"
    for number in range(pages):
        title = words.some(words.number(5, 9)).capitalize()
        body = tuple(words.paragraph() for _ in range(words.number(4, 12)))
        url = f"https://{layout}.example/{2000 + number}/story"
        head = f'<title>{title} | {name}</title><link rel="canonical" href="{url}">'
        content = LAYOUTS[layout](around, title, body)
        page = f"<html lang={lang} dir={direction}><head>{head}</head><body>{content}</body></html>"
        made.append(SitePage(f"<!doctype html>{page}", title, body))
    texts = (*around.sections, *(text for teaser in around.teasers for text in teaser), around.offer, around.imprint)
    return Site(tuple(made), texts)
