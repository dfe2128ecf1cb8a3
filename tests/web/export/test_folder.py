"""The folder of a static export: safe names, nothing foreign touched, progress kept through kills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.base.errors import WriteError
from web.export.folder import DOUBTFUL, MARKER, PROGRESS, ExportError, ExportFolder, name_of, write_block

IDS = st.from_regex(r"\A[A-Za-z0-9_-]{1,200}\Z")


def parts(article_id: str, text: str = "") -> Sequence[bytes]:
    return json.dumps({"id": article_id, "text": text}).encode(), f"<p>{article_id}{text}</p>".encode()


def fill(folder: ExportFolder, ids: Sequence[str], state: str, all_ids: Sequence[str] | None = None) -> list[str]:
    """A whole run; returns the ids that it had to make."""
    left = folder.begin(all_ids or ids, state)
    for article_id in left:
        write_block(folder.root, article_id, parts(article_id))
        folder.note_done([(article_id, b"trace")])
    folder.finish(all_ids or ids, complete=True, blocks=lambda: state.encode())
    return left


def files(root: Path) -> set[str]:
    return {f"{path.parent.name}/{path.name}" for kind in ("json", "html") for path in (root / kind).iterdir()}


@given(st.lists(IDS, unique=True, max_size=6))
def test_names_differ_even_where_case_does_not_count_and_stay_in_the_folder(ids: list[str]) -> None:
    names = [name_of(article_id) for article_id in ids]
    assert len({name.lower() for name in names}) == len(ids)
    for name in names:
        assert name == name.lower()
        assert "/" not in name
        assert not name.startswith(".")
        assert len(name) <= 200


@pytest.mark.parametrize("article_id", ["con", "nul", "lpt1", "COM3", "Moon", "x" * 200])
def test_ids_that_some_systems_cannot_have_as_names_get_digits(article_id: str) -> None:
    assert name_of(article_id).split(".")[0] == article_id.lower()[:160]
    assert len(name_of(article_id).split(".")[1]) == 12


def test_a_plain_id_is_its_own_name() -> None:
    assert name_of("2024-03-18-orbit_1") == "2024-03-18-orbit_1"
    assert name_of("Moon") != name_of("MOON")


def test_a_second_run_in_the_same_state_has_nothing_to_do_but_what_was_taken_away(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        assert fill(folder, ["a", "b"], "one") == ["a", "b"]
        assert fill(folder, ["a", "b"], "one") == []
        (tmp_path / "out" / "html" / "b.html").unlink()
        assert fill(folder, ["a", "b"], "one") == ["b"]
        assert fill(folder, ["a", "b"], "two") == ["a", "b"]


def test_a_link_in_place_of_the_notes_of_a_run_is_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("not ours")
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        (folder.root / PROGRESS).symlink_to(other)
        fill(folder, ["a", "b"], "one")
    assert other.read_text() == "not ours"


def test_files_of_articles_that_are_gone_go_and_foreign_files_stay(tmp_path: Path) -> None:
    root = tmp_path / "out"
    with ExportFolder(root, str(tmp_path)) as folder:
        fill(folder, ["a", "B"], "one")
        foreign = {"json/notes.json": '{"id": "other"}', "json/list.json": "[1]", "html/page.html": "<p>", "json/x": ""}
        for name, text in foreign.items():
            (root / name).write_text(text)
        folder.begin(["a"], "two")
        assert folder.finish(["a"], complete=True, addresses={"/a/": "a", "/B/": "B"}) == 1
    assert files(root) == {"json/a.json", "html/a.html", *foreign}
    index = json.loads((root / "index.json").read_text())
    assert (index["articles"], index["addresses"]) == ({"a": "a"}, {"/a/": "a"})


@pytest.mark.parametrize("last_line", ["", "c", "b\nc"])
def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path, last_line: str) -> None:
    root, ids = tmp_path / "out", ["a", "b", "c"]
    with ExportFolder(root, str(tmp_path)) as folder:
        for article_id in folder.begin(ids, "one")[:2]:
            write_block(root, article_id, parts(article_id))
        with (root / PROGRESS).open("a") as file:
            file.write("a\n" + last_line)  # a kill can leave half a line behind
    with ExportFolder(root, str(tmp_path)) as folder:
        assert folder.begin(ids, "one") == (["c"] if last_line.startswith("b") else ["b", "c"])
    with ExportFolder(root, str(tmp_path)) as folder:
        assert folder.begin(ids, "two") == ids, "another state of the archive begins anew"


def test_a_broken_off_run_is_not_taken_for_the_state_before(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        fill(folder, ["a", "b"], "one")
        folder.begin(["a", "b"], "two")
        write_block(folder.root, "a", parts("a", "new"))
        assert folder.begin(["a", "b"], "one") == ["a", "b"], "a shows another state by now"


def test_what_is_unchanged_is_left_but_for_what_a_run_was_to_make_that_was_broken_off(tmp_path: Path) -> None:
    root, ids = tmp_path / "out", ["a", "b", "c", "d"]
    with ExportFolder(root, str(tmp_path)) as folder:
        assert folder.blocks() is None
        fill(folder, ids, "one")
        assert folder.blocks() == b"one"
        assert folder.begin(ids, "two", lambda: ["a", "b"]) == ["c", "d"]
        write_block(root, "c", parts("c", "new"))
    with ExportFolder(root, str(tmp_path)) as folder:
        assert folder.blocks() == b"one"
        assert folder.begin(ids, "three", lambda: ["a", "c", "d"]) == ["b", "c", "d"]
    with ExportFolder(root, str(tmp_path)) as folder:
        assert folder.begin(ids, "one", lambda: ids) == ["b", "c", "d"], "whatever it is that they show"
        folder.finish(ids, complete=False, blocks=lambda: b"one")
        assert folder.begin(ids, "one", lambda: ids) == ["b", "c", "d"], "not all was made"
        folder.finish(ids, complete=True, blocks=lambda: b"one again")
        assert folder.begin(ids, "four", lambda: ids) == []
        assert folder.blocks() == b"one again"


def test_a_trace_is_known_to_the_run_that_goes_on(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        folder.begin(["a", "b"], "one")
        write_block(folder.root, "a", parts("a"))
        folder.note_done([("a", bytes(range(256)))])
        folder.finish(["a", "b"], complete=False)
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        assert folder.begin(["a", "b"], "one") == ["b"]
        assert folder.traces == {"a": bytes(range(256))}


def test_without_the_list_of_what_is_doubtful_all_is(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path)) as folder:
        fill(folder, ["a", "b"], "one")
        folder.begin(["a", "b"], "two", lambda: ["a"])
        (tmp_path / "out" / DOUBTFUL).write_bytes(b"\xff\xfe")
        assert folder.begin(["a", "b"], "three", lambda: ["a", "b"]) == ["a", "b"]


def test_half_written_files_are_cleared_away(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path)):
        (tmp_path / "out" / "json" / ".123.tmp").write_text("{")
    with ExportFolder(tmp_path / "out", str(tmp_path)):
        assert files(tmp_path / "out") == set()


def test_a_foreign_folder_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("x")
    with pytest.raises(ExportError, match="no export of readmore"), ExportFolder(tmp_path, str(tmp_path)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize("marker", ["", "{}", "[]", '{"format": "other"}'])
def test_a_marker_that_is_not_ours_is_refused(tmp_path: Path, marker: str) -> None:
    (tmp_path / MARKER).write_text(marker)
    with pytest.raises(ExportError, match=MARKER), ExportFolder(tmp_path, str(tmp_path)):
        pass


def test_the_export_of_another_archive_is_refused(tmp_path: Path) -> None:
    with ExportFolder(tmp_path / "out", str(tmp_path / "one")):
        pass
    with (
        pytest.raises(ExportError, match="holds the export of the archive"),
        ExportFolder(tmp_path / "out", str(tmp_path / "two")),
    ):
        pass


def test_two_processes_do_not_export_to_one_folder(tmp_path: Path) -> None:
    with (
        ExportFolder(tmp_path / "out", str(tmp_path)),
        pytest.raises(ExportError, match="another process"),
        ExportFolder(tmp_path / "out", str(tmp_path)),
    ):
        pass


def test_a_file_and_a_folder_that_cannot_be_made_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="is a file"), ExportFolder(tmp_path / "file", str(tmp_path)):
        pass
    with pytest.raises(WriteError, match="cannot be written"), ExportFolder(tmp_path / "file" / "out", str(tmp_path)):
        pass
