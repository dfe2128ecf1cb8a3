"""Sources as a whole: files, folders and standard input, and that nothing bad in them stops the rest."""

from __future__ import annotations

import io
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.base.errors import ReadmoreError
from indexer.sources import Accepted, Item, Refused, count_articles, kinds, read_source
from indexer.sources.record import ALIASES

RECORD = '{"id": "%s", "title": "A title"}\n'
POST = "---\ntitle: A title\n---\nText\n"


def fill(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def ids(items: Sequence[Item]) -> list[str]:
    return [item.article.id for item in items if isinstance(item, Accepted)]


def test_a_folder_is_read_in_sorted_order_with_all_below_it(tmp_path: Path) -> None:
    fill(
        tmp_path,
        b_dot_md=POST,
        a__c_dot_jsonl=RECORD % "c1" + RECORD % "c2",
        a__B_dot_MARKDOWN=POST,
        z_dot_txt="A title\n\nText",
        e__d__e__f_dot_ndjson=RECORD % "f",
    )

    items = list(read_source(tmp_path))

    assert ids(items) == ["B", "c1", "c2", "b", "f", "z"]
    assert [item.where.removeprefix(f"{tmp_path}/") for item in items] == [
        "a/B.MARKDOWN", "a/c.jsonl:1", "a/c.jsonl:2", "b.md", "e/d/e/f.ndjson:1", "z.txt",
    ]  # fmt: skip
    assert count_articles(tmp_path) == 6
    assert list(read_source(str(tmp_path))) == items


def test_hidden_files_other_kinds_and_what_tools_install_are_left_out(tmp_path: Path) -> None:
    fill(
        tmp_path,
        _dot_hidden_dot_md=POST,
        _dot_git__x_dot_md=POST,
        node_modules__pkg__README_dot_md=POST,
        picture_dot_png="x",
        md="x",
        data_dot_json="{}",
        archive_dot_gz="x",
        seen_dot_md=POST,
    )

    passed_over: Counter[str] = Counter()
    assert ids(list(read_source(tmp_path, passed_over=passed_over))) == ["seen"]
    assert count_articles(tmp_path) == 1
    assert passed_over == {"hidden": 2, "node_modules/": 1, ".png": 1, "without a suffix": 1, ".json": 1, ".gz": 1}


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    reason = "nothing to read in it"
    assert list(read_source(tmp_path)) == [Refused(str(tmp_path), reason)]
    assert count_articles(tmp_path) == 0

    fill(tmp_path, a__one_dot_docx="x", two_dot_DOCX="x", three_dot_html2="x")
    assert list(read_source(tmp_path)) == [Refused(str(tmp_path), f"{reason}, only 2 .docx, 1 .html2")]


def test_standard_input_is_json_lines() -> None:
    items = list(read_source("-", stdin=io.BytesIO(b'{"id": "a", "title": "T"}\nno\n')))

    assert [item.where for item in items] == ["standard input:1", "standard input:2"]
    assert isinstance(items[1], Refused)
    assert count_articles("-") is None


def test_standard_input_is_the_processs_own_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "a", "title": "T"}\n')))

    assert ids(list(read_source(Path("-")))) == ["a"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.jsonl", "{}: no such file or folder"),
        ("missing", "{}: no such file or folder"),
        (
            "posts.docx",
            "{}: not a kind of file that can be read; known are .jsonl, .md, .rst, .txt, .json, .csv, .html,"
            " .xml, .zip, .warc and more: see 'readmore sources'",
        ),
        ("posts.docx/x.md", "'{}': cannot be read: Not a directory"),
        ("a\0b", None),
        ("\ud800.md", None),
    ],
)
def test_a_source_that_is_not_there_or_of_no_known_kind_is_an_error_at_once(
    tmp_path: Path, name: str, message: str | None
) -> None:
    (tmp_path / "posts.docx").write_text("x")
    path = tmp_path / name

    with pytest.raises(ReadmoreError) as raised:
        read_source(path)
    if message:
        assert str(raised.value) == message.format(path)
    assert count_articles(path) is None


def test_links_are_followed_and_a_loop_is_walked_once(tmp_path: Path) -> None:
    fill(tmp_path, real__a_dot_md=POST)
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "shortcut.md").symlink_to(tmp_path / "real" / "a.md")

    assert ids(list(read_source(tmp_path))) == ["a", "shortcut"]


def test_a_broken_link_and_a_pipe_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    fill(tmp_path, a_dot_md=POST, z_dot_md=POST)
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "c.md").symlink_to(tmp_path / "c.md")
    (tmp_path / "d.png").symlink_to(tmp_path / "gone.png")
    os.mkfifo(tmp_path / "e.jsonl")

    items = list(read_source(tmp_path))

    assert ids(items) == ["a", "z"]
    assert items[1:4] == [
        Refused(str(tmp_path / "b.md"), "a link to a file that is not there"),
        Refused(str(tmp_path / "c.md"), "a link to a file that is not there"),
        Refused(str(tmp_path / "e.jsonl"), "not a regular file"),
    ]


@pytest.mark.parametrize("kind", [".md", ".txt", ".jsonl", ".jsonl.gz"])
def test_a_file_that_must_not_be_read_is_refused(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, z_dot_md=POST)
    path = tmp_path / f"a{kind}"
    path.write_text(POST)
    path.chmod(0)
    if os.access(path, os.R_OK):  # we are root, for whom there are no permissions
        forbid(monkeypatch, path)

    first, second = read_source(tmp_path)

    assert first == Refused(str(path), "cannot be read: Permission denied")
    assert isinstance(second, Accepted)
    assert list(read_source(path)) == [first]


def forbid(monkeypatch: pytest.MonkeyPatch, forbidden: Path) -> None:
    opened = io.open

    def guarded(file: object, *args: object, **options: object) -> object:
        if str(file) == str(forbidden):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("io.open", guarded)
    monkeypatch.setattr("builtins.open", guarded)


def test_a_folder_that_must_not_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, a__x_dot_md=POST, b_dot_md=POST)
    listed = Path.iterdir

    def guarded(path: Path) -> object:
        if path.name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", guarded)
    first, second = read_source(tmp_path)

    assert first == Refused(str(tmp_path / "a"), "cannot be read: Permission denied")
    assert isinstance(second, Accepted)


def test_a_file_name_that_is_not_utf8_can_be_stored_and_printed(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.md"
    Path(os.fsdecode(path)).write_text(POST)

    (item,) = read_source(tmp_path)

    assert isinstance(item, Accepted)
    assert item.where == f"{tmp_path}/caf\ufffd.md"
    assert item.article.to_json().encode()
    assert item.article.id.startswith("caf-")


def test_counting_gives_up_on_what_would_take_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, a_dot_jsonl=RECORD % "a", b_dot_md=POST)
    monkeypatch.setattr("indexer.sources.formats.jsonl._MAX_COUNTED_BYTES", {True: 10, False: 10})

    assert count_articles(tmp_path / "a.jsonl") is None
    assert count_articles(tmp_path) is None
    assert count_articles(tmp_path / "b.md") == 1


def test_a_damaged_archive_has_no_count(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"no gzip")

    assert count_articles(tmp_path / "a.jsonl.gz") is None


def test_opening_sources_again_and_again_leaves_no_file_open(tmp_path: Path) -> None:
    fill(tmp_path, a_dot_md=POST, b_dot_txt="T\n\nx", c_dot_jsonl=(RECORD % "c") * 3)
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("counts the open files in /proc")
    before = len(list(descriptors.iterdir()))

    for _ in range(50):
        assert len(list(read_source(tmp_path))) == 5
        next(iter(read_source(tmp_path / "c.jsonl")))  # given up in the middle

    assert len(list(descriptors.iterdir())) == before


SUFFIXES = st.sampled_from([suffix for _, suffixes in kinds() for suffix in suffixes])


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SUFFIXES, st.binary(max_size=300))
def test_any_bytes_in_any_format_are_items_and_no_exception(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)

    for item in read_source(path):
        assert item.where.startswith(str(path))
        assert isinstance(item, Accepted) or item.reason
    path.unlink()


@pytest.mark.parametrize(
    "source", ["inputs/18f-posts", "inputs/space-travel-news-2024-03-18.txt", "collections/med/docs.jsonl.gz"]
)
def test_real_files_with_random_damage_still_give_items(
    tmp_path: Path, shared: Callable[[str], Path], source: str
) -> None:
    given_path = shared(source)
    files = sorted(given_path.iterdir())[:40] if given_path.is_dir() else [given_path] * 20
    dice = random.Random(f"{source} 1")
    for file in files:
        data = bytearray(file.read_bytes())
        for _ in range(dice.randint(1, 5)):
            start = dice.randrange(len(data))
            data[start : start + dice.randint(0, 30)] = dice.randbytes(dice.randint(0, 30))
        damaged = tmp_path / file.name
        damaged.write_bytes(data)

        assert list(read_source(damaged))


def test_every_key_kind_of_file_and_message_is_documented() -> None:
    root = Path(__file__).resolve().parents[3]
    text = (root / "docs/sources.md").read_text()
    suffixes = [suffix for _, suffixes in kinds() for suffix in suffixes if not suffix.endswith(".gz")]
    keys = [key for field, aliases in ALIASES.items() for key in (field, *aliases)]

    assert [name for name in (*suffixes, *keys) if f"`{name}`" not in text] == []

    reason = re.compile(r"""(?:ArticleError\(|Refused\([\w()]+, |append\(\s*)f?(?:"([^"{]{12,}))""")
    messages = [
        found for file in (root / "indexer/sources").rglob("*.py") for found in reason.findall(file.read_text())
    ]
    assert len(messages) > 12
    assert [message for message in messages if message.strip("'(: ") not in text] == []
