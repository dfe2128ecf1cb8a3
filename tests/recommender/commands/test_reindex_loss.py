"""A new index that would lose articles does not go live unless it is told to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from click.testing import CliRunner

from indexer.archive import Archive
from indexer.base.errors import ArticlesDamagedError
from readmore import open_engine, open_recommender
from recommender.commands.reindex import reindex
from tests.recommender.archives import several


def test_a_reindex_that_would_lose_articles_goes_live_only_with_yes(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(several(3), workers=1)
    with sqlite3.connect(tmp_path / "articles.db") as database:
        database.execute("DELETE FROM articles WHERE id LIKE 'bread-%'")
    database.close()
    known = {"data": tmp_path, "open_engine": open_engine, "open_recommender": open_recommender}
    refused = CliRunner().invoke(reindex, [], obj=known)
    assert isinstance(refused.exception, ArticlesDamagedError)
    assert "lacks 3 articles that the index has" in str(refused.exception)
    with Archive.open(tmp_path) as archive:
        assert archive.manifest().live_docs == 12
    accepted = CliRunner().invoke(reindex, ["--yes"], obj=known, catch_exceptions=False)
    assert accepted.exit_code == 0
    with Archive.open(tmp_path) as archive:
        assert archive.manifest().live_docs == 9
