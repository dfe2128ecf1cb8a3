"""JSON Lines: keys and their aliases, what is mended, what is refused, and that the rest goes on."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import Article, Dateline
from indexer.article.urls import id_from_url
from indexer.schema import SHARED
from indexer.sources import Accepted, Document, Item, Refused, count_articles, read_source
from indexer.sources.formats.jsonl import MAX_LINE_BYTES, read
from indexer.sources.record import ALIASES
from indexer.sources.wire import readable_text

GOOD = b'{"id": "good", "title": "Good"}'


def items(*lines: bytes) -> list[Item]:
    return list(read(Document.of_bytes(b"\n".join(lines), "posts.jsonl")))


def item(**record: Any) -> Item:
    (found,) = items(json.dumps(record).encode())
    return found


def accepted(**record: Any) -> Accepted:
    found = item(**{"id": "x", "title": "T"} | record)
    assert isinstance(found, Accepted), found
    return found


def refused(**record: Any) -> Refused:
    found = item(**record)
    assert isinstance(found, Refused), found
    return found


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"status": "retracted"}, "retracted"),
        ({"status": " Withdrawn "}, "retracted"),
        ({"retracted": True}, "retracted"),
        ({"retracted": "true", "status": "publish"}, "retracted"),
        ({"retracted": False}, ""),
        ({"status": "publish"}, ""),
        ({"status": 1}, ""),
    ],
)
def test_a_retraction_is_read_and_other_states_say_nothing(record: dict[str, Any], status: str) -> None:
    found = accepted(**record)
    assert (found.article.status, found.warnings) == (status, ())


def test_a_day_of_expiry_that_cannot_be_read_is_said() -> None:
    assert accepted(expires="2024-03-18").article.expires == datetime(2024, 3, 18, tzinfo=UTC)
    found = accepted(expires="soon")
    assert found.article.expires is None
    assert found.warnings == ("date 'soon' is not a date: not read as the day it expires",)


def test_a_record_with_every_field_by_its_own_name() -> None:
    article = Article(
        id="a-1",
        url="https://example.org/a",
        title="A title",
        body="First.\n\nSecond.",
        excerpt="In short",
        authors=("Ann One", "Bob Two"),
        date=datetime(2024, 3, 18, tzinfo=UTC),
        dateline=Dateline("Oslo", "NTB"),
        section="World",
        site="Example",
        tags=("x", "y"),
        language="en",
        links=("https://example.org/b", "/c"),
        offered=("Something else",),
        expires=datetime(2025, 3, 18, tzinfo=UTC),
        status="retracted",
        image="https://example.org/a.jpg?w=1200&h=630",
        image_alt="A quay",
        modified=datetime(2024, 3, 19, 8, tzinfo=UTC),
        public_from=datetime(2024, 3, 20, tzinfo=UTC),
        fields={"stars": 4.5, "editions": ("north", "south"), "sponsored": False},
    )

    found = replace(article, source="posts.jsonl:1")
    assert items(article.to_json().encode()) == [Accepted(found, "posts.jsonl:1")]


@pytest.mark.parametrize(
    ("key", "field"), [(key, field) for field, keys in ALIASES.items() for key in keys if field != "categories"]
)
def test_every_alias_is_read_as_its_field(key: str, field: str) -> None:
    samples = {
        "url": "/a",
        "date": "2024-03-18",
        "expires": "2024-03-18",
        "language": "fr",
        "authors": ["A B"],
        "tags": ["A B"],
        "image": "/a.png",
        "modified": "2024-03-18",
    }
    value = samples.get(field, "A B")
    other = {"title": "T"} if field != "title" else {"body": "b"}
    if field == "image_alt":
        other["image"] = "/a.png"

    plain, aliased = item(id="x", **other, **{field: value}), item(id="x", **other, **{key: value})

    assert isinstance(plain, Accepted)
    assert isinstance(aliased, Accepted)
    assert getattr(plain.article, field)
    # a publisher may have declared such a key as a field before every article had it
    kept = {key: value} if field in SHARED else {}
    assert aliased == replace(plain, article=replace(plain.article, fields=kept))


def test_the_own_name_wins_over_an_alias_and_an_earlier_alias_over_a_later_one() -> None:
    assert accepted(text="alias", body="own", content="other").article.body == "own"
    assert accepted(created="2001-01-01", published="2002-02-02").article.date == datetime(2002, 2, 2, tzinfo=UTC)
    assert accepted(body="", text="the body is empty").article.body == "the body is empty"
    assert accepted(Title="t", TITLE="tt").article.title == "T"


def test_names_in_capitals_are_known() -> None:
    assert item(ID="x", Title="A", DATE="2024-03-18") == Accepted(
        Article(id="x", title="A", date=datetime(2024, 3, 18, tzinfo=UTC), source="posts.jsonl:1"), "posts.jsonl:1"
    )


def test_other_keys_are_kept_as_they_are_and_mean_nothing() -> None:
    found = accepted(topics=["cocoa"], places=["usa"], split="TRAIN", source="elsewhere.jsonl:7", stars=4, free=False)

    kept = {"topics": ("cocoa",), "places": ("usa",), "split": "TRAIN", "source": "elsewhere.jsonl:7"}
    assert found.article == Article(
        id="x", title="T", source="posts.jsonl:1", fields=kept | {"stars": 4, "free": False}
    )
    assert found.warnings == ()


def test_what_is_no_value_and_what_steers_a_generator_is_not_kept() -> None:
    values = {"nested": {"a": [1]}, "lists": [[1]], "mixed": ["a", {}], "nothing": None, "empty": "", "none": []}
    found = accepted(layout="post", slug="x", **values)

    assert found.article == Article(id="x", title="T", source="posts.jsonl:1")
    assert found.warnings == ()


def test_what_is_too_much_is_left_out_with_a_warning() -> None:
    found = accepted(page="p" * 100_001, short="s", **{"k" * 101: 1})

    assert dict(found.article.fields) == {"short": "s"}
    assert found.warnings == ("'page': more than 100 keys or 100,000 characters in all: left out",)
    many = accepted(**{f"key{number}": number for number in range(103)})
    assert len(many.article.fields) == 100
    assert many.warnings[0].startswith("'key100', 'key101' and 1 more: more than 100 keys")


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Jane Doe", ("Jane Doe",)),
        (["Jane Doe", "John Roe"], ("Jane Doe", "John Roe")),
        ("Jane Doe, John Roe and Ann Poe", ("Jane Doe", "John Roe", "Ann Poe")),
        ("By Jane Doe & John Roe", ("Jane Doe", "John Roe")),
        ("Doe, Jane", ("Doe, Jane",)),
        ("Doe, Jane; Roe, John", ("Doe, Jane", "Roe, John")),
        ({"name": "Jane Doe"}, ("Jane Doe",)),
        ([{"name": "Jane Doe"}, {"email": "x@y.org"}, None, ""], ("Jane Doe",)),
        ([" Jane  Doe ", "Jane Doe"], ("Jane Doe",)),
    ],
)
def test_authors_as_people_write_them(written: Any, authors: tuple[str, ...]) -> None:
    assert accepted(authors=written).article.authors == authors


@pytest.mark.parametrize("written", ["a b, c;d", ["a b", "c", "d"], [{"name": "a b"}, "c", "d", "c", None]])
def test_tags_as_a_text_or_a_list(written: Any) -> None:
    assert accepted(tags=written).article.tags == ("a b", "c", "d")


def test_of_categories_the_first_is_the_section_and_the_others_are_tags() -> None:
    article = accepted(categories=["News", "Space"], tags=["x", "Space"]).article
    assert (article.section, article.tags) == ("News", ("x", "Space"))

    article = accepted(categories=["News", "Space"], section="World").article
    assert (article.section, article.tags) == ("World", ("News", "Space"))


def test_a_dateline_as_text_or_object() -> None:
    assert accepted(dateline="SALVADOR, Feb 26 -").article.dateline == Dateline("SALVADOR")
    assert accepted(dateline={"place": "Oslo", "agency": None}).article.dateline == Dateline("Oslo")

    dated = accepted(dateline="Beijing (AFP) Mar 18, 2024").article
    assert (dated.dateline, dated.date) == (Dateline("Beijing", "AFP"), datetime(2024, 3, 18, tzinfo=UTC))
    assert accepted(dateline="Oslo (NTB) Mar 18, 2024", date="2024-03-19").article.date == datetime(
        2024, 3, 19, tzinfo=UTC
    )


def test_an_id_may_be_a_number_or_come_from_the_url() -> None:
    assert accepted(id=17).article.id == "17"

    found = item(url="https://Example.org/a?utm_source=x#top", title="T")
    assert isinstance(found, Accepted)
    assert found.article.url == "https://example.org/a"
    assert found.article.id == id_from_url("https://example.org/a")
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A &ldquo;front door&rdquo; &#8211; the Interior&#39;s", "A “front door” – the Interior's"),
        ("AT&amp;T &#x26; others", "AT&T & others"),
        ("R&D at AT&T; a?b=1&copy=2", "R&D at AT&T; a?b=1&copy=2"),
        ("&nosuchthing; &#0; &#7; bell", "&nosuchthing; \ufffd bell"),
        ("two&nbsp;words", "two words"),
    ],
)
def test_characters_that_html_writes_by_name_are_read_in_titles(written: str, read: str) -> None:
    assert accepted(title=written).article.title == read


def test_only_links_that_can_be_followed_are_kept_each_once() -> None:
    links = ["/a#top", "/a", "mailto:a@b.org", "javascript:alert(1)", "HTTPS://B.org", "c.html"]

    assert accepted(links=links).article.links == ("/a", "https://b.org/")


@pytest.mark.parametrize(
    ("record", "warning", "kept"),
    [
        ({"date": "sometime"}, "date 'sometime' is not a date: indexed without one", {"date": None}),
        ({"date": "None"}, "date 'None' is not a date: indexed without one", {"date": None}),
        ({"date": 5}, "date '5' is not a date: indexed without one", {"date": None}),
        (
            {"date": "sometime", "dateline": "Oslo (NTB) Mar 18, 2024"},
            "date 'sometime' is not a date: 2024-03-18 is used",
            {"date": datetime(2024, 3, 18, tzinfo=UTC)},
        ),
        ({"title": "", "body": "text"}, "no title: indexed with an empty title", {"title": "", "body": "text"}),
        (
            {"url": "javascript:alert(1)"},
            "url 'javascript:alert(1)' must be http, https or start with '/': dropped",
            {"url": ""},
        ),
        ({"url": 5}, "url must be text, not a number: dropped", {"url": ""}),
        ({"url": "a.html"}, "url 'a.html' must be http, https or start with '/': dropped", {"url": ""}),
        ({"language": "English"}, "language 'English' is not a two-letter code: left out", {"language": ""}),
        (
            {"dateline": "MAR8 -- --"},
            "dateline 'MAR8 -- --' names no place or agency: left out",
            {"dateline": Dateline()},
        ),
        (
            {"body": "a\u0000b\ud800c"},
            "control codes or halves of characters in the text were dropped",
            {"body": "abc"},
        ),
    ],
)
def test_what_can_be_mended_is_and_says_so_in_one_line(
    record: dict[str, Any], warning: str, kept: dict[str, Any]
) -> None:
    found = accepted(**record)

    assert found.warnings == (warning,)
    assert {name: getattr(found.article, name) for name in kept} == kept


@pytest.mark.parametrize("language", ["en", "EN", "en-US", "en_GB"])
def test_a_language_is_reduced_to_its_two_letters(language: str) -> None:
    assert accepted(lang=language).article.language == "en"


@pytest.mark.parametrize(
    ("record", "reason", "id"),
    [
        ({"title": "T"}, "neither id nor url: nothing to know the article by", ""),
        ({"title": "T", "url": "javascript:x"}, "neither id nor url: nothing to know the article by", ""),
        ({"id": "x"}, "neither title nor text", "x"),
        ({"id": "x", "title": " ", "text": "\n"}, "neither title nor text", "x"),
        ({"id": "x", "title": None, "body": None}, "neither title nor text", "x"),
        ({"url": "/a"}, "neither title nor text", id_from_url("/a")),
        ({"id": "a/b", "title": "T"}, "id 'a/b' must be 1 to 200 letters, digits, '-' or '_'", "a/b"),
        ({"id": True, "title": "T"}, "id must be text, not true or false", ""),
        ({"id": "x", "title": 5}, "title must be text, not a number", "x"),
        ({"id": "x", "title": ["T"]}, "title must be text, not a list", "x"),
        ({"id": "x", "title": "T", "text": {"a": "b"}}, "body must be text, not an object", "x"),
        ({"id": "x", "title": "T", "tags": 5}, "tags must be text or a list, not a number", "x"),
        ({"id": "x", "title": "T", "tags": [["a"]]}, "each of tags must be text, not a list", "x"),
        ({"id": "x", "title": "T", "author": False}, "authors must be text or a list, not true or false", "x"),
        ({"id": "x", "title": "T", "dateline": 5}, "dateline must be text, not a number", "x"),
        (
            {"id": "x", "title": "T", "dateline": {"place": 5}},
            "dateline.place must be text, not a number",
            "x",
        ),
    ],
)
def test_what_cannot_be_mended_is_refused_with_the_reason_and_the_id(
    record: dict[str, Any], reason: str, id: str
) -> None:
    assert refused(**record) == Refused("posts.jsonl:1", reason, id)


def test_published_as_a_flag_is_not_a_date() -> None:
    assert accepted(published=True).warnings == ()
    assert accepted(published="2024-03-18").article.date == datetime(2024, 3, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not valid JSON: Expecting property name enclosed in double quotes at column 2"),
        (b'{"id": "a", "title": "b"', "not valid JSON: Expecting ',' delimiter at column 25"),
        (b'{"id": "a\x00", "title": "b"}', "not valid JSON: Invalid control character at at column 10"),
        (b"[1, 2]", "a JSON list, not an object"),
        (b"null", "a JSON null, not an object"),
        (b'"text"', "a JSON text, not an object"),
        (b"true", "a JSON true or false, not an object"),
        (b"7", "a JSON number, not an object"),
        (b'{"id": "caf\xe9", "title": "\xc3\xa9\xc3\xa9"}', "not UTF-8 text (byte 12 is 0xe9): save it as UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8 text (byte 1 is 0xff): save it as UTF-8"),
        (b'{"a": ' + b"[" * 100_000, "JSON is nested too deeply: up to 50 levels are read"),
        (b'{"date": ' + b"7" * 5000 + b"}", "not valid JSON: a number with 5,000 digits; up to 100 are read"),
    ],
)
def test_a_damaged_line_is_refused_by_its_number_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    before, bad, after = items(GOOD, line, GOOD)

    assert bad == Refused("posts.jsonl:2", reason)
    assert isinstance(before, Accepted)
    assert isinstance(after, Accepted)
    assert after.where == "posts.jsonl:3"


def test_blank_lines_count_as_lines_but_hold_no_article() -> None:
    found = items(b"\xef\xbb\xbf" + GOOD, b"", b"  \r", GOOD + b"\r", b"")

    assert [item.where for item in found] == ["posts.jsonl:1", "posts.jsonl:4"]
    assert all(isinstance(item, Accepted) for item in found)


def test_a_line_too_long_for_an_article_is_skipped_without_being_kept() -> None:
    class Endless(io.RawIOBase):
        """One line of three times the limit, then a good one, made as it is read."""

        def __init__(self) -> None:
            self.left = 3 * MAX_LINE_BYTES
            self.largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            if self.left < 0:
                return b""
            if self.left == 0:
                self.left = -1
                return GOOD
            block = b" " * (min(self.left, size or 0) - 1) + (b"\n" if self.left <= (size or 0) else b" ")
            self.left -= len(block)
            self.largest = max(self.largest, len(block))
            return block

    file = Endless()
    bad, good = read(Document.of_stream(file, "x"))  # type: ignore[arg-type]

    assert bad == Refused("x:1", "a line of more than 64 MB: not one article")
    assert isinstance(good, Accepted)
    assert good.where == "x:2"
    assert file.largest <= MAX_LINE_BYTES


def test_a_gzipped_file_reads_like_a_plain_one(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(GOOD + b"\n" + GOOD)
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert [item.article.title for item in read_source(packed) if isinstance(item, Accepted)] == ["Good", "Good"]
    assert count_articles(plain) == count_articles(packed) == 2


@pytest.mark.parametrize("damage", ["cut off", "altered", "no gzip"])
def test_damaged_gzip_data_ends_the_file_with_a_refusal(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.jsonl.gz"
    data = bytearray(gzip.compress(b"\n".join(b'{"id": "n%d", "title": "%x"}' % (n, n**9) for n in range(5000))))
    if damage == "cut off":
        data = data[: len(data) // 2]
    elif damage == "altered":
        data[len(data) // 2 : len(data) // 2 + 20] = bytes(20)
    else:
        data = bytearray(GOOD)
    path.write_bytes(data)

    found = list(read_source(path))

    assert isinstance(found[-1], Refused)
    assert found[-1].where == f"{path}:{len(found)}"
    assert found[-1].reason.startswith("damaged gzip data, nothing after this line was read: ")
    if damage == "cut off":
        assert len(found) > 1000
        assert all(isinstance(item, Accepted) for item in found[:-1])


def test_reading_stops_with_a_refusal_where_the_device_fails() -> None:
    class Failing(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline()
            if not line:
                raise OSError(5, "Input/output error")
            return line

    *_, last = read(Document.of_stream(Failing(GOOD + b"\n"), "x"))

    assert last == Refused("x:2", "cannot be read: Input/output error")


def test_articles_come_as_they_are_read() -> None:
    """A line is parsed before the next is asked for, so that a source of any size streams."""
    asked: list[int] = []

    class Slow(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            asked.append(1)
            return GOOD + b"\n" if len(asked) < 100 else b""

    found: Iterator[Item] = read(Document.of_stream(Slow(), "x"))  # type: ignore[arg-type]
    next(found)

    assert len(asked) == 1


WIRE = (
    "Showers continued throughout the week in\nthe Bahia cocoa zone.   \n    The dry period means the\ntemporao will be"
    " late.\n   \n    Prices --\n MAY7  281\n JUL7  277\n REUTER\n&#3;"
)


def test_hard_wrapped_wire_copy_becomes_paragraphs() -> None:
    assert readable_text(WIRE) == (
        "Showers continued throughout the week in the Bahia cocoa zone.\n\n"
        "The dry period means the temporao will be late.\n\n"
        "Prices --\nMAY7  281\nJUL7  277"
    )
    assert accepted(text=WIRE).article.body == readable_text(WIRE)


@pytest.mark.parametrize(
    "text",
    [
        "One line.\nAnother.\n\n    code = 1\n    more = 2",
        "A list:\n- one\n- two",
        "A long first line that no wire service would have wrapped like this, because it is too wide.\n    x\n    y",
        "They told Reuters",
        "They told Reuters.",
        "The name of the agency is\nReuters, they said",
    ],
)
def test_other_text_keeps_its_lines(text: str) -> None:
    assert readable_text(f"\r\n{text}\r\n  ".replace("\n", "\r\n")) == text


@pytest.mark.parametrize(
    "mark",
    ["\n REUTER", "\nReuters", "\n REUTER...", " REUTER", "\n REUTER\n&#3;", " &#3;", "\n\x03", "\n REUTER \x03"],
)
def test_the_mark_that_ends_wire_copy_is_dropped(mark: str) -> None:
    assert readable_text(f"It is over.{mark}\n") == "It is over."


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["/a", "2024-03-18"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
KEYS = st.sampled_from([*ALIASES, *(alias for names in ALIASES.values() for alias in names), "draft", "other"])


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.dictionaries(KEYS, JSON, max_size=6).map(lambda r: json.dumps(r).encode()))
    )
)
def test_any_lines_give_items_and_no_exception(lines: list[bytes]) -> None:
    for found in items(*lines):
        if isinstance(found, Accepted):
            assert Article.from_json(found.article.to_json()) == found.article
            found.article.to_json().encode()
            assert all("\n" not in warning and len(warning) < 200 for warning in found.warnings)
        else:
            assert found.reason
            assert "\n" not in found.reason


def test_all_of_reuters_is_read(shared: Callable[[str], Path]) -> None:
    path = shared("collections/reuters/docs.jsonl.gz")
    found = list(read_source(path))
    articles = [item for item in found if isinstance(item, Accepted)]

    assert count_articles(path) == len(found) == 21_578
    assert len(articles) == 20_841
    assert {item.reason for item in found if isinstance(item, Refused)} == {"neither title nor text"}
    assert sum(bool(item.warnings) for item in articles) < 100
    assert sum(item.article.date is None for item in articles) == 1  # "31-MAR-1987 605:12:19.12"
    assert not any(item.article.tags or item.article.section for item in articles)
    assert not any("\n\n\n" in item.article.body or item.article.body.endswith("REUTER") for item in articles)
    assert articles[1].where == articles[1].article.source == f"{path}:2"
