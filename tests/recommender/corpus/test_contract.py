"""Every corpus keeps to the contract: that over segments, whether what it needs was kept on the disk or is derived, and
that in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors.space import LSA, NEURAL
from readmore import open_engine
from recommender.corpus.corpus import Corpora, Corpus
from recommender.local.corpora import LocalCorpora
from tests.faults import flush_nothing
from tests.indexer.embedders import NAME, ToyEncoder, embed
from tests.memory.archive import MemoryArchive
from tests.memory.corpus import MemoryCorpora
from tests.memory.model import EncoderModel, fitted_model
from tests.recommender.corpus.contract import CorpusContract, MakeCorpus


class TestLocalCorpus(CorpusContract):
    prepared = False

    @pytest.fixture(scope="class")
    @classmethod
    def make_corpus(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeCorpus]:
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
            flush_nothing(patch)

            def make(
                articles: Sequence[Article], *more: Sequence[Article], removed: Sequence[str] = (), toy: bool = False
            ) -> Corpus:
                folder = tmp_path_factory.mktemp("archive")
                with Archive.create(folder) as archive:
                    archive.add(articles, workers=1)
                    archive.maintain()
                    if toy:
                        embed(archive, ToyEncoder())
                    for batch in more:
                        archive.add(batch, workers=1)
                    if removed:
                        archive.remove(removed)
                engine = stack.enter_context(open_engine(folder))
                if cls.prepared:
                    LocalCorpora(engine).prepare()
                corpora: Corpora = LocalCorpora(engine)
                return corpora.current()

            yield make

    def test_the_corpus_with_two_batches_has_two_segments(self, corpus: Corpus) -> None:
        assert len(corpus.snapshot.segments) == 2  # else what is asked of several segments is asked of one
        assert corpus.max_doc > corpus.num_docs


class TestPreparedLocalCorpus(TestLocalCorpus):
    prepared = True


class TestMemoryCorpus(CorpusContract):
    """The slow and obvious one, with the space that an archive in a folder has fitted on the first batch."""

    @pytest.fixture(scope="class")
    @classmethod
    def make_corpus(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeCorpus]:
        with pytest.MonkeyPatch.context() as patch:
            flush_nothing(patch)

            def make(
                articles: Sequence[Article], *more: Sequence[Article], removed: Sequence[str] = (), toy: bool = False
            ) -> Corpus:
                folder = tmp_path_factory.mktemp("fitted")
                with Archive.create(folder) as fitted:
                    fitted.add(articles, workers=1)
                    fitted.maintain()
                memory, model = MemoryArchive(articles), fitted_model(folder)
                if model is not None:
                    memory.encode(LSA, LSA, model)
                if toy:
                    memory.encode(NAME, NEURAL, EncoderModel(ToyEncoder()))
                for batch in more:
                    memory.add(batch)
                memory.remove(removed)
                corpora: Corpora = MemoryCorpora(memory.source)
                return corpora.current()

            yield make
