"""What the editors decided holds in every answer."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from recommender.editors.editors import Editors
from recommender.related import Recommender
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed, DraftSeed
from recommender.results import items_of
from tests.recommender.archives import article, several

Make = Callable[[Iterable[Article]], Recommender]
SITES = ("Daily", "Weekly")


def data_of(recommender: Recommender) -> Path:
    return recommender.engine.folder.path


def write(recommender: Recommender, text: str) -> None:
    (data_of(recommender) / "rules.yaml").write_text(text, "utf-8")


def ids(recommender: Recommender, of: str, limit: int = 10, **wanted: object) -> list[str]:
    found = recommender.related(ArticleSeed(of), RelatedOptions(limit=limit, **wanted))  # type: ignore[arg-type]
    return [item.article.id for item in found.related]


def network() -> list[Article]:
    """Articles on bread of two sites in three sections, among articles on other subjects in a fourth."""
    others = [one for one in several(9) if not one.id.startswith("bread")]
    bread = [article("bread", n, site=SITES[n % 2], section=("LIFE", "SPORT", "MONEY")[n % 3]) for n in range(18)]
    return [*bread, *others]


@pytest.mark.parametrize("position", [1, 2, 4])
def test_a_pin_stands_at_its_place_and_says_why(recommender_of: Make, position: int) -> None:
    recommender = recommender_of(several(8))
    before = ids(recommender, "bread-2")
    write(recommender, f"- pin: chess-3\n  under: bread-2\n  position: {position}\n")
    found = recommender.related(ArticleSeed("bread-2"), RelatedOptions(limit=10)).related
    after = [item.article.id for item in found]
    assert after[position - 1] == "chess-3"
    assert [one for one in after if one != "chess-3"] == before[: len(after) - 1]
    assert (found[position - 1].reason, found[position - 1].relation) == ("picked by the editors", "pinned")
    assert "chess-3" not in ids(recommender, "bread-3")


def test_a_pin_of_what_is_related_anyway_moves_it_up_and_does_not_double_it(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    last = ids(recommender, "bread-2")[-1]
    write(recommender, f"- pin: {last}\n  under: bread-2\n")
    after = ids(recommender, "bread-2")
    assert after[0] == last
    assert len(after) == len(set(after))


def test_pins_keep_the_order_of_the_file_and_the_limit(recommender_of: Make) -> None:
    recommender = recommender_of(several(8))
    write(recommender, "".join(f"- pin: chess-{n}\n  under: bread-2\n" for n in (5, 1, 3)))
    assert ids(recommender, "bread-2", limit=4)[:3] == ["chess-5", "chess-1", "chess-3"]
    assert ids(recommender, "bread-2", limit=2) == ["chess-5", "chess-1"]


def test_a_pin_beyond_the_end_comes_last(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    write(recommender, "- pin: chess-3\n  under: bread-2\n  position: 50\n")
    assert ids(recommender, "bread-2")[-1] == "chess-3"


def test_a_pin_that_is_over_removed_excluded_or_filtered_away_is_passed_over(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    plain = ids(recommender, "bread-2")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    write(recommender, f"- pin: chess-3\n  under: bread-2\n  until: {yesterday}\n")
    assert ids(recommender, "bread-2") == plain
    write(recommender, f"- pin: chess-3\n  under: bread-2\n  until: {datetime.now(UTC).date()}\n")
    assert ids(recommender, "bread-2")[0] == "chess-3"
    assert "chess-3" not in ids(recommender, "bread-2", exclude=["chess-3"])
    assert "chess-3" not in ids(recommender, "bread-2", filters={"site": ["Elsewhere"]})
    with Archive.open(data_of(recommender)) as archive:
        archive.remove(["chess-3"])
    assert ids(recommender, "bread-2") == plain
    write(recommender, "- pin: no-such\n  under: bread-2\n")
    assert ids(recommender, "bread-2") == plain


def test_a_pin_never_brings_the_article_itself_or_its_copy(recommender_of: Make) -> None:
    copy = article("bread", 2, id="copy", site="Weekly")
    recommender = recommender_of([*several(), copy])
    write(recommender, "- pin: copy\n  under: bread-2\n")
    assert "copy" not in ids(recommender, "bread-2")


def test_where_nothing_is_related_a_pin_is_all_there_is(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 0, id="alone", title="Zzz", body="Qqq www eee rrr ttt")])
    assert recommender.related(ArticleSeed("alone")).fallback
    write(recommender, "- pin: chess-3\n  under: alone\n")
    assert not recommender.related(ArticleSeed("alone")).fallback
    assert ids(recommender, "alone") == ["chess-3"]


def test_in_the_block_a_pin_leads_or_has_a_group_of_its_own(sample_copy: Recommender) -> None:
    odysseus, frost = "2024-02-22-odysseus-lands", "2024-05-15-vineyard-frost"
    write(sample_copy, f"- pin: {frost}\n  under: {odysseus}\n")
    lead = sample_copy.block(ArticleSeed(odysseus)).lead
    assert lead is not None
    assert (lead.article.id, lead.reason) == (frost, "picked by the editors")
    write(sample_copy, f"- pin: {frost}\n  under: {odysseus}\n  position: 2\n")
    first = sample_copy.block(ArticleSeed(odysseus)).groups[0]
    assert (first.name, [item.article.id for item in first.items]) == ("Picked by the editors", [frost])


@pytest.mark.parametrize("one_way", [False, True])
def test_a_forbidden_pair_is_never_linked(recommender_of: Make, one_way: bool) -> None:
    recommender = recommender_of(several())
    write(
        recommender,
        f"- forbid: [bread-1, bread-2]\n  one_way: {str(one_way).lower()}\n- pin: bread-2\n  under: bread-1\n",
    )
    assert "bread-2" not in ids(recommender, "bread-1")
    assert ("bread-1" in ids(recommender, "bread-2")) is one_way
    assert {"bread-1", "bread-2"} <= set(ids(recommender, "bread-3"))


def test_a_forbidden_article_takes_its_copy_along(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 2, id="copy", site="Weekly")])
    write(recommender, "- forbid: [bread-1, bread-2]\n")
    found = recommender.related(ArticleSeed("bread-1")).related
    assert not {"bread-2", "copy"} & {one.id for item in found for one in (item.article, *item.siblings)}


def test_what_the_page_shows_takes_its_copy_along(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 2, id="copy", site="Weekly")])
    assert not {"bread-2", "copy"} & set(ids(recommender, "bread-1", exclude=["bread-2"]))


def test_an_article_offered_nowhere_is_no_sibling_and_no_fallback_either(recommender_of: Make) -> None:
    alone = article("bread", 0, id="alone", title="Zzz", body="Qqq www eee rrr ttt")
    recommender = recommender_of([*several(), article("bread", 2, id="copy", site="Weekly"), alone])
    write(recommender, "- never_offer: bread-2\n- never_offer: chess-4\n")
    shown = [item for one in ("bread-1", "chess-1", "alone") for item in recommender.related(ArticleSeed(one)).related]
    assert not {"bread-2", "chess-4"} & {one.id for item in shown for one in (item.article, *item.siblings)}
    assert ids(recommender, "bread-2")  # it has related articles itself


def test_an_article_expires_on_its_day(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    today = datetime.now(UTC).date()
    write(recommender, f"- never_offer: bread-2\n  from: {today + timedelta(days=1)}\n")
    assert "bread-2" in ids(recommender, "bread-1")
    write(recommender, f"- never_offer: bread-2\n  from: {today}\n")
    assert "bread-2" not in ids(recommender, "bread-1")


@pytest.mark.parametrize(("field", "values"), [("section", ("LIFE", "SPORT")), ("site", SITES)])
def test_forbidden_sections_and_sites_are_never_linked(
    recommender_of: Make, field: str, values: tuple[str, str]
) -> None:
    recommender = recommender_of(network())
    write(recommender, f"- forbid_{field}s: [{values[0].lower()}, {values[1]}]\n")
    for one in network()[:18]:
        here = getattr(one, field)
        others = {getattr(item.article, field) for item in recommender.related(ArticleSeed(one.id)).related}
        assert others
        assert here not in values or not (set(values) - {here}) & others


def test_one_way_between_sections_leaves_the_other_way_open(recommender_of: Make) -> None:
    recommender = recommender_of(network())
    write(recommender, "- forbid_sections: [LIFE, SPORT]\n  one_way: true\n")
    to = {
        one.section: {i.article.section for i in recommender.related(ArticleSeed(one.id)).related}
        for one in network()[:18]
    }
    assert "SPORT" not in to["LIFE"]
    assert "LIFE" in to["SPORT"]


@pytest.mark.parametrize("limit", [1, 4, 10])
@pytest.mark.parametrize("quota", ["2", "0", "25%", "50%"])
def test_quotas_are_kept_and_their_places_filled(recommender_of: Make, quota: str, limit: int) -> None:
    recommender = recommender_of(network())
    write(recommender, f"- at_most: {quota}\n  site: weekly\n")
    found = recommender.related(ArticleSeed("bread-0"), RelatedOptions(limit=limit)).related
    weekly = sum(item.article.site == "Weekly" for item in found)
    most = len(found) * int(quota[:-1]) / 100 if quota.endswith("%") else int(quota)
    assert weekly <= most
    assert len(found) == min(limit, 8 + weekly)  # the other site has eight more


def test_a_quota_for_each_counts_each_alone(recommender_of: Make) -> None:
    recommender = recommender_of(network())
    write(recommender, "- at_most: 2\n  section: '*'\n")
    counts = Counter(item.article.section for item in recommender.related(ArticleSeed("bread-0")).related)
    assert counts == {"LIFE": 2, "SPORT": 2, "MONEY": 2}


def test_picks_by_editors_count_towards_a_quota_and_stay(recommender_of: Make) -> None:
    recommender = recommender_of(network())
    write(
        recommender, "- at_most: 1\n  site: Weekly\n" + "".join(f"- pin: bread-{n}\n  under: bread-0\n" for n in (1, 3))
    )
    found = [item.article for item in recommender.related(ArticleSeed("bread-0")).related]
    assert [one.id for one in found if one.site == "Weekly"] == ["bread-1", "bread-3"]


@pytest.mark.parametrize("quota", ["1", "20%"])
def test_the_block_keeps_quotas_too(sample_copy: Recommender, quota: str) -> None:
    write(sample_copy, f"- at_most: {quota}\n  section: '*'\n")
    for one in ("2024-02-22-odysseus-lands", "2024-06-02-change-6-lands-far-side", "2024-05-15-vineyard-frost"):
        items = items_of(sample_copy.block(ArticleSeed(one)))
        counts = Counter(item.article.section for item in items)
        most = 1 if quota == "1" else len(items) * 0.2
        assert all(number <= most for section, number in counts.items() if section) or len(items) == 1


def test_a_changed_file_holds_at_once_and_its_edition_is_another(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    editions = [recommender.edition()]
    assert recommender.edition() == editions[0]
    with Archive.open(data_of(recommender)) as archive:
        editors = Editors(archive)
        for change in (
            lambda: editors.pin("bread-2", "chess-3"),
            lambda: editors.forbid("bread-2", "bread-1"),
            lambda: editors.unpin("bread-2", "chess-3"),
            lambda: editors.allow("bread-1", "bread-2"),
        ):
            change()
            editions.append(recommender.edition())
            found = ids(recommender, "bread-2")
            assert ("chess-3" in found) is (len(editions) in (2, 3))
            assert ("bread-1" in found) is (len(editions) in (2, 5))
    assert len(set(editions)) == len(editions)


def test_a_file_that_breaks_leaves_the_rules_in_force_and_is_logged(
    recommender_of: Make, caplog: pytest.LogCaptureFixture
) -> None:
    recommender = recommender_of(several())
    write(recommender, "- forbid: [bread-1, bread-2]\n")
    assert "bread-2" not in ids(recommender, "bread-1")
    with caplog.at_level(logging.WARNING):
        write(recommender, "- forbid: [bread-1, bread-2\n")
        assert "bread-2" not in ids(recommender, "bread-1")
    assert "rules.yaml, line 2" in caplog.text
    write(recommender, "- forbid: [bread-1]\n- forbid: [bread-1, bread-3]\n")
    assert "bread-3" not in ids(recommender, "bread-1")
    assert "bread-2" in ids(recommender, "bread-1")


def test_rules_name_articles_by_address_as_well(recommender_of: Make) -> None:
    recommender = recommender_of([*several(), article("bread", 9, url="https://daily.example/nine")])
    write(recommender, "- forbid: ['https://daily.example/nine', bread-2]\n")
    assert "bread-9" not in ids(recommender, "bread-2")
    assert "bread-2" not in ids(recommender, "bread-9")


def test_a_draft_obeys_the_rules_of_the_article_it_will_replace(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    write(recommender, "- forbid: [bread-1, bread-2]\n- pin: chess-3\n  under: bread-1\n")
    found = [item.article.id for item in recommender.related(DraftSeed(article("bread", 1, "More to come."))).related]
    assert found[0] == "chess-3"
    assert not {"bread-1", "bread-2"} & set(found)
