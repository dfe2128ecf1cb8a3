"""Blocks together with their traces."""

from __future__ import annotations

from recommender.corpus.tracked import TrackedCorpus
from recommender.editors.enforcement import SPARE
from recommender.ranking.selection import POOL
from recommender.reach.recording import Asked, RecordingCorpora, RecordingCorpus
from recommender.reach.trace import trace_of
from recommender.related import BLOCK_POOL, Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import Block
from recommender.state import State


class Watcher:
    """Makes blocks with a recommender, and says what each depended on. For one thread."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender.watched(RecordingCorpora)

    def block(self, article_id: str, options: RelatedOptions) -> tuple[Block, bytes]:
        """The block under an article and its trace (`TRACE`), empty bytes where the archive does not tell of changes.
        Raises what `Recommender.block` raises."""
        corpus = self._recommender.state().corpus
        if not isinstance(corpus, RecordingCorpus):
            return self._recommender.block(ArticleSeed(article_id), options), b""
        corpus.asked = Asked()
        block = self._recommender.block(ArticleSeed(article_id), options)
        state = self._recommender.state()
        if state.corpus is not corpus:  # the archive has changed meanwhile
            return block, b""
        asked, corpus.asked = corpus.asked, Asked()
        seq = self._recommender.engine.seqs([article_id]).get(article_id, -1)
        doc = corpus.doc_of(seq)
        return block, b"" if doc < 0 else trace_of(state, asked, doc, self._ranked(state, article_id)).tobytes()

    def _ranked(self, state: State, article_id: str) -> int:
        """How many candidates the best of a block are chosen from at most."""
        ruled = state.editors.concerns(article_id) or self._recommender.engine.translation_seqs()
        return max(POOL, BLOCK_POOL + SPARE) if ruled else POOL


def tracked(state: State) -> TrackedCorpus | None:
    """The corpus of a state, if it tells of changes."""
    return state.corpus if isinstance(state.corpus, TrackedCorpus) else None
