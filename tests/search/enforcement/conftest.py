"""A small archive whose rules can be set, in a folder and in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors.space import LSA
from readmore import open_engine
from search.curation.rules import EditorRules, parse_rules
from search.engine import Engine
from tests.memory.archive import MemoryArchive
from tests.memory.model import fitted_model

START = datetime(2024, 1, 1, tzinfo=UTC)
SUBJECTS = (
    ("Moon landing succeeds", "The lander touched down on the moon after a long descent.", "MOON"),
    ("A lunar night", "The lunar night is cold, and few landers wake from it.", "MOON"),
    ("Electric vehicle sales", "Every electric vehicle needs a battery, and charging takes time.", "CARS"),
    ("The EV of the year", "The jury chose an EV with a battery of its own.", "CARS"),
    ("Vehicle tax rises", "Owners of a vehicle pay more tax, electric or not.", "MONEY"),
    ("Harvest on Mars", "A rover found dust on Mars, and no moon in sight.", "MARS"),
)


def articles() -> list[Article]:
    """Thirty articles on six subjects, some of which say the same in other words."""
    made = []
    for number in range(30):
        title, body, section = SUBJECTS[number % len(SUBJECTS)]
        made.append(
            Article(
                id=f"n{number}",
                title=f"{title} {number // len(SUBJECTS) or ''}".strip(),
                body=f"{body} " * (1 + number % 3) + f"Report number {number}, with a word of its own: own{number}.",
                url=f"https://example.org/{number}",
                section=section,
                site="Daily" if number % 2 else "Weekly",
                date=START + timedelta(days=number),
            )
        )
    return made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The articles in an archive with a space of its own."""
    path = tmp_path_factory.mktemp("ruled")
    with Archive.create(path) as archive:
        archive.add(articles())
        archive.maintain()
    return path


Ruled = Callable[[str], Engine]  # opens an engine under the rules in a text


def rules_of(text: str) -> EditorRules:
    """The rules in a text, which has no mistake."""
    rules = parse_rules(text)
    assert not [problem for problem in rules.problems if problem.fatal]
    return rules


@pytest.fixture(params=["folder", "memory"])
def ruled(request: pytest.FixtureRequest, folder: Path) -> Iterator[Ruled]:
    """Opens the archive under rules, once in its folder and once in memory."""
    opened: list[Engine] = []
    if request.param == "memory":
        archive = MemoryArchive(articles())
        model = fitted_model(folder)
        if model is not None:
            archive.encode(LSA, LSA, model)

    def with_rules(text: str) -> Engine:
        rules = rules_of(text)
        if request.param == "memory":
            return Engine(archive.source, archive.articles, rules=lambda: rules)
        (folder / "rules.yaml").write_text(text, "utf-8")
        opened.append(open_engine(folder))
        return opened[-1]

    yield with_rules
    for engine in opened:
        engine.close()
    (folder / "rules.yaml").unlink(missing_ok=True)


def ids(engine: Engine, query: str, limit: int = 30, **options: object) -> list[str]:
    """The ids that a query finds."""
    return [hit.article.id for hit in engine.search(query, limit=limit, **options).hits]  # type: ignore[arg-type]
