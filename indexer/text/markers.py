"""Terms that say more of an article than which words it has.

They stand among the other terms of an index, so that a query finds them as it finds any; the sign they begin with keeps
them apart, and all such signs come before digits and letters, which words begin with.
"""

from __future__ import annotations

SPELLED = "+"  # a word that the article has in another spelling: "+email" of "e-mail"
COMMON = "!"  # a stop word that is likely to be meant: "!who" of "The Who"
SIGNED = "#"  # a word with signs that belong to it: "#c++", "##moon", "#$acme"
ACCENTED = "%"  # a word as it is written, where its term has lost its accents: "%año" of "años"
MARKERS = SPELLED + COMMON + SIGNED + ACCENTED
FIRST_WORD = b"0"  # no term of a word sorts before this, and all others do


def is_word(term: str) -> bool:
    """Whether a term is that of a word and not one that says something more."""
    return term[:1] not in MARKERS
