"""What a site repeats on its pages is left out of the articles, and nothing of the articles is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from indexer.base.processes import Workers
from indexer.sources import Accepted, Document, read_source
from indexer.sources.html.many import learned, read_pages
from tests.indexer.sources.html.sites import LAYOUTS, Site, site


def written(folder: Path, made: Site) -> Path:
    """The pages of a site as files, the first number in the first file."""
    for number, page in enumerate(made.pages):
        (folder / f"{number:03}.html").write_text(page.html, "utf-8")
    return folder


def words(text: str, lang: str) -> Counter[str]:
    """The words of a text; of scripts without blanks the characters."""
    if lang in ("ja", "th"):
        return Counter("".join(text.split()))
    return Counter(text.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    ("layout", "lang"),
    [*((layout, "en") for layout in LAYOUTS), ("within", "ar"), ("lists", "ar"), ("tables", "ja"), ("modern", "th")],
)
def test_articles_of_a_site_without_what_it_repeats(layout: str, lang: str, tmp_path: Path) -> None:
    made = site(layout, lang=lang)
    items = list(read_source(written(tmp_path, made), workers=1))
    assert len(items) == 60
    common = taken = wanted = 0
    for item, page in zip(items, made.pages, strict=True):
        assert isinstance(item, Accepted), item
        assert item.article.title == page.title
        for text in made.around:
            if len(text.split()) > 3 or len(text) > 30:
                assert text not in item.article.body
        own, expected = words(item.article.body, lang), words(" ".join(page.paragraphs), lang)
        common += (own & expected).total()
        taken += own.total()
        wanted += expected.total()
    assert common / taken >= 0.99
    assert common / wanted >= 0.99


def test_what_is_learned_are_blocks_of_many_pages(tmp_path: Path) -> None:
    made = site("modern", pages=12)
    folder = written(tmp_path, made)
    documents = [Document.of_file(path) for path in sorted(folder.iterdir())]
    with Workers(1) as workers:
        (host,) = learned(documents, workers)
        assert host == "modern.example"
        assert learned(documents[:3], workers) == {}  # too few pages to tell


def test_an_article_that_is_teased_on_other_pages_keeps_its_opening(tmp_path: Path) -> None:
    made = site("modern", pages=20)
    opening = made.pages[0].paragraphs[0]
    for number, page in enumerate(made.pages):
        teaser = f"<div class=hot><h4>{made.pages[0].title}</h4><p>{opening}</p></div>"
        html = page.html.replace("</main>", f"</main>{teaser}") if number else page.html
        (tmp_path / f"{number:02}.html").write_text(html, "utf-8")
    first, second, *_ = read_source(tmp_path, workers=1)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert opening in first.article.body
    assert first.article.title == made.pages[0].title
    assert opening not in second.article.body


def test_copies_of_one_page_are_not_taken_for_what_a_site_repeats(tmp_path: Path) -> None:
    page = site("modern", pages=1).pages[0]
    for number in range(8):
        (tmp_path / f"{number}.html").write_text(page.html, "utf-8")
    for item in read_source(tmp_path, workers=1):
        assert isinstance(item, Accepted)
        assert page.paragraphs[0] in item.article.body


def test_processes_read_the_same_in_the_same_order(tmp_path: Path) -> None:
    folder = written(tmp_path, site("within", pages=20))
    (folder / "005b.html").write_text("no page at all", "utf-8")
    documents = [Document.of_file(path) for path in sorted(folder.iterdir())]
    with Workers(1) as one, Workers(2) as two:
        alone, shared, again = (list(read_pages(documents, workers)) for workers in (one, two, two))
    assert again == shared  # by the same processes
    assert alone == shared
    assert len(alone) == 21
    assert [isinstance(item, Accepted) for item in alone].count(False) == 1
