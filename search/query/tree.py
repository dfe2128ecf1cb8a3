"""The query tree: what a reader asks for, as nodes that everything behind the parser works on.

Leaves say what an article must have in a field, groups how the answers of their parts become one. What a kind of node
means is said once by everybody who gives it a meaning, in a table from the node's type to a function:

- `EVALUATE` in `search.lexical.evaluator`: which docs match, and what they score
- `FITS` in `search.query.fitting` and `EXPANSIONS` in `search.lexical.term_expansion`: which words a `MultiTerm` stands
  for, and which of a segment these are
- `EXPLAIN` in `search.ranking.explain`: what is said of a score
- `search.query.leaves`, which needs only the few leaves it names: what vectors encode and excerpts mark

These are tables of their own and not columns of one, since they stand above the query language, which imports none of
them. `tests/search/query/test_tree.py` holds that none lacks a node; docs/architecture.md shows them side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace

from indexer.schema import ALL_TEXT
from indexer.text.markers import SPELLED, is_word


@dataclass(frozen=True, slots=True)
class Node:
    """Any node of a query tree. Nodes never change, and are equal and hashed by what is in them."""


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """Matches no article: what is left of a query that only has stop words, ``the``."""


@dataclass(frozen=True, slots=True)
class Leaf(Node):
    """A condition on one field (`indexer.schema`), whose score is multiplied by `boost`, 0 or more."""

    field: str
    _: KW_ONLY
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Everything(Leaf):
    """Matches every article, ``*``, or every article that has something in a field, ``date:*``."""

    field: str = ALL_TEXT


@dataclass(frozen=True, slots=True)
class Term(Leaf):
    """Matches articles with an index term in a text field, or with a word, as written, in a value of a column:
    ``moon``, ``title:moon^2``, ``section:Mars``. In a text field a word may have other terms, too, those it has in
    other languages of the archive; and articles that spell it otherwise have others again. It is one word all the same,
    with one idf for all."""

    text: str
    also: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All terms that it has in text fields; each but the first counts `bm25.OTHER_TERM` as much as that."""
        words = (self.text, *self.also)
        return (*words, *[SPELLED + word for word in words]) if is_word(self.text) else words


@dataclass(frozen=True, slots=True)
class Phrase(Leaf):
    """Matches articles that have words in this order, each at most `slop` places after the one before: ``"far side"``,
    ``"far moon"~3``, ``x-ray`` in a condition."""

    words: tuple[str, ...]
    slop: int = 1


@dataclass(frozen=True, slots=True)
class MultiTerm(Leaf):
    """A leaf that stands for every word of some kind, as it is written, in lower case and without accents, or as its
    index term; an article with any of them matches, with the same score."""


@dataclass(frozen=True, slots=True)
class Prefix(MultiTerm):
    """Stands for the words that begin with `text`: ``satell*``."""

    text: str

    def __str__(self) -> str:
        return f"{self.field}:{self.text}*"


@dataclass(frozen=True, slots=True)
class Wildcard(MultiTerm):
    """Stands for the words that fit a pattern, in which ``*`` is any letters, ``?`` one letter and ``[ab]`` one of
    these: ``wom?n``, ``*ship``."""

    text: str

    def __str__(self) -> str:
        return f"{self.field}:{self.text}"


@dataclass(frozen=True, slots=True)
class Fuzzy(MultiTerm):
    """Stands for the words at most `max_edits` insertions, deletions and replacements of a letter away from `text`,
    whose first `prefix_length` letters are the same: ``shenzou~``, ``tiangongg~2``, ``moons~1/2``. Index terms are
    compared with `stem`, or where that is empty with `text`, too."""

    text: str
    max_edits: int = 1
    prefix_length: int = 0
    stem: str = ""

    def __str__(self) -> str:
        return f"{self.field}:{self.text}~{self.max_edits if self.max_edits > 1 else ''}"


@dataclass(frozen=True, slots=True)
class TermRange(MultiTerm):
    """Stands for the words between two in the order of their code points, None for no bound, the ends among them
    unless they are excluded: ``[lander TO launch]``, ``{lander TO launch]``, ``title:[a TO]``."""

    start: str | None
    end: str | None
    start_excluded: bool = False
    end_excluded: bool = False

    def __str__(self) -> str:
        left, right = "{" if self.start_excluded else "[", "}" if self.end_excluded else "]"
        return f"{self.field}:{left}{self.start or ''} TO {self.end or ''}{right}"


@dataclass(frozen=True, slots=True)
class NumericRange(Leaf):
    """Matches articles with a number between two in a numeric field, None for no bound, the ends among them unless they
    are excluded: ``words:[300 TO 900]``, ``year:>2020``, ``date:2024-05``. Dates are seconds since 1970 in UTC."""

    start: float | None
    end: float | None
    start_excluded: bool = False
    end_excluded: bool = False


@dataclass(frozen=True, slots=True)
class And(Node):
    """Matches articles that match all parts; their scores are added up: ``moon AND mars``."""

    parts: tuple[Node, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Matches articles that match any part; their scores are added up: ``moon mars``, ``(moon OR mars)^2``."""

    parts: tuple[Node, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class DisjunctionMax(Node):
    """Matches articles that match any part, and scores them what their best part does: a word and its synonyms, several
    of which in one article are no better than one."""

    parts: tuple[Node, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Matches all other articles, with a score of 0: ``NOT mars``, ``-mars`` alone."""

    excluded: Node


@dataclass(frozen=True, slots=True)
class AndNot(Node):
    """Matches what is included unless it is excluded as well: ``moon -mars``, ``moon NOT mars``,
    ``moon ANDNOT mars``."""

    included: Node
    excluded: Node


@dataclass(frozen=True, slots=True)
class AndMaybe(Node):
    """Matches what is required; what is optional only adds to its score: ``+moon landing``,
    ``moon ANDMAYBE landing``."""

    required: Node
    optional: Node


@dataclass(frozen=True, slots=True)
class Require(Node):
    """Matches what is scored if it has what is required, which adds nothing to the score: ``moon REQUIRE landing``."""

    scored: Node
    required: Node


NOTHING = Nothing()
NODES = (
    *(Nothing, Everything, Term, Phrase, Prefix, Wildcard, Fuzzy, TermRange, NumericRange),
    *(And, Or, DisjunctionMax, Not, AndNot, AndMaybe, Require),
)
MAX_DEPTH = 100  # levels of a tree that is evaluated
MULTI_TERMS = tuple(node for node in NODES if issubclass(node, MultiTerm))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, none below a leaf."""
    match node:
        case And(parts) | Or(parts) | DisjunctionMax(parts):
            return parts
        case Not(excluded):
            return (excluded,)
        case AndNot(first, second) | AndMaybe(first, second) | Require(first, second):
            return first, second
    return ()


def depth_of(node: Node) -> int:
    """How many levels of nodes a tree has, 1 for a leaf."""
    depth, level = 0, [node]
    while level:
        depth, level = depth + 1, [child for above in level for child in children(above)]
    return depth


def map_children(change: Callable[[Node], Node], node: Node) -> Node:
    """A node like this over what `change` makes of each of its children; a leaf as it is."""
    match node:
        case And(parts, boost) | Or(parts, boost) | DisjunctionMax(parts, boost):
            return type(node)(tuple([change(part) for part in parts]), boost)
        case Not(excluded):
            return Not(change(excluded))
        case AndNot(first, second) | AndMaybe(first, second) | Require(first, second):
            return type(node)(change(first), change(second))
    return node


def with_boost(node: Node, boost: float) -> Node:
    """A node like this with another boost. One that has none itself hands it to its parts, whose own it replaces."""
    match node:
        case Leaf() | And() | Or() | DisjunctionMax():
            return replace(node, boost=boost)
        case AndNot(included, excluded):
            return AndNot(with_boost(included, boost), excluded)
        case AndMaybe(required, optional):
            return AndMaybe(with_boost(required, boost), with_boost(optional, boost))
        case Require(scored, required):
            return Require(with_boost(scored, boost), required)
    return node


def boost_of(node: Node) -> float:
    """The boost of a node, 1 for one that has none."""
    return node.boost if isinstance(node, (Leaf, And, Or, DisjunctionMax)) else 1.0
