"""reStructuredText: what its generators say of a post, what readers see of it, and what must not harm."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.article.article import Article
from indexer.sources import Accepted, Refused, read_source

PELICAN = """A harbour opens again
#####################

:date: 2024-03-18
:tags: harbour, tides
:category: News
:authors: Ilsa Varn, Jon Berg
:status: {status}

The harbour of *Varnholm* opened, see `the tides <{{filename}}tides.rst>`_.

.. code-block:: python

   print("tide")
"""
NIKOLA = """.. title: A harbour opens again
.. slug: harbour
.. date: 2024-03-18
.. tags: harbour, tides
.. category: News
.. author: Ilsa Varn, Jon Berg
.. status: {status}

The harbour of *Varnholm* opened, see `the tides <tides.rst>`_.
"""
ABLOG = """.. post:: {date}
   :tags: harbour, tides
   :category: News
   :author: Ilsa Varn, Jon Berg

A harbour opens again
=====================

The harbour of *Varnholm* opened, see :doc:`the tides <tides>`.
"""


def read(folder: Path, text: str, name: str = "harbour.rst") -> Accepted | Refused:
    path = folder / name
    path.write_text(text, "utf-8")
    (item,) = read_source(path)
    assert isinstance(item, (Accepted, Refused))
    return item


def article(folder: Path, text: str, name: str = "harbour.rst") -> Article:
    item = read(folder, text, name)
    assert isinstance(item, Accepted), item
    return item.article


@pytest.mark.parametrize(
    "text", [PELICAN.format(status="published"), NIKOLA.format(status="published"), ABLOG.format(date="2024-03-18")]
)
def test_a_post_of_each_generator(tmp_path: Path, text: str) -> None:
    found = article(tmp_path, text)
    assert (found.title, found.section, found.tags) == ("A harbour opens again", "News", ("harbour", "tides"))
    assert found.authors == ("Ilsa Varn", "Jon Berg")
    assert found.date == datetime(2024, 3, 18, tzinfo=UTC)
    assert found.body.startswith("The harbour of Varnholm opened, see the tides.")


@pytest.mark.parametrize(
    "text",
    [
        PELICAN.format(status="draft"),
        PELICAN.format(status="hidden"),
        NIKOLA.format(status="private"),
        ABLOG.format(date=""),
    ],
)
def test_what_is_not_public_is_withheld(tmp_path: Path, text: str) -> None:
    item = read(tmp_path, text)
    assert isinstance(item, Refused)
    assert item.withheld


@pytest.mark.parametrize(
    "text",
    [
        ".. _label:\n\nTide\n====\n\n:status: draft\n\nSecret.\n",
        "Tide\n====\n\n.. meta::\n   :keywords: tide\n\n:status: draft\n\nSecret.\n",
        ".. |x| replace:: y\n\nTide\n====\n\n:status: draft\n\nSecret.\n",
        "Tide\n====\n\n:status: draft\n\n" + "".join(" " * n + "a\n\n" for n in range(900)),
        "Tide\n====\n\n:status: draft\n\n" + "word " * 3000,
        ".. status: draft\n\nTide\n====\n\nSecret.\n",
        ".. title: Tide\n.. tags: draft, moon\n\nSecret.\n",
        " .. title: Tide\n .. status: draft\n\nSecret.\n",
        "Tide\n====\n\n:status: draft\n\nSecret.\n\nEbb\n===\n\nSecret, too.\n",  # no title of the whole
        "Tide\n====\n\n.. image:: tide.png\n\n:status: draft\n\nSecret.\n",
        "Tide\n====\n\n  :status: draft\n\nSecret.\n",
        "Tide\n====\n\n..  post ::\n   :tags: moon\n\nSecret.\n",
        "Tide\n====\n\nSecret.\n\n.. Post::",
    ],
)
def test_a_draft_is_one_wherever_it_says_so(tmp_path: Path, text: str) -> None:
    item = read(tmp_path, text)
    assert isinstance(item, Refused)
    assert item.withheld


def test_a_text_that_is_made_to_take_long_does_not(tmp_path: Path) -> None:
    for body in (":a" * 100_000, ":ref:`x" + " " * 60_000 + "y`", ".. csv-table::\n\n" + "   1,2,3,4\n" * 6000):
        started = time.process_time()
        read(tmp_path, f"Tide\n====\n\n{body}\n")
        assert time.process_time() - started < 30  # these took minutes


@pytest.mark.parametrize(
    "body",
    [
        "\n\n".join("It *turned* at ``noon``, as `they <https://example.org/>`_ said: |x|." for _ in range(800)),
        "\n".join("- It *turned* at ``noon``, :ref:`as <b>` they said." for _ in range(3000)),
        "| tide | noon |\n" * 500,
    ],
    ids=["paragraphs", "list", "lines"],
)
def test_long_texts_are_parsed(tmp_path: Path, body: str) -> None:
    item = read(tmp_path, f"Tide\n====\n\n.. |x| replace:: Ebb\n\n{body}\n")
    assert isinstance(item, Accepted)
    assert not item.warnings
    assert "*turned*" not in item.article.body


def test_posts_that_link_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "tides.rst").write_text("Tides\n=====\n\nThey come and go.", "utf-8")
    (tmp_path / "harbour.rst").write_text(PELICAN.format(status="published"), "utf-8")
    (tmp_path / "ferry.rst").write_text(ABLOG.format(date="2024-05-01"), "utf-8")
    links = {item.article.id: item.article.links for item in read_source(tmp_path) if isinstance(item, Accepted)}
    assert links["harbour"] == ("tides.rst",)
    assert links["ferry"] == ("tides",)


def test_what_only_sphinx_knows_is_text_or_nothing(tmp_path: Path) -> None:
    text = (
        "Version 3\n=========\n\n*May 4, 2024*\n\n.. toctree::\n   :maxdepth: 2\n\n   secret/page\n\n"
        ".. versionadded:: 3.1\n"
        "   The crane of :class:`~port.Crane` lifts.\n\n.. hint-box:: Mind\n   :class: red\n\n   The ladder, see "
        ":doc:`/harbour/rules-of-use` and :ref:`below <b>`.\n"
    )
    found = article(tmp_path, text)
    assert found.date == datetime(2024, 5, 4, tzinfo=UTC)
    assert found.body.split("\n\n") == ["The crane of Crane lifts.", "Mind", "The ladder, see rules of use and below."]


def test_a_text_file_with_an_underlined_title_is_read_so(tmp_path: Path) -> None:
    found = article(tmp_path, "====\nTide\n====\n\nIt *turned*.", "tide.txt")
    assert (found.title, found.body) == ("Tide", "It turned.")
    plain = article(tmp_path, "A tide that turned\n--\nIt *turned*.", "plain.txt")
    assert "*turned*" in plain.body


def test_no_file_beside_a_post_is_read(tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("the password", "utf-8")
    text = (
        "Tide\n====\n\n.. include:: private.txt\n\n.. raw:: html\n   :file: private.txt\n\n.. csv-table:: t\n"
        "   :file: private.txt\n\nIt turned.\n\n.. literalinclude:: private.txt\n"
    )
    assert article(tmp_path, text).body == "It turned."


@pytest.mark.parametrize(
    "body",
    [
        "|a0|\n\n" + "".join(f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(40)),
        "\n\n".join(" " * n + "x" for n in range(300)),
        "- " * 3000 + "x",
        ("+" + "-+" * 300 + "\n|" + " |" * 300 + "\n") * 20,
        "word " * 100_000,
        ".. |a| replace:: " + "*a* " * 1000 + "\n\n" + "\n\n".join(["|a| |a| |a|"] * 400),
        "*a " * 3000 + "\n" + "`a " * 3000 + "\n" + "*a " * 3000,
        "a\n- *a *a *a *a" * 3000,
    ],
    ids=["replacements", "quotations", "lists", "table", "long", "replaced", "marks", "no-list"],
)
def test_what_would_take_long_keeps_its_marks(tmp_path: Path, body: str) -> None:
    item = read(tmp_path, f"Tide\n====\n\n{body}")
    assert isinstance(item, Accepted)
    assert any("more marks" in warning for warning in item.warnings)
