"""What a text links to, among a few articles."""

from __future__ import annotations

from indexer.article.article import Article
from recommender.feedback.mutual_links import mutually_linked
from recommender.feedback.navigation import FEW, MOST_LINKS

SITE = "https://harbour.example/2031/"


def article(name: str, *links: str, url: str = SITE) -> Article:
    return Article(id=f"h-{name}", url=f"{url}{name}" if url else "", title=name, body=f"On {name}.", links=links)


def test_a_link_counts_in_both_directions_whatever_www_and_slashes_are() -> None:
    source = article("pilots", f"{SITE}tides/", "/2031/buoys")
    others = {
        3: article("tides"),
        5: article("buoys"),
        7: article("cranes", "https://www.harbour.example/2031/pilots"),
        9: article("ropes", f"{SITE}cranes"),
    }
    assert mutually_linked(source, others) == {3, 5, 7}


def test_another_sites_page_of_the_same_name_is_not_ours() -> None:
    source = article("harbour-pilots", "https://elsewhere.example/2031/tidal-waters")
    others = {3: article("tidal-waters"), 5: article("rope-making", "https://elsewhere.example/2031/harbour-pilots")}
    assert mutually_linked(source, others) == frozenset()


def test_articles_without_addresses_are_found_by_date_and_title() -> None:
    def dated(article_id: str, *links: str) -> Article:
        return Article(id=article_id, title=article_id, body="On the harbour.", links=links)

    source = dated("2031-04-02-pilots-at-sea", "https://harbour.example/2031/04/09/tidal-waters/")
    others = {
        3: dated("2031-04-09-tidal-waters"),
        5: dated("2031-05-01-rope-making", "/2031/04/02/pilots-at-sea/"),
        7: dated("2031-05-02-crane-hire", "https://elsewhere.example/blog/pilots-at-sea/"),
    }
    assert mutually_linked(source, others) == {3, 5}


def test_what_all_of_them_link_to_is_navigation() -> None:
    footer = f"{SITE}about", f"{SITE}pilots"
    others = {doc: article(f"notice-{doc}", *footer) for doc in range(FEW + 1)}
    source = article("pilots", f"{SITE}about", f"{SITE}notice-0")
    assert mutually_linked(source, others | {90: article("about")}) == {0}
    assert mutually_linked(source, {0: others[0], 90: article("about")}) == {0, 90}


def test_a_page_that_lists_the_site_is_no_editors_link() -> None:
    many = [f"{SITE}page-{n}" for n in range(MOST_LINKS)]
    listing = article("contents", f"{SITE}pilots", *many)
    assert mutually_linked(article("pilots"), {3: listing}) == frozenset()
    abroad = [f"https://elsewhere.example/{n}" for n in range(MOST_LINKS)]
    assert mutually_linked(article("pilots"), {3: article("sources", f"{SITE}pilots", *abroad)}) == {3}
