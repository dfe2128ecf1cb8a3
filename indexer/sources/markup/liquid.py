"""Tags of template languages (Jekyll's Liquid, Nunjucks, Hugo's shortcodes) inside an article's text."""

from __future__ import annotations

import re

# A tag ends before another begins, so that text full of opening braces is not searched to its end for each.
_TAG = re.compile(
    r"""\{%-?\s*+(?P<name>\w*+)(?P<rest>(?:[^{%]|%(?!\})|\{(?!%)){0,2000}+)%\}
      | \{\{(?P<output>(?:[^{}]|\}(?!\})|\{(?!\{)){0,2000}+)\}\}""",
    re.X,
)
_ENDS = {name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}") for name in ("raw", "comment")}
_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?\s*(end)?highlight\b([^{}%\n]{0,100})%\}[ \t]*$", re.M)
_GONE = "\0"  # where a tag stood
_GONE_LINE = re.compile(r"^[ \t]*\0[ \t\0]*\n", re.M)
_URL_LITERAL = re.compile(r"""\s*(["'])((?:/|https?://).*?)\1""", re.S)
_REFERENCE = re.compile(r"""\s*[<%]?\s*(?:rel)?ref\s+(?:path\s*=\s*)?["'`]?([^"'`\s>]+)""")
_BEFORE_URL = ("(", "]: ", "='", '="', "](<")


def code_as_fences(source: str) -> str:
    """`source` with Jekyll's blocks of code, ``{% highlight ruby %}``, as Markdown writes them."""
    if "highlight" not in source:
        return source
    return _HIGHLIGHT.sub(lambda tag: "~~~" if tag[1] else f"~~~ {(tag[2].split() or [''])[0]}".rstrip(), source)


def without_liquid(source: str) -> str:
    """`source` without the tags of template languages.

    ``{{ "/a/path/" | url }}`` becomes the URL in it, the content of ``raw`` stays, everything else goes: so
    ``{{ site.baseurl }}/a/path/`` is ``/a/path/``. Where a link leads to a file of the site (``post_url``, ``link``,
    ``ref``, ``relref``) it is written as ``@/name``.
    """
    if "{%" not in source and "{{" not in source:
        return source
    source = source.replace(_GONE, "")
    parts: list[str] = []
    at = 0
    ends = dict(_ENDS)
    for tag in _TAG.finditer(source):
        if tag.start() < at:
            continue  # inside a block
        parts.append(source[at : tag.start()])
        at = tag.end()
        if pattern := ends.get(tag["name"] or ""):
            end = pattern.search(source, at)
            if end is None:
                del ends[tag["name"]]  # nor will there be one further on
            else:
                parts.append(source[at : end.start()] if tag["name"] == "raw" else _GONE)
                at = end.end()
                continue
        url = _URL_LITERAL.match(tag["output"] or "")
        parts.append(url[2] if url else _file_reference(tag, parts) or _GONE)
    parts.append(source[at:])
    # A line that held nothing but tags goes as a whole: a blank one would end the HTML or the list it is in.
    return _GONE_LINE.sub("", "".join(parts)).replace(_GONE, "")


def _file_reference(tag: re.Match[str], before: list[str]) -> str:
    """The file of the site that a tag names where a link's address stands; empty for all other tags."""
    if tag["name"] in ("post_url", "link", "internal_link"):
        name = tag["rest"].strip(" \t\n-\"'")
    elif found := _REFERENCE.match(tag["output"] or ""):
        name = found[1]
    else:
        return ""
    text = next((part for part in reversed(before) if part not in ("", _GONE)), "")
    if not text.endswith(_BEFORE_URL) or re.search(r"[\s()<>]", name):
        return ""
    return f"@/{name.lstrip('./@')}"
