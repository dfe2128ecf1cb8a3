"""Words that stand beside names with a capital and are none: ranks, days and months, what companies end in; and those
that connect the words of one."""

from __future__ import annotations

from indexer.text.words import strip_accents

CONNECTORS = tuple("of the de du des del della von van der di da do dos bin ibn bint ter".split())
COMPANY_SUFFIXES = frozenset(
    """inc incorporated corp corporation co company companies ltd limited llc llp lp plc ag sa sas spa srl gmbh kg kgaa
    nv bv ab as asa oy oyj pty bhd kk holding holdings group bancorp bancorporation bros intl""".split()
)
_CALENDAR = frozenset(
    """january february march april may june july august september october november december jan feb mar
    apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mr mrs ms dr i i'm
    i've i'd i'll""".split()
)
_TITLES = frozenset(
    """president chancellor minister prime secretary general colonel captain commander professor dr sir king
    queen prince senator governor director chief chairman spokesman spokeswoman administrator""".split()
)


def fold_word(word: str) -> str:
    """A word of a name as it is compared: without case and accents."""
    return strip_accents(word.casefold())


def is_calendar(word: str) -> bool:
    """Whether a word, in lower case, is a month, a day of the week or a form of address."""
    return word in _CALENDAR


def is_title(word: str) -> bool:
    """Whether a word, in lower case, is an office or rank that stands before a name."""
    return word in _TITLES


def is_company_suffix(word: str, words_before: int = 1) -> bool:
    """Whether a word only says that what is before it is a company. "Group" is not a company's alone, and ends the
    names of others that have several words: "Commonwealth Ministerial Action Group"."""
    folded = fold_word(word).rstrip(".")
    return folded in COMPANY_SUFFIXES and not (folded == "group" and words_before > 2)
