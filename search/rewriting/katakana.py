"""Words in katakana as others spell them: foreign words have no one spelling in Japanese, and slips beside.

"コンピューター" is "コンピュータ" elsewhere, "ウインドウ" is "ウィンドウ", and "バイオリン" "ヴァイオリン";
"シュミレーション" is a slip of "シミュレーション". These are the ways to write a run that are one such difference away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LONG = "ー"  # makes the vowel before it long
_VOWELS = "アイウエオ"  # some write these for it
_SMALL = LONG + "ァィゥェォッャュョ"  # what is left out, or written too much
# small letters, voiced ones, and those that sound or look alike
_ALIKE = (
    "アァ イィ ウゥ エェ オォ ツッ ヤャ ユュ ヨョ カヵ ケヶ "
    "カガ キギ クグ ケゲ コゴ サザ シジ スズ セゼ ソゾ タダ チヂ ツヅ テデ トド "
    "ハバ ヒビ フブ ヘベ ホボ ハパ ヒピ フプ ヘペ ホポ バパ ビピ ブプ ベペ ボポ "
    "ジヂ ズヅ ソン シツ ヲオ ブヴ"
).split()
_SOUNDS = {
    "ヴァ": "バ",
    "ヴィ": "ビ",
    "ヴェ": "ベ",
    "ヴォ": "ボ",
    "ティ": "チ",
    "ディ": "ジ",
    "シェ": "セ",
    "ジェ": "ゼ",
}
_LEAST = 3  # letters in katakana of a run whose other spellings are looked for


def is_katakana(letter: str) -> bool:
    """Whether a letter is of this script; the mark that makes vowels long counts."""
    return "ァ" <= letter <= "ヺ" or letter == LONG


def other_spellings(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The ways to write the letters of a run that are one difference in its katakana away, none of a run with less than
    three of these."""
    if sum(map(is_katakana, units)) < _LEAST:
        return
    text = tuple(units)
    for place, letter in enumerate(text):
        if not is_katakana(letter):
            continue
        before, behind = text[:place], text[place + 1 :]
        if letter in _SMALL:  # without another letter too much of what is left is the beginning of other words
            yield (*before, *behind)
        yield from ((*before, letter, more, *behind) for more in _SMALL)
        yield from ((*before, other, *behind) for other in _instead_of(letter))
        if behind and is_katakana(behind[0]) and behind[0] != letter:
            yield (*before, behind[0], letter, *behind[1:])
        for pair, one in _SOUNDS.items():
            if letter == one:
                yield (*before, *pair, *behind)
            if behind and letter + behind[0] == pair:
                yield (*before, one, *behind[1:])


def _instead_of(letter: str) -> Iterator[str]:
    if letter == LONG:
        yield from _VOWELS
    elif letter in _VOWELS:
        yield LONG
    for alike in _ALIKE:
        if letter in alike:
            yield alike.replace(letter, "")
