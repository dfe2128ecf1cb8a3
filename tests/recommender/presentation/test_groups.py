"""The block on the page: which items it has, in which groups, with which reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from indexer.article.article import Article
from recommender.names.extraction import names_in
from recommender.presentation.groups import PLAIN, arrange
from recommender.presentation.justification import CUTOFF, believed, named, strengths
from recommender.presentation.subjects import Shared, Subject
from recommender.presentation.wording import ENGLISH
from recommender.ranking.selection import NEXT, PINNED, UPDATE, Pick
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import Block, Group, RelatedItem, item_to_dict, items_of

Make = Callable[[Iterable[Article]], Recommender]

ARTICLES = [
    "2024-06-02-chinese-probe-far-side-touchdown",
    "2024-02-22-odysseus-lands",
    "2024-04-26-shenzhou-18",
    "2024-03-11-space-force-budget-dips",
    "2024-07-09-ariane-6-debut",
]


@pytest.fixture(params=ARTICLES)
def block(sample_recommender: Recommender, request: pytest.FixtureRequest) -> Block:
    return sample_recommender.block(ArticleSeed(request.param))


def test_a_block_is_short_and_every_item_has_a_reason_or_stands_under_it(block: Block) -> None:
    assert 1 <= len(items_of(block)) <= 8
    for group in block.groups:
        assert all(item.reason or group.name for item in group.items)
        assert all(item.reason != ENGLISH.similar for item in group.items)


def test_a_named_group_has_three_items_that_all_have_its_name(block: Block) -> None:
    for group in (one for one in block.groups if one.name != PLAIN):
        assert len(group.items) >= 3
        for item in group.items:
            assert group.name.casefold() in f"{item.article.headline} {item.article.body}".casefold().replace("’", "'")
            assert item.reason != ENGLISH.about.format(group.name)


def test_what_is_only_similar_is_listed_but_not_put_on_the_page(sample_recommender: Recommender) -> None:
    article = "2024-02-24-uranus-moon"
    listed = sample_recommender.related(ArticleSeed(article), RelatedOptions(limit=30)).related
    assert any(item.reason == ENGLISH.similar for item in listed)
    shown = items_of(sample_recommender.block(ArticleSeed(article)))
    assert len(shown) < len(listed)
    assert not [item.article.id for item in shown if item.reason == ENGLISH.similar]


HEADLINES = [
    "Lender urged to find more money for border guards",
    "Twenty years later, the search of a northern plain goes on",
    "Tug and lander will meet in a tank in spring",
    "Others still look for two small moons of an outer planet",
    "Heat of a neighbour strips the air from its nearest planet",
    "New chairman will renew a maker of boosters",
    "Crew mends a torn panel in spring, twenty years after the first",
    "Radar shows others a slow potato turning end over end",
    "Result of fifteen furnaces on a sounding rocket called a trade secret",
    "Telescope on a balloon comes down in grain",
    "A threat of solar storms will be called by the hour",
    "Result of a leak test will meet critics",
]


def test_an_article_among_headlines_on_other_subjects_gets_no_block_of_them(recommender_of: Make) -> None:
    """A page of politics under which hang the headlines of sister sites about space: the fault we began with."""
    politics = Article(
        id="politics",
        title="Neighbours renew their pact after the vote",
        body="The president congratulated his neighbour on the result of the vote. Both spoke of trade, of grain and "
        "of their border. Ministers will meet in spring to renew a pact that is twenty years old. Critics called the "
        "vote a farce and the pact a threat to others.",
        section="POLITICS",
    )
    others = [Article(id=f"h{n}", title=title, section="POLITICS") for n, title in enumerate(HEADLINES)]
    recommender = recommender_of([politics, *others])
    assert recommender.related(ArticleSeed("politics")).related
    shown = items_of(recommender.block(ArticleSeed("politics")))
    assert not [item.article.headline for item in shown if item.reason == ENGLISH.similar]
    assert len(shown) <= 1


def test_the_story_is_told_on_both_sides_of_the_article(sample_recommender: Recommender) -> None:
    block = sample_recommender.block(ArticleSeed("2024-10-07-europa-clipper-milton"))
    relations = {item.article.id: item.relation for item in items_of(block)}
    assert relations["2024-10-14-europa-clipper-launch"] == "update"
    assert relations["2024-09-10-europa-clipper-cleared"] == "earlier"


def test_a_block_has_as_many_items_as_are_asked_for_at_most(sample_recommender: Recommender) -> None:
    seed = ArticleSeed("2024-02-24-odysseus-on-its-side")
    whole = [item.article.id for item in items_of(sample_recommender.block(seed, RelatedOptions(size=20)))]
    for size in (1, 3):
        some = [item.article.id for item in items_of(sample_recommender.block(seed, RelatedOptions(size=size)))]
        assert len(some) == size
        assert set(some) <= set(whole)


def test_the_readers_language_comes_first_and_an_event_once(sample_recommender: Recommender) -> None:
    block = sample_recommender.block(ArticleSeed("2024-01-25-ingenuity-grounded"))
    items = items_of(block)
    assert len(items) >= 2
    assert block.lead is not None
    assert block.lead.article.language in ("", "en")
    assert "2024-01-27-ingenuity-fin-mision" not in {item.article.id for item in items}


def test_reasons_name_what_both_articles_are_about(sample_recommender: Recommender) -> None:
    found = sample_recommender.related(ArticleSeed("2024-01-09-peregrine-no-landing"), RelatedOptions(limit=25)).related
    reasons = [item.reason for item in found if not item.relation]
    assert any("Peregrine" in reason for reason in reasons)
    assert not any(stem in f"{reason} " for reason in reasons for stem in ("eregrin ", "dysseu "))


def test_an_item_in_json_has_its_reason_relation_and_siblings(sample_recommender: Recommender) -> None:
    found = sample_recommender.related(ArticleSeed("2024-01-09-peregrine-no-landing"), RelatedOptions(limit=25)).related
    folded = next(item for item in found if item.siblings)
    record = item_to_dict(folded)
    assert record["reason"]
    assert [sibling["id"] for sibling in record["siblings"]] == [sibling.id for sibling in folded.siblings]


def shared(names: list[str], in_source: list[float], in_items: list[list[float]]) -> Shared:
    subjects = tuple(Subject(name, tuple(name.lower().split())) for name in names)
    ones = np.ones(len(names), np.float32)
    return Shared(
        subjects,
        ones,
        np.array(in_source, np.float32),
        np.array(in_items, np.float32).reshape(len(in_items), len(names)),
        np.full(len(in_items), 2, np.int8),
        [frozenset()] * len(in_items),
    )


def pick(doc: int, standing: float = 3.0, relation: str = "") -> Pick:
    return Pick(doc, 1.0, 0.5, relation, (), 0.5, standing)


def item(doc: int, reason: str = "") -> RelatedItem:
    return RelatedItem(Article(id=f"a{doc}", title="A title", body="A body."), 1.0, reason, "")


def reasoned(groups: Iterable[Group]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(group.name, [(one.article.id, one.reason) for one in group.items]) for group in groups]


def test_three_items_on_one_subject_of_the_article_make_a_group_and_the_others_a_list() -> None:
    about = shared(["Mars", "Venus"], [1, 1], [[1, 0], [0, 1], [0.8, 0], [0.5, 0], [0, 1]])
    items = [item(n, f"also about {'Venus' if n in (1, 4) else 'Mars'}") for n in range(5)]
    groups = arrange(items, [pick(n) for n in range(5)], about)
    assert reasoned(groups) == [
        ("Mars", [("a0", ""), ("a2", ""), ("a3", "")]),
        (PLAIN, [("a1", "also about Venus"), ("a4", "also about Venus")]),
    ]


def test_a_subject_that_the_article_only_mentions_names_no_group() -> None:
    about = shared(["Mars"], [0.35], [[1.0], [1.0], [1.0]])
    items = [item(n, "also about Mars") for n in range(3)]
    assert reasoned(arrange(items, [pick(n) for n in range(3)], about)) == [
        (PLAIN, [(f"a{n}", "also about Mars") for n in range(3)])
    ]


def test_what_editors_picked_comes_first_under_their_own_heading() -> None:
    about = shared(["Mars"], [1], [[1.0], [1.0]])
    groups = arrange(
        [item(0, "also about Mars"), item(1, "picked by the editors")], [pick(0), pick(1, 0, PINNED)], about
    )
    assert reasoned(groups) == [(ENGLISH.picked, [("a1", "")]), (PLAIN, [("a0", "also about Mars")])]


NOT_FOREIGN = np.zeros(1, bool)


@pytest.mark.parametrize(
    ("in_source", "in_item", "standing", "is_justified"),
    [
        (1.0, 1.0, 3.0, True),
        (1.0, 1.0, 2.5, False),  # a text about as near as those of the crowd
        (1.0, 0.12, 3.0, False),  # named once, far down
        (0.55, 0.55, 6.0, True),
    ],
)
def test_a_name_and_a_text_that_stands_out_justify_together(
    in_source: float, in_item: float, standing: float, is_justified: bool
) -> None:
    found = strengths(shared(["Mars"], [in_source], [[in_item]]), [pick(0, standing)], NOT_FOREIGN)
    assert (found[0] >= CUTOFF) == is_justified


def test_what_editors_picked_and_what_is_linked_and_stands_out_is_justified_without_a_name() -> None:
    nothing = shared([], [], [[]])
    assert strengths(nothing, [pick(0, 0, PINNED)], NOT_FOREIGN)[0] >= CUTOFF
    assert strengths(nothing, [pick(7)], NOT_FOREIGN, {7})[0] >= CUTOFF
    assert strengths(nothing, [pick(7, 1.0)], NOT_FOREIGN, {7})[0] < CUTOFF
    assert strengths(nothing, [pick(7)], NOT_FOREIGN)[0] < CUTOFF


def test_a_story_is_believed_where_it_may_be() -> None:
    picks = [pick(0, 3, UPDATE), pick(1, 3, NEXT), pick(2, 3, UPDATE)]
    found = believed(picks, np.array([True, False, False]))
    assert [one.relation for one in found] == [UPDATE, NEXT, ""]


def test_a_reason_spells_a_name_in_full_and_names_no_faint_second() -> None:
    both = shared(["Dome", "Dome Petroleum", "Amoco"], [1, 1, 1], [[1.0, 0.8, 0.2]])
    assert [one.text for one in named(both, both.evidence()[0], both.in_items[0])] == ["Dome Petroleum"]
    two = shared(["Dome", "Amoco"], [1, 1], [[1.0, 0.8]])
    assert [one.text for one in named(two, two.evidence()[0], two.in_items[0])] == ["Dome", "Amoco"]


def test_names_are_found_where_grammar_asks_for_no_capital() -> None:
    body = (
        "Controllers lost touch with Chang'e 6 on Monday. However, the James Webb Space Telescope saw it, "
        "President Ada Lovelace said. Engineers at NASA praised Lovelace. Chinese engineers cheered."
    )
    names = {name.text: name for name in names_in("Probe lost", body, "en")}
    assert {"Chang'e 6", "James Webb Space Telescope", "Ada Lovelace", "NASA"} <= set(names)
    assert not {"Controllers", "However", "Monday", "Engineers", "President Ada Lovelace", "Lovelace"} & set(names)
    assert names["Ada Lovelace"].count == 2
