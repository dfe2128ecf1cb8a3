"""Bodies made to wear out whatever reads them, for tests: repeated, nested and multiplied in every format."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator

LARGEST = 1_000_000
SECONDS = 10.0  # of the processor, for one body: several times what any takes, since busy cores take longer
GENERATED = int(os.environ.get("READMORE_FUZZ", "15"))  # 15 have every kind in every size

_PIECES = (
    " \t\n|\n\n|\n    |\u00a0|a|A |Aa |and | , |;|by |1|-|--|(|)|[|]|![|](|[a](b)|[a]: b\n|{{|{%|%}|}}|\"|'|’|`|*|_"
    "|**a|~~|<|<a |<?|<!A |<!--|<b>|</p>|>|> |- |1. |#|# a\n|=|a\n=\n|&|&amp;|&#1;|\\|/|http://[|http://a/|.|. |Jan 1"
    "|REUTER |\u0300|\u0315\u0300|\ufdfa|\u4e00|é|a-|a'|+++\n|---\n|a: |&a |*a |{a: |? "
    "|:::a\n|!!! a\n|[^a]|[^a]: |^[|[[|]]|==|:tada:|{#a}|{: a=b}|<A b={|import a from '|export const a = {\n|{/*|*/}"
    "|~~~\n|```|a\n: "
).split("|")
_KINDS = ("plain", "markdown", "yaml", "toml", "json")
_SIZES = (3_000, 100_000, 800_000)
_FIELDS = "title body author date expires dateline tags section language url excerpt id site links draft".split()

_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def _front(text: str, fence: str = "---") -> str:
    return f"{fence}\n{text}\n{fence}\n\nThe text.\n"


def _json(field: str, value: object) -> str:
    return json.dumps({"title": "A title", "body": "Some text", field: value}, ensure_ascii=False)


KNOWN: dict[str, str] = {
    "yaml alias bomb": _front(_BOMB + "title: *i"),
    "yaml alias bomb as a flag": _front(_BOMB + "draft: *i"),
    "yaml flow lists": _front("t: " + "[" * 30_000),
    "yaml flow mappings": _front("t: " + "{a: " * 20_000),
    "yaml block mappings": _front("\n".join(" " * n + "a:" for n in range(400))),
    "yaml block lists": _front("t:\n " + "- " * 40_000),
    "yaml complex keys": _front("? " * 40_000),
    "yaml recursion": _front("title: &a [*a]"),
    "yaml of many values": _front("t: [" + "a," * 40_000 + "]"),
    "yaml front matter without end": _front("a: b\n" * 150_000),
    "toml hexadecimal id": _front("id = 0x" + "f" * 5000, "+++"),
    "toml decimal id": _front("id = " + "1" * 5000, "+++"),
    "toml dotted key": _front(".".join(["a"] * 3000) + " = 1", "+++"),
    "toml dotted flag": _front(".".join(["draft"] + ["a"] * 3000) + " = 1", "+++"),
    "toml dotted table": _front("[" + ".".join(["a"] * 40_000) + "]", "+++"),
    "toml arrays": _front("a = " + "[" * 3000 + "]" * 3000, "+++"),
    "toml inline tables": _front("a = " + "{a=" * 3000 + "1" + "}" * 3000, "+++"),
    "json lists": '{"title": "A", "x": ' + "[" * 500 + "]" * 500 + "}",
    "json objects": '{"a": ' * 150_000,
    "json integer": '{"title": "A", "id": ' + "1" * 5000 + "}",
    "json integer of a million digits": '{"title": "A", "x": ' + "1" * 900_000 + "}",
    "json integer as a tag": '{"title": "A", "tags": [' + "1" * 4000 + "]}",
    "json numbers without end": '{"title": "A", "id": 1e999, "date": NaN, "tags": [Infinity]}',
    "author of blanks": _json("author", "A" + " " * 900_000 + "b"),
    "author of words and blanks": _json("author", "A  and" * 150_000),
    "marks on one letter": _json("body", "a" + "\u0315\u0300" * 200_000),
    "marks that decompose": _json("title", "a" + "\u0f73" * 300_000),
    "liquid tag of blanks": _front("a: b") + "{%" + " " * 900_000,
    "liquid tag of a name": _front("a: b") + "{%" + "a" * 900_000,
    "html tag of a name": _front("a: b") + "<p>\n<" + "a" * 900_000,
    "markdown images": _front("a: b") + "![" * 300_000,
    "markdown links": _front("a: b") + "[a][" * 240_000,
    "markdown processing instructions": _front("a: b") + "x " + "<?" * 400_000,
    "markdown declarations": _front("a: b") + "x " + "<!A " * 200_000,
    "markdown table": _front("a: b") + "|a|b|\n|-|-|\n" * 75_000,
    "markdown escapes": _front("a: b") + "\\{a: " * 180_000,
    "markdown quotes": _front("a: b") + ">" * 100_000 + "a",
    "markdown references": _front("a: b") + "".join(f"[a{n}]: b{n}\n" for n in range(50_000)),
    "containers inside each other": _front("a: b") + ":::a\n" * 150_000,
    "containers one by one": _front("a: b") + ":::a\nb\n:::\n" * 80_000,
    "container of a long name": _front("a: b") + ":::" + "[a" * 300_000,
    "admonitions": _front("a: b") + "!!! a\n" * 100_000,
    "admonitions inside each other": _front("a: b") + "\n".join(" " * 4 * n + "!!! a" for n in range(500)),
    "definitions": _front("a: b") + "a\n: b\n" * 90_000,
    "footnotes": _front("a: b") + "".join(f"[^{n}]: a[^{n}]\n" for n in range(40_000)),
    "footnotes inside each other": _front("a: b") + "^[" * 300_000,
    "footnote that refers to itself": _front("a: b") + "a[^1]\n\n[^1]: b[^1]" + "[^1]" * 50_000,
    "wiki links": _front("a: b") + "[[a|" * 200_000,
    "highlights": _front("a: b") + "==a" * 250_000,
    "emoji": _front("a: b") + ":tada:" * 50_000 + " :tada:" * 50_000,
    "raised and lowered": _front("a: b") + "a~b^" * 150_000,
    "attributes": _front("a: b") + "{: a=b " * 100_000,
    "attributes in quotes": _front("a: b") + "# a {" + ".a " * 200_000,
    "comments of kramdown": _front("a: b") + "{::comment}" * 80_000,
    "comments in braces": _front("a: b") + "{/*" * 250_000,
    "components": _front("a: b") + "<A b={" * 100_000,
    "components of many braces": _front("a: b") + "<A b={{{" + "{}" * 300_000,
    "components in quotes": _front("a: b") + '<A "' * 100_000 + "{",
    "html in quotes": _front("a: b") + "<div>\n" + '<a "' * 100_000,
    "imports": _front("a: b") + "import {\n" * 100_000,
    "exports": _front("a: b") + "export const a = {\n" * 50_000,
    "backticks": _front("a: b") + "{{" + " ".join("`" * (n % 700) for n in range(2_500)),
    "fences": _front("a: b") + "{{" + "```\n" * 200_000,
    "indented code": _front("a: b") + "{{\n\n" + "    a\n\n" * 100_000,
    "highlighted code": _front("a: b") + "{% highlight %}\n" * 60_000,
    "addresses": _front("a: b") + "http://a/(" * 100_000,
    "address with brackets": _front("a: b") + "http://a/" + ")" * 900_000,
    "mdx of braces": "{" * 900_000,
    "json html in quotes": _json("body", "<p></p>" + '<a "' * 200_000),
    "json html of quotes": _json("body", "<p></p>" + "<a '" * 200_000),
    "json html of open tags": _json("body", "<p" * 400_000),
    "json html of breaks": _json("body", "<br " * 200_000),
    "json html of scripts": _json("body", "<p></p>" + "<script>" * 100_000),
    "front matter of json": "{" + '"a": {' * 100_000,
    "front matter of json values": '{"title": "A", "x": [' + "1," * 40_000 + "1]}\n\nText",
    "header without end": "Title: a\n" + "Tags: a\n" * 100_000,
    "header of a colon": "Title: " + "a: " * 300_000,
    "url that is none": _json("url", "http://["),
    "url without end": _json("url", "http://a/" + "b" * 900_000),
    "dateline without end": _json("dateline", "Paris, Jan 1 " * 70_000),
    "many tags": _json("tags", [f"tag {n}" for n in range(50_000)]),
    "half a character": '{"title": "A", "body": "' + "\\ud800" * 100_000 + '"}',
    "one word": "a" * LARGEST,
    "words that are all different": "".join(f"w{n:x} " for n in range(140_000)),
    "sentences of a letter": "A. " * 330_000,
}
"""Bodies that once ended the process, or kept it busy for seconds to hours."""


def generated(count: int, seed: int = 0) -> Iterator[str]:
    """`count` bodies of `LARGEST` bytes at most: pieces of markup repeated between others, in every format and size."""
    chance = random.Random(seed)
    for number in range(count):
        unit = "".join(chance.choices(_PIECES, k=chance.choice((1, 1, 2, 3))))
        kind, size = _KINDS[number % len(_KINDS)], _SIZES[number % len(_SIZES)]
        text = "".join(chance.choices(_PIECES, k=2)) + unit * (size // len(unit.encode()))
        text += "".join(chance.choices(_PIECES, k=2))
        if kind == "json":
            yield _json(chance.choice(_FIELDS), text)
        elif kind in ("yaml", "toml"):
            yield _front(f"title{': ' if kind == 'yaml' else ' = '}{text}", "---" if kind == "yaml" else "+++")
        else:
            yield text if kind == "plain" else _front("author: Ada") + text
