"""Character encodings of documents: UTF-8, as nearly all have, or another, which is then read as if it were UTF-8."""

from __future__ import annotations

import codecs
import io
import re
from functools import lru_cache
from typing import IO, Any

from indexer.base.errors import ArticleError
from indexer.text.detection import likely_language

LOOKED_AT = 1 << 16
"""Bytes that tell the encoding."""
_BLOCK = 1 << 16
_LOOKED_THROUGH = 4 << 20  # bytes in which the first letter that is not ASCII is looked for
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
# Old encodings, and the languages that are written in them: text read in the wrong one is in no language, or in one
# that nobody writes in it.
_OLD = {
    _WESTERN: "en de fr es it pt nl sv da no fi ca is ga eu gl af id",
    "cp1250": "pl cs sk hu sl hr bs ro sq",
    "iso8859_2": "pl cs sk hu sl hr bs ro",
    "cp1251": "ru uk bg be mk sr",
    "koi8_r": "ru",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he",
    "cp1256": "ar fa ur",
    "cp1257": "lt lv et",
    "cp874": "th",
    "shift_jis": "ja",
    "euc_jp": "ja",
    "euc_kr": "ko",
    "gb18030": "zh",
    "big5": "zh",
}
_LETTER = re.compile(  # with what stands between letters in print
    "[^\\W\\d_]|[\u0300-\u036f\u064b-\u065f\u0e31-\u0e4e\u2018-\u201e\u2013\u2014\u2026\u20ac\u3000-\u303f\uff00-\uffef\xa0\xab\xbb\xb0\xa7\xb7\xa1\xbf]"
)
_OTHER = re.compile(r"[^\x00-\x7f]")
_KEYS = re.compile(r'"\w{1,40}"\s*:|</?\w{1,20}[^<>]{0,200}>|[\[\]{}",;|]')  # in English whatever the text is in
_LETTERS = 0.9  # share of what is not ASCII that is letters, and punctuation, in the right encoding
_SURE = 0.5
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINE = re.compile(rb"[^\n]{0,400}[\x80-\xff][^\n]{0,400}")
_LINES_LOOKED_AT = 100
_DECLARED = re.compile(r"(<\?xml\b[^>]{0,200}?encoding\s*=\s*)([\"'])[\w.-]{1,40}\2")
_NUL = 0.4  # share of the bytes at one place of each two or four that is NUL in UTF-16 and UTF-32 alone


def encoding_of(file: IO[bytes]) -> str:
    """The Python name of the encoding of what `file` holds, empty for UTF-8 and for what cannot be told. XML that is
    written in bytes says its own to its parser. Reads up to 4 MB, until something tells."""
    head = file.read(LOOKED_AT)
    unicode = next((name for mark, name in _MARKS if head.startswith(mark)), "") or _without_mark(head[:400])
    if unicode or head.lstrip().startswith((b"<", codecs.BOM_UTF8 + b"<")):
        return unicode
    looked_through = len(head)
    while head.isascii() and looked_through < _LOOKED_THROUGH:
        more = file.read(_BLOCK)
        if not more:
            return ""
        looked_through += len(more)
        head = more
    return _encoding_in(head)


@lru_cache(maxsize=4)  # it is asked for again when an article has been read, to warn of a guess
def _encoding_in(sample: bytes) -> str:
    """The old encoding of a sample that has letters beyond ASCII, empty for UTF-8."""
    return _old_encoding(b"\n".join(_LINE.findall(sample)[:_LINES_LOOKED_AT])) if _is_old(sample) else ""


def is_guessed(encoding: str) -> bool:
    """Whether an encoding was chosen by what its letters look like."""
    return bool(encoding) and not encoding.startswith("utf")


def as_utf8(file: IO[bytes], encoding: str) -> IO[bytes]:
    """What `file` holds in `encoding`, in UTF-8. Reading it raises ArticleError where it is not of that encoding, and
    what reading `file` raises."""
    return io.BufferedReader(_Recoded(file, encoding), _BLOCK)


def decoded(data: bytes, encoding: str) -> str:
    """`data` as text, without a byte order mark. Raises ArticleError where it is not of that encoding."""
    with as_utf8(io.BytesIO(data), encoding) as file:
        return file.read().decode("utf-8")


class _Recoded(io.RawIOBase):
    """A stream of another encoding as one in UTF-8, a block at a time."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        errors = "replace" if is_guessed(encoding) else "strict"
        self._file = file
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._ready = b""
        self._begun = self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._ended:
            self._fill()
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _fill(self) -> None:
        block = self._file.read(_BLOCK)
        self._ended = not block
        try:
            text = self._decoder.decode(block, final=self._ended)
        except UnicodeError:
            raise ArticleError(
                f"not {self._encoding.upper()} text, though it begins as such: save it as UTF-8"
            ) from None
        if text and not self._begun:  # XML would be taken for what it says that it was
            self._begun, text = True, _DECLARED.sub(r"\1\2utf-8\2", text.removeprefix("\ufeff"), count=1)
        self._ready = text.encode("utf-8", "replace")


def _without_mark(head: bytes) -> str:
    """UTF-16 or UTF-32 by the places at which NUL stands in it: text begins with some ASCII."""
    quarters = [head[place::4] for place in range(4)]
    if len(head) < 8 or b"\0" not in head:
        return ""
    nul = [quarter.count(0) >= _NUL * len(quarter) for quarter in quarters]
    return {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }.get((nul[0], nul[1], nul[2], nul[3]), "")


def _is_old(sample: bytes) -> bool:
    """Whether most of what is not ASCII in a sample is no UTF-8, of which damage may have spoilt some. What has NUL
    bytes is no text."""
    if b"\0" in sample:
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(sample) - 3 and error.reason == "unexpected end of data":
            return False
    else:
        return False
    whole = sum(map(len, _SEQUENCE.findall(sample)))
    return whole < len(_HIGH.findall(sample)) / 2


def _old_encoding(sample: bytes) -> str:
    """The encoding in which a sample is a text in a language that it is used for; with the most letters of those."""
    found: dict[str, tuple[float, float]] = {}
    for encoding, languages in _OLD.items():
        text = _KEYS.sub(" ", sample.decode(encoding, "replace"))  # the sample may begin and end within a letter
        others = "".join(_OTHER.findall(text))
        letters = len(_LETTER.findall(others)) / max(1, len(others))
        language, sureness = likely_language(text) if letters >= _LETTERS else ("", 0.0)
        if language in languages.split() and sureness >= _SURE:
            found[encoding] = round(letters, 2), sureness
    return max(found, key=lambda encoding: found[encoding], default=_WESTERN)
