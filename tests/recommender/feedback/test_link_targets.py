"""Links between articles are resolved as the generators of sites make them, and none to another site is."""

from __future__ import annotations

import pytest

from indexer.article.article import Article
from recommender.feedback.link_targets import Targets

FILES = ("site/blog/2024-01-01-tide.md", "site/blog/2024-02-01-ebb.md", "site/news/moon/index.md", "site/docs/tide.md")
TIDE, EBB, MOON, DOCS = range(4)
IDS = ("2024-01-01-tide", "2024-02-01-ebb", "moon", "tide")


def targets(urls: tuple[str, ...] = ("",) * 4) -> tuple[Targets, list]:
    known = Targets()
    places = [
        known.add(doc, Article(id=IDS[doc], url=urls[doc], title=f"On {IDS[doc]}", source=FILES[doc]))
        for doc in range(4)
    ]
    known.settle([])
    return known, places


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("./2024-01-01-tide.md", TIDE),
        ("2024-01-01-tide.html", TIDE),
        ("../2024-01-01-tide/", TIDE),
        ("../blog/2024-01-01-tide.md", TIDE),
        ("../news/moon/index.md", MOON),
        ("../news/moon/", MOON),
        ("@/_posts/2024-01-01-tide.md", TIDE),
        ("@/2024-01-01-tide", TIDE),
        ("@/docs/tide.md", DOCS),
        ("@/On moon", MOON),
        ("/2024/01/01/tide/", TIDE),
        ("/2024/01/01/tide.html?x=1", TIDE),
        ("/blog/2024-01-01-tide", TIDE),
        ("/blog/ebb/", EBB),
        ("/2024/03/09/ebb/", None),
        ("/2024/02/ebb/", EBB),
        ("/tags/ebb/", None),
        ("/ebb/", None),
        ("@/nowhere.md", None),
        ("../../../../nowhere/", None),
        ("https://other.example/2024/01/01/tide/", None),
        ("https://other.example/moon", None),
        ("https://[broken/moon", None),
    ],
)
def test_each_way_of_linking_to_another_article(link: str, target: int | None) -> None:
    known, places = targets()
    assert known.find(link, places[EBB]) == target


def test_a_relative_link_is_relative_to_the_address_where_there_is_one() -> None:
    base = "https://a.example"
    known, places = targets((f"{base}/w/one/", f"{base}/w/two/", f"{base}/x/", f"{base}/w/y.html"))
    assert known.find("../one/", places[EBB]) == TIDE
    assert known.find("../y.html", places[EBB]) == DOCS
    assert known.find("2024-01-01-tide.md", places[EBB]) == TIDE
    assert known.find("https://www.a.example/x", places[EBB]) == MOON
    assert known.find("https://b.example/moon", places[EBB]) is None
    assert known.find("/blog/ebb/", places[TIDE]) is None  # the articles' own addresses are known


def test_of_files_of_one_name_the_one_beside_the_article_is_meant() -> None:
    known = Targets()
    for doc, source in enumerate(("a/en/fair.md", "a/fr/fair.md", "a/fr/quay.md")):
        place = known.add(doc, Article(id=f"x{doc}", title="T", source=source))
    assert known.find("@/fair.md", place) == 1
    assert known.find("@/en/fair.md", place) == 0
    elsewhere = known.add(3, Article(id="x3", title="Z", source="b/quay.md"))
    assert known.find("@/fair.md", elsewhere) is None


def test_articles_of_one_file_have_no_files_of_their_own() -> None:
    known = Targets()
    place = known.add(0, Article(id="a", title="T", source="posts.jsonl:1"))
    known.add(1, Article(id="b", title="T", source="posts.jsonl:2"))
    assert known.find("b.md", place) is None


@pytest.mark.parametrize(("matching", "others", "own"), [(3, 2, True), (3, 4, False), (2, 0, False)])
def test_a_host_is_the_archives_own_when_its_dated_addresses_mostly_name_articles(
    matching: int, others: int, own: bool
) -> None:
    known = Targets()
    for doc in range(5):
        place = known.add(doc, Article(id=f"2024-01-0{doc + 1}-post", title="T"))
    links = [f"https://www.ours.example/2024/01/0{doc + 1}/post/" for doc in range(matching)]
    known.settle([*links, *(f"https://ours.example/2023/01/0{n + 1}/gone/" for n in range(others))])
    assert known.find("http://ours.example/2024/01/05/post", place) == (4 if own else None)
