"""The names in a text, as readers write them: people, places, missions, laws.

No list of names is needed: a word that is capitalised where grammar does not ask for it is one, and neighbours make one
name together ("James Webb Space Telescope", "Chang'e 6"). In languages that capitalise all nouns the nouns come too.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from indexer.text.analyzer import analyzer_for
from indexer.text.beside_names import CONNECTORS, is_calendar, is_title
from indexer.text.words import normalize

MAX_WORDS = 6  # of a name; longer runs of capitals are headlines inside the text
_TITLE_CHARS = 1000  # a longer title is a text
_TOKEN = re.compile(r"[^\W_]+(?:['’.&-]?[^\W_]+)*(?:['’](?=\s))?")
# where a token starts with what may be a capital: that is one word in ten, and only those are looked at one by one
_CAPITAL = re.compile(r"(?<![^\W_])(?<![^\W_]['’.&-])[^\W\d_a-zß-öø-ÿ]")
_BREAK = re.compile(r"[.!?:;…]['\"”’»)]*\s|\n|[–—]|[\"“«‘(]\s*$|\s-\s|--|[*#>|]")
_ABBREVIATED = re.compile(r"(?<!\w)(?:(?:[A-Z]\.)+[A-Z]|St|Ste|Mt|Ft)\Z")  # "U.S. Web", "St. Louis"
_CONNECTORS = frozenset((*CONNECTORS, "for", "and"))
_ARTICLES = frozenset("the la las los der den".split())  # behind a connecting word: "Fernando de la Rua"
# a small article that is one word with the name behind it: "Bashar al-Assad", "Jean d'Ormesson"
_ARTICLE = re.compile(r"(?:a[lnrstz]|a[dls]h|el|d|l|dell|dall)['’-](?=[^\W\d_a-zß-öø-ÿ])")
_ADJECTIVE = re.compile(
    r"(?:\w{2,}(?:ese|ian|ish)|european|korean|american|german|french|dutch|western|eastern"
    r"|swiss|thai|greek|czech|welsh|arab|saudi|iraqi|israeli|pakistani|afghan|filipino"
    r"|[^\W\d_]+-(?:based|led|born|owned|run|built|made|backed|style))\Z",
    re.I,
)
_english = analyzer_for("en").term


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text. Two spellings with the same terms are one name."""

    text: str  # as the text writes it most often
    terms: tuple[str, ...]  # its index terms
    count: int  # how often the text has it, or the longer name it is part of
    in_title: bool = False
    inside: int = 0  # how often it stands where grammar asks for no capital at its beginning
    ranked: bool = False  # whether a rank stands before it ("Secretary of Commerce Malcolm Baldrige")

    @property
    def is_adjective(self) -> bool:
        """Whether it only says where something is from ("Chinese"), which names no subject."""
        return is_adjective(self.text)


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    opens: bool  # stands where any word is capitalised


def is_adjective(word: str) -> bool:
    """Whether a word only says where something is from: "Chinese"."""
    return _ADJECTIVE.match(word) is not None


def names_of(title: str, body: str, language: str, *, openers: bool = False) -> tuple[Name, ...]:
    """The names of a text, most frequent first; those of the title come first among equals. Of a title the first
    `_TITLE_CHARS` are looked at. With `openers` also single words that only begin sentences, for a caller who knows
    which words are names."""
    title, body = normalize(title[:_TITLE_CHARS]), normalize(body)
    found: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    ranked: set[str] = set()
    lower = {word for word in _texts(body) if word[0].islower()}
    runs = [(run, False) for run in _runs(body) if not _is_heading(run)]
    sure = {word.text for run, _ in runs for word in run if not word.opens}
    title_words = _texts(title)
    # Headlines in capitals or in title case say nothing about what is a name: that is for the text to say.
    if sum(word[0].isupper() for word in title_words) < 0.6 * max(1, len(title_words)):
        runs += [(run, True) for run in _runs(title)]
    in_title: set[str] = set()
    for run, from_title in runs:
        words = _trimmed(run, lower, sure, openers)
        if not words:
            continue
        name = " ".join(word.text for word in words)
        found[name] += 1
        inside[name] += not words[0].opens
        if any(is_title(word.text.lower()) for word in run[: len(run) - len(words)]):
            ranked.add(name)
        if from_title:
            in_title.add(name)
    return tuple(_merged(found, inside, ranked, in_title, language))


@lru_cache(maxsize=1 << 14)
def _remembered(title: str, body: str, language: str, openers: bool) -> tuple[Name, ...]:
    return names_of(title, body, language, openers=openers)


def names_in(title: str, body: str, language: str, *, openers: bool = False) -> tuple[Name, ...]:
    """`names_of` a text of the archive, remembered, since an article that is related to one is related to many."""
    return _remembered(title[:_TITLE_CHARS], body, language, openers)


def _texts(text: str) -> list[str]:
    """All words of a text."""
    tokens: list[str] = _TOKEN.findall(text)
    return [_plain(token) for token in tokens] if "'" in text else tokens


def _plain(token: str) -> str:
    """A word without what marks a possessive."""
    word = token.removesuffix("'")
    return word[:-2] if word.endswith("'s") and len(word) > 2 else word


def _word(text: str, match: re.Match[str], end: int) -> _Word:
    """The word that was matched, `end` being where the word before it ends."""
    between = text[end : match.start()]
    if between.startswith(".") and _ABBREVIATED.search(text, max(0, end - 12), end) is not None:
        between = between[1:]  # "U.S. Web": an abbreviation's stop ends no sentence
    opens = end == 0 or (between != " " and _BREAK.search(between) is not None)
    return _Word(_plain(match.group()), match.start(), match.end(), opens)


def _runs(text: str) -> list[list[_Word]]:
    """Neighbouring words that make a name together: capitals, numbers behind them, small connecting words between."""
    runs: list[list[_Word]] = []
    at = 0
    while (capital := _CAPITAL.search(text, at)) is not None:
        match = _TOKEN.match(text, capital.start())
        if match is None or not text[capital.start()].isupper():
            at = capital.end()
            continue
        run = [_word(text, match, _end_before(text, capital.start()))]
        while (follower := _follower(text, run[-1])) is not None:
            run.append(follower)
            if follower.text[0].isdigit():
                break
        runs.append(run)
        at = run[-1].end
    return runs


def _end_before(text: str, start: int) -> int:
    """Where the word before this place ends; 0 if there is none."""
    while start and (not text[start - 1].isalnum()):
        start -= 1
    return start


def _follower(text: str, last: _Word) -> _Word | None:
    """The word that goes on with a name after its `last` word, or None."""
    end = last.end
    if text[end : end + 2] == ". " and _ABBREVIATED.search(text, last.start, end) is not None:
        end += 1
    if text[end : end + 1] != " " or text[last.start : end].endswith(("'s", "'")):
        return None
    match = _TOKEN.match(text, end + 1)
    if match is None:
        return None
    word = _Word(_plain(match.group()), match.start(), match.end(), False)
    if word.text[0].isupper() or (word.text[0].isdigit() and len(word.text) <= 4) or _ARTICLE.match(word.text):
        return word
    connects = word.text in _CONNECTORS or (last.text in _CONNECTORS and word.text in _ARTICLES)
    return word if connects and _continues(text, word) else None


def _continues(text: str, connector: _Word) -> bool:
    """Whether a capitalised word follows the connecting one, as in "Bank of England"; "and" and "for" join only what
    is one name elsewhere, so they never do here."""
    if connector.text in ("and", "for") or text[connector.end : connector.end + 1] != " ":
        return False
    following = _next(text, connector)
    if following is not None and following.text in _ARTICLES:
        following = _next(text, following) or following
    return following is not None and following.text[0].isupper() and not following.opens


def _next(text: str, word: _Word) -> _Word | None:
    """The word after another, or None at the end."""
    match = _TOKEN.search(text, word.end)
    return _word(text, match, word.end) if match else None


def _is_heading(run: list[_Word]) -> bool:
    """Whether a run is of words in capitals, which a heading or a table has and no name: "QTR NET"."""
    return len(run) > 2 and all(word.text.isupper() for word in run)


def _trimmed(run: list[_Word], lower: set[str], sure: set[str], openers: bool) -> list[_Word]:
    """The name in a run of words, or nothing. What only begins a sentence, a day, and a title before a person's name
    are taken off."""
    words = list(run)
    ranks = [place for place, word in enumerate(words[:-1]) if is_title(word.text.lower())]
    words = words[ranks[-1] + 1 :] if ranks else words  # "Chinese President Xi Jinping" is Xi Jinping
    if ranks and len(words) > 3 and words[0].text == "of":
        words = words[2:]  # "Secretary of Commerce Malcolm Baldrige" is Malcolm Baldrige
    while words and _is_not_of_name(words[0], len(words), lower, sure, openers):
        words.pop(0)
    while words and (words[-1].text in _CONNECTORS or is_calendar(words[-1].text.lower())):
        words.pop()
    if not words or len(words) > MAX_WORDS or not words[0].text[0].isupper() or len(words[0].text) < 2:
        return []
    return words


def _is_not_of_name(word: _Word, length: int, lower: set[str], sure: set[str], openers: bool) -> bool:
    folded = word.text.lower()
    if is_calendar(folded) or folded in _CONNECTORS or not _english(folded):
        return True
    if folded in lower and (length == 1 or word.opens) and not (word.text.isupper() and len(word.text) > 1):
        return True
    return not openers and word.opens and word.text not in sure and length == 1 and not word.text.isupper()


def _merged(
    found: Counter[str], inside: Counter[str], ranked: set[str], in_title: set[str], language: str
) -> list[Name]:
    """One `Name` for all spellings of the same terms; a name that is part of just one longer name joins it."""
    analyzer = analyzer_for(language)
    spellings: dict[tuple[str, ...], Counter[str]] = {}
    for text, count in found.items():
        terms = tuple(analyzer.terms(text))
        if terms and any(len(term) > 1 for term in terms):
            spellings.setdefault(terms, Counter())[text] += count
    counts = {terms: texts.total() for terms, texts in spellings.items()}
    insides = {terms: sum(inside[text] for text in texts) for terms, texts in spellings.items()}
    titled = {tuple(analyzer.terms(text)) for text in in_title}
    for terms in sorted(spellings, key=len):
        longer = [other for other in spellings if len(other) > len(terms) and _is_part(terms, other)]
        if (
            len(longer) == 1
            and len(terms) == 1
            and counts[longer[0]] * 4 >= counts[terms]
            and (insides[longer[0]] or not insides[terms])  # "Third Starship" began a sentence, "Starship" is the name
        ):
            counts[longer[0]] += counts.pop(terms)
            if terms in titled:
                titled.add(longer[0])
    names = [
        Name(
            _commonest(spellings[terms]),
            terms,
            count,
            terms in titled,
            insides[terms],
            not ranked.isdisjoint(spellings[terms]),
        )
        for terms, count in counts.items()
    ]
    return sorted(names, key=lambda name: (-name.count, not name.in_title, name.text))


def _is_part(terms: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return terms == other[: len(terms)] or terms == other[-len(terms) :]


def _commonest(texts: Counter[str]) -> str:
    return min(texts, key=lambda text: (-texts[text], text.isupper(), text))


def surface_forms(text: str, terms: set[str], language: str) -> dict[str, str]:
    """For each of the index terms, the word of `text` that most often stands for it."""
    analyzer = analyzer_for(language)
    seen: dict[str, Counter[str]] = {}
    for token, count in Counter(_TOKEN.findall(normalize(text))).items():
        word = token if "'" not in token else token[:-2] if token.endswith("'s") else token.rstrip("'")
        term = analyzer.term(word.lower())
        if term in terms:
            seen.setdefault(term, Counter())[word] += count
    # a word that begins sentences is often capitalised without being a name
    return {
        term: min(forms, key=lambda form: (-forms[form] - forms[form.lower()] * form.islower(), form))
        for term, forms in seen.items()
    }
