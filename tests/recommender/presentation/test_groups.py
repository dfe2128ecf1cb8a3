"""The block's groups and the reasons, on the sample archive and on labels made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from recommender.presentation.labels import NAME, TAG, WORD, Label, Shared

from indexer.article.article import Article
from indexer.text.words import word_forms
from recommender.names.extraction import names_in
from recommender.presentation.groups import cluster
from recommender.presentation.wording import ENGLISH
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from recommender.results import Block, item_to_dict, items_of

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


def test_groups_have_different_names_and_none_is_a_section_or_a_site(block: Block) -> None:
    names = [group.name for group in block.groups]
    assert len(set(names)) == len(names) >= 2
    items = [item for group in block.groups for item in group.items]
    labels = {label.casefold() for item in items for label in (item.article.section, item.article.site)}
    assert not labels & {name.casefold() for name in names}


def test_no_word_is_in_two_names(block: Block) -> None:
    topics = [set(word_forms(g.name)) - {"and", "in", "the", "this"} for g in block.groups if "story" not in g.name]
    assert sum(len(words) for words in topics) == len(set().union(*topics))


def test_every_article_under_a_topic_has_every_word_of_its_name(block: Block) -> None:
    for group in block.groups:
        if "story" in group.name or group.name in (ENGLISH.elsewhere, ENGLISH.background):
            continue
        wanted = {form[:4] for form in word_forms(group.name.replace(" and ", " "))}
        for item in group.items:
            text = f"{item.article.headline} {item.article.body} {' '.join(item.article.tags)}"
            assert wanted <= {form[:4] for form in word_forms(text)}, group.name


def test_what_is_only_similar_is_listed_but_not_put_on_the_page(sample_recommender: Recommender) -> None:
    article = "2024-02-24-uranus-moon"
    listed = sample_recommender.related(ArticleSeed(article), RelatedOptions(limit=30)).related
    assert any(item.reason == ENGLISH.similar for item in listed)
    shown = items_of(sample_recommender.block(ArticleSeed(article)))
    assert shown
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
    assert len(shown) <= 3


def test_groups_are_short_and_there_are_few(block: Block) -> None:
    assert len(block.groups) <= 6
    assert all(1 <= len(group.items) <= 4 for group in block.groups)


def test_the_story_is_told_on_both_sides_of_the_article(sample_recommender: Recommender) -> None:
    block = sample_recommender.block(ArticleSeed("2024-02-24-odysseus-on-its-side"))
    groups = {group.name: [item.article.id for item in group.items] for group in block.groups}
    assert block.lead is not None
    assert block.lead.article.id == "2024-02-29-odysseus-goes-quiet"
    assert groups["Latest in this story"] == ["2024-03-25-odysseus-will-not-wake"]
    assert "2024-02-15-odysseus-launch" in groups["Earlier in this story"]


def test_reasons_name_what_both_articles_are_about(sample_recommender: Recommender) -> None:
    found = sample_recommender.related(ArticleSeed("2024-02-22-odysseus-lands"), RelatedOptions(limit=25)).related
    reasons = [item.reason for item in found if not item.relation]
    assert any("Peregrine" in reason for reason in reasons)
    assert not any(stem in f"{reason} " for reason in reasons for stem in ("eregrin ", "dysseu "))


def test_an_item_in_json_has_its_reason_relation_and_siblings(sample_recommender: Recommender) -> None:
    found = sample_recommender.related(ArticleSeed("2024-01-09-peregrine-no-landing"), RelatedOptions(limit=25)).related
    folded = next(item for item in found if item.siblings)
    record = item_to_dict(folded)
    assert record["reason"]
    assert [sibling["id"] for sibling in record["siblings"]] == [sibling.id for sibling in folded.siblings]


def shared(labels: list[tuple[str, str]], strength: list[list[float]]) -> Shared:
    matrix = np.array(strength, np.float32)
    made = tuple(Label(text, kind, tuple(text.lower().split())) for text, kind in labels)
    return Shared(made, np.zeros(len(made), np.float32), matrix, matrix > 0)


def test_articles_go_under_the_label_they_are_most_about() -> None:
    rows = [[0.5, 0], [0.4, 0], [0, 0.5], [0, 0.3], [0, 0]]
    groups = cluster(shared([("Mars", NAME), ("Venus", NAME)], rows))
    assert [(group.name, group.items) for group in groups] == [("Mars", (0, 1)), ("Venus", (2, 3))]


def test_a_label_that_nearly_all_have_names_no_group() -> None:
    rows = [[0.5, 0.3], [0.5, 0.3], [0.5, 0], [0.5, 0], [0.5, 0], [0.5, 0]]
    assert [group.name for group in cluster(shared([("NASA", NAME), ("Mars", NAME)], rows))] == ["Mars"]


def test_two_labels_that_the_whole_group_shares_name_it_together() -> None:
    rows = [[0.5, 0.3], [0.5, 0.3], [0, 0], [0, 0]]
    assert cluster(shared([("Chang'e 6", NAME), ("Queqiao-2", TAG)], rows))[0].name == "Chang'e 6 and Queqiao-2"


def test_a_name_is_preferred_to_a_word_of_the_same_strength() -> None:
    rows = [[0.3, 0.3], [0.3, 0.3], [0, 0]]
    assert cluster(shared([("orbit", WORD), ("Luna", NAME)], rows))[0].name == "Luna"


def test_names_are_found_where_grammar_asks_for_no_capital() -> None:
    body = (
        "Controllers lost touch with Chang'e 6 on Monday. However, the James Webb Space Telescope saw it, "
        "President Ada Lovelace said. Engineers at NASA praised Lovelace. Chinese engineers cheered."
    )
    names = {name.text: name for name in names_in("Probe lost", body, "en")}
    assert {"Chang'e 6", "James Webb Space Telescope", "Ada Lovelace", "NASA"} <= set(names)
    assert not {"Controllers", "However", "Monday", "Engineers", "President Ada Lovelace", "Lovelace"} & set(names)
    assert names["Ada Lovelace"].count == 2
