"""The same documents and the same random query trees must match the same articles here and in stock Whoosh."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from whoosh import fields
from whoosh.analysis import LowercaseFilter, RegexTokenizer, Token, Tokenizer
from whoosh.filedb.filestore import RamStorage
from whoosh.index import Index

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.text.words import folded, word_forms
from search.lexical.evaluator import Evaluator
from search.query.tree import (
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    DisjunctionMax,
    Everything,
    Fuzzy,
    Node,
    Not,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
)
from search.reader.snapshot import Snapshot
from tests.articles import WORDS, random_article, random_articles
from tests.oracle.whoosh_tree import to_whoosh, written

CASES = int(os.environ.get("READMORE_ORACLE_CASES", "400"))


class ArticleTokenizer(Tokenizer):
    """readmore's own analysis as a Whoosh tokenizer, so that both engines index the same terms."""

    def __call__(self, value: str, positions: bool = False, mode: str = "", **kwargs: object) -> Iterator[Token]:
        token = Token(positions, False, removestops=True, mode=mode)
        for place, term in enumerate(analyzer_for("en").terms(value)):
            token.text, token.boost, token.pos, token.stopped = term, 1.0, place, False
            yield token


class WordTokenizer(Tokenizer):
    """The words of an article as they are written, but for stop words."""

    def __call__(self, value: str, positions: bool = False, mode: str = "", **kwargs: object) -> Iterator[Token]:
        token = Token(positions, False, removestops=True, mode=mode)
        analyzer = analyzer_for("en")
        for place, form in enumerate(analyzer.words_of(word_forms(value))):
            if analyzer.term(form):
                token.text, token.boost, token.pos, token.stopped = folded(form), 1.0, place, False
                yield token


def whoosh_index(articles: dict[str, Article]) -> Index:
    text = fields.TEXT(analyzer=ArticleTokenizer(), phrase=True)
    words = fields.TEXT(analyzer=WordTokenizer(), phrase=False)
    keyword = fields.TEXT(analyzer=RegexTokenizer() | LowercaseFilter(), phrase=True)
    schema = fields.Schema(
        id=fields.ID(stored=True),
        title=text,
        body=text,
        text=text,
        **{written(field): words for field in ("title", "body", "text")},
        section=keyword,
        author=keyword,
        tag=keyword,
        words=fields.NUMERIC(),
        year=fields.NUMERIC(),
    )
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for article in articles.values():
        writer.add_document(
            id=article.id,
            title=article.title,
            body=article.body,
            # words that keep a phrase from reaching from the title into the body, as the gap between fields does
            text=f"{article.title} {'zzgap ' * 200} {article.body}",
            **{
                written("title"): article.title,
                written("body"): article.body,
                written("text"): f"{article.title} {article.body}",
            },
            section=article.section,
            author=f" {'zzgap ' * 9} ".join(article.authors),
            tag=f" {'zzgap ' * 9} ".join(article.tags),
            words=len(analyzer_for("en").terms(article.body)),
            **({"year": article.date.year} if article.date else {}),
        )
    writer.commit()
    return index


def dated(article: Article) -> Article:
    """The article with a date, two of three; on the edges of years, some of them."""
    rng = random.Random(article.body)
    year = rng.randint(2018, 2025)
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    return replace(article, date=rng.choice((None, first, last)))


def random_leaf(rng: random.Random) -> Node:
    field = rng.choice(("text", "text", "title", "body"))
    word = rng.choice(WORDS) if rng.random() < 0.95 else "absent"
    term = analyzer_for("en").term(word)
    word = rng.choice((folded(word), term))
    match rng.randrange(10):
        case 0 | 1 | 2:
            return Term(field, term, boost=rng.choice((1.0, 2.0)))
        case 3:
            words = [analyzer_for("en").term(rng.choice(WORDS)) for _ in range(rng.randint(2, 3))]
            return Phrase(field, tuple(words), slop=rng.choice((1, 1, 2, 4)))
        case 4:
            return Prefix(field, word[: rng.randint(1, 8)])
        case 5:
            pattern = list(word)
            pattern[rng.randrange(len(pattern))] = rng.choice("?*")
            return Wildcard(field, "".join(pattern))
        case 6:
            near = word + rng.choice(("", "x", "s"))
            return Fuzzy(field, near, rng.randint(1, 2), rng.randint(0, 1), rng.choice((term, "")))
        case 7:
            return TermRange(field, *sorted((word, rng.choice(WORDS))), rng.random() < 0.5, rng.random() < 0.5)
        case 8:
            numbers = {"words": range(-2, 45), "year": range(2017, 2027)}
            name = rng.choice(list(numbers))
            start, end = sorted(rng.sample(numbers[name], 2))
            ends = rng.choice(((start, end), (start, start), (start, None), (None, end)))
            return NumericRange(name, *ends, rng.random() < 0.5, rng.random() < 0.5)
        case _:
            return rng.choice(
                (
                    Everything(),
                    NOTHING,
                    Term("section", rng.choice(("moon", "mars", "science"))),
                    Phrase("tag", ("far", "side")),
                    Term("author", rng.choice(("lee", "yu"))),
                )
            )


def random_tree(rng: random.Random, depth: int) -> Node:
    if depth == 0 or rng.random() < 0.3:
        return random_leaf(rng)
    parts = tuple([random_tree(rng, depth - 1) for _ in range(rng.randint(1, 3))])
    two = (random_tree(rng, depth - 1), random_tree(rng, depth - 1))
    match rng.randrange(9):
        case 0 | 1:
            return Or(parts)
        case 2 | 3:
            return And(parts)
        case 4:
            return And((parts[0], Not(two[0])))
        case 5:
            return AndNot(*two)
        case 6:
            return AndMaybe(*two)
        case 7:
            return DisjunctionMax(parts)
        case _:
            return Require(*two)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Index]]:
    """An archive of several segments with updates and deletions, and the same articles in Whoosh."""
    articles = {article.id: dated(article) for article in random_articles(7, 240)}
    rng = random.Random(8)
    with Archive.create(tmp_path_factory.mktemp("oracle") / "archive") as archive:
        ids = list(articles)
        for start in range(0, len(ids), 60):
            archive.add([articles[i] for i in ids[start : start + 60]])
        for article_id in rng.sample(ids, 30):
            articles[article_id] = dated(random_article(rng, article_id))
        archive.add(articles.values())
        gone = rng.sample(ids, 20)
        archive.remove(gone)
        for article_id in gone:
            del articles[article_id]
        yield Snapshot.open(archive.index), whoosh_index(articles)


def ours(snapshot: Snapshot, query: Node) -> set[str]:
    ids = set()
    for segment in snapshot.segments:
        for doc in Evaluator(snapshot, segment, []).live(query).docs.tolist():
            ids.add(segment.article_id(doc))
    return ids


@pytest.mark.parametrize("seed", range(8))
def test_random_trees_match_the_same_articles(both: tuple[Snapshot, Index], seed: int) -> None:
    snapshot, index = both
    rng = random.Random(1000 + seed)
    matching = 0
    with index.searcher() as searcher:
        for _ in range(CASES // 8):
            query = random_tree(rng, 3)
            theirs = {hit["id"] for hit in searcher.search(to_whoosh(query, words=True), limit=None, scored=False)}
            assert ours(snapshot, query) == theirs, f"seed {seed}: {query!r}"
            matching += bool(theirs)
    assert matching > CASES // 8 // 3  # or the test would prove little
