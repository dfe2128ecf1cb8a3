"""`readmore assert`, and what `readmore reindex` makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.archive import Archive
from readmore import open_engine
from recommender.audit.assertions import read_assertions
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of
from search.curation.yaml_entries import FileError
from tests.opening import recommending
from tests.recommender.archives import several
from tests.recommender.command import run

MOON, ORBIT, FROST = "2024-02-22-odysseus-lands", "2024-02-21-odysseus-lunar-orbit", "2024-05-15-vineyard-frost"


def verdicts(data: Path, text: str) -> list[tuple[int, bool, str]]:
    (data / "assertions.yaml").write_text(text, "utf-8")
    with open_engine(data) as engine:
        found = read_assertions(data / "assertions.yaml").check(recommending(engine))
    return [(one.line, one.holds, one.seen) for one in found]


def test_each_kind_holds_and_fails_where_it_should(data: Path) -> None:
    with open_engine(data) as engine:
        size = len(items_of(recommending(engine).block(ArticleSeed(MOON))))
    found = verdicts(
        data,
        f"""# what must be so
- {{article: {MOON}, has: {ORBIT}, among_first: 3}}
- {{article: {MOON}, has: {FROST}}}
- never_linked: [{MOON}, {FROST}]
- never_linked: [{ORBIT}, {MOON}]
- {{article: {MOON}, at_least: {size}, at_most: {size}}}
- {{article: {MOON}, at_least: {size + 1}}}
- {{article: {MOON}, at_most: {size - 1}}}
- never_linked_sections: [MOON, NO SUCH SECTION]
- never_linked_sections: [MOON, MOON]
- never_linked_sites: [Orbital Dispatch, Perihelion]
""",
    )
    assert [(line, holds) for line, holds, _ in found] == [
        (2, True), (3, False), (4, True), (5, False), (6, True), (7, False), (8, False), (9, True), (10, False),
        (11, False),
    ]  # fmt: skip
    assert found[0][2] == "place 1"
    assert f"{ORBIT} is under {MOON}" in found[3][2]
    assert found[5][2] == f"it has {size}"
    assert "and" in found[8][2]


def test_among_the_first_means_the_place_in_the_list(data: Path) -> None:
    with open_engine(data) as engine:
        third = recommending(engine).related(ArticleSeed(MOON)).related[2].article.id
    found = verdicts(data, "".join(f"- {{article: {MOON}, has: {third}, among_first: {n}}}\n" for n in (2, 3)))
    assert [(holds, seen) for _, holds, seen in found] == [(False, "place 3"), (True, "place 3")]


def test_rules_make_assertions_hold(data: Path) -> None:
    text = "- never_linked_sections: [MOON, LAUNCH]\n  sample: 1000\n"
    assert not verdicts(data, text)[0][1]
    (data / "rules.yaml").write_text("- forbid_sections: [MOON, LAUNCH]\n", "utf-8")
    line, holds, seen = verdicts(data, text)[0]
    assert (line, holds) == (1, True)
    with open_engine(data) as engine:
        n_moon = sum(a.section == "MOON" for a in engine.latest(1000))
    assert f"{n_moon} of {n_moon} articles of MOON" in seen


def test_a_sample_is_evenly_spread_and_said(data: Path) -> None:
    assert "looked at 2 of" in verdicts(data, "- never_linked_sections: [MOON, X]\n  sample: 2\n")[0][2]


def test_what_cannot_be_checked_does_not_hold(data: Path) -> None:
    found = verdicts(
        data,
        f"""- {{article: {MOON}, has: no-such}}
- never_linked: [{MOON}]
- {{article: {MOON}}}
- {{article: {MOON}, at_least: 3, at_most: 2}}
- {{article: {MOON}, has: {ORBIT}, among_first: 11}}
- {{article: {MOON}, has: {ORBIT}, amongfirst: 3}}
""",
    )
    assert [holds for _, holds, _ in found] == [False] * 6
    assert [line for line, _, _ in found] == [1, 2, 3, 4, 5, 6]
    assert "no-such" in found[0][2]
    assert "two values" in found[1][2]


def test_the_command_says_pass_and_fail_by_line_and_status(data: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(f"- never_linked: [{MOON}, {FROST}]\n", "utf-8")
    bad.write_text(f"- never_linked: [{MOON}, {FROST}]\n- never_linked: [{MOON}, {ORBIT}]\n", "utf-8")
    assert run(data, "assert", str(good)).stdout.splitlines()[-1] == "1 of 1 assertions hold"
    lines = run(data, "assert", str(bad), status=1).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")][:2] == ["ok    line 1", "FAIL  line 2"]
    record = json.loads(run(data, "assert", str(bad), "--json", status=1).stdout)
    assert record["holds"] is False
    assert [one["holds"] for one in record["assertions"]] == [True, False]


def test_without_a_file_or_with_one_that_is_no_list_nothing_is_checked(data: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"assertions\.yaml: no such file"):
        run(data, "assert")
    (data / "assertions.yaml").write_text("never_linked: [a, b]\n", "utf-8")
    with pytest.raises(FileError, match="line 1"):
        run(data, "assert")
    with pytest.raises(FileError, match="line 1"):
        run(data, "reindex")


def generation(data: Path) -> int:
    with Archive.open(data) as archive:
        return archive.manifest().generation


def test_reindex_goes_live_where_assertions_hold(data: Path) -> None:
    (data / "assertions.yaml").write_text(f"- never_linked: [{MOON}, {FROST}]\n", "utf-8")
    before = generation(data)
    assert "154 articles indexed again" in run(data, "reindex").stdout
    assert generation(data) > before


def test_reindex_that_fails_an_assertion_leaves_the_old_index_as_it_was(data: Path) -> None:
    (data / "assertions.yaml").write_text(f"- article: {MOON}\n  has: {FROST}\n", "utf-8")
    run(data, "related", MOON)
    before = generation(data)
    files = sorted(path for path in (data / "index").rglob("*") if path.is_file())
    outcome = run(data, "reindex", status=1)
    assert outcome.stdout == ""
    assert "FAIL  line 1" in outcome.stderr
    assert "the old index goes on serving" in outcome.stderr
    assert generation(data) == before
    assert sorted(path for path in (data / "index").rglob("*") if path.is_file()) == files
    assert json.loads(run(data, "related", MOON, "--json").stdout)["related"][0]["id"] == ORBIT
    run(data, "check")
    record = json.loads(run(data, "reindex", "--json", status=1).stdout)
    assert (record["live"], len(record["failing"])) == (False, 1)
    assert "and the new index is live" in run(data, "reindex", "--force").stderr
    assert generation(data) > before


def test_the_new_index_is_what_is_checked(data: Path) -> None:
    """An index from which an article was lost fails an assertion that the stored articles fulfil."""
    with Archive.open(data) as archive:
        archive.add(several())
        seq = archive.store.seqs([ORBIT])[ORBIT]
        from indexer.commit.commit import Change, commit

        commit(archive.index, [], Change(archive.store.last_seq(), archive.store.last_removal(), [seq]))
    (data / "assertions.yaml").write_text(f"- {{article: {MOON}, has: {ORBIT}, among_first: 3}}\n", "utf-8")
    run(data, "assert", status=1)
    run(data, "reindex")
    run(data, "assert")


def test_a_damaged_index_is_rebuilt_even_if_assertions_fail(data: Path) -> None:
    (data / "assertions.yaml").write_text(f"- article: {MOON}\n  has: {FROST}\n", "utf-8")
    (data / "index" / "manifest.json").write_text("{", "utf-8")
    outcome = run(data, "reindex", status=1)
    assert "the old one could not be read" in outcome.stderr
    assert json.loads(run(data, "related", MOON, "--json").stdout)["related"][0]["id"] == ORBIT


def test_what_the_gate_raises_for_another_reason_leaves_nothing_behind(data: Path) -> None:
    def refuse(manifest: object) -> None:
        raise KeyboardInterrupt

    files = sorted(path for path in (data / "index").rglob("*") if path.is_file())
    with Archive.open(data) as archive, pytest.raises(KeyboardInterrupt):
        archive.reindex(approve=refuse)
    assert sorted(path for path in (data / "index").rglob("*") if path.is_file()) == files
