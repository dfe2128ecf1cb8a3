"""Documents in other encodings than UTF-8."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from indexer.base.errors import ArticleError
from indexer.sources import Accepted, Item, Refused, encodings, read_source
from indexer.sources.encodings import as_utf8, encoding_of

UNICODE = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
TITLE = "Die Fähre fährt wieder"
GERMAN = "Die Fähre nach Süden fährt seit heute früh wieder, und die Straße über den Fluß ist geöffnet worden."
RECORD = {"id": "a", "title": TITLE, "date": "2024-05-01", "body": GERMAN}
LINE = json.dumps(RECORD, ensure_ascii=False)
RSS = f"""<?xml version="1.0" encoding="{{}}"?>
<rss version="2.0"><channel><title>Ufer</title>
<item><guid isPermaLink="false">a</guid><title>{TITLE}</title><description>{GERMAN}</description></item></channel></rss>
"""
WXR = f"""<?xml version="1.0" encoding="{{}}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Ufer</title><wp:wxr_version>1.2</wp:wxr_version>
<item><title>{TITLE}</title><content:encoded><![CDATA[{GERMAN}]]></content:encoded><wp:post_id>1</wp:post_id>
<wp:post_name>a</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>
"""
TEXTS = {
    "a.jsonl": f"{LINE}\n",
    "a.json": LINE,
    "list.json": f"[{LINE}]",
    "a.csv": f'id,title,date,body\na,{TITLE},2024-05-01,"{GERMAN}"\n',
    "a.md": f"---\ntitle: {TITLE}\n---\n{GERMAN}\n",
    "a.txt": f"{TITLE}\n\n{GERMAN}\n",
}
SENTENCES = {
    "cp1252": GERMAN,
    "cp1250": "Port został otwarty dziś rano, a pierwszy prom odpłynął w południe z czterdziestoma osobami.",
    "cp1251": "Порт открыт с самого утра, и первый паром ушёл в полдень с сорока людьми на борту.",
    "cp1253": "Το λιμάνι είναι ανοιχτό από το πρωί και το πρώτο πλοίο έφυγε το μεσημέρι με σαράντα ανθρώπους.",
    "cp1254": "Liman sabahtan beri açık ve ilk vapur öğle vakti kırk kişiyle denize açıldı, diye söyledi görevliler.",
    "koi8_r": "Порт открыт с самого утра, и первый паром ушёл в полдень с сорока людьми на борту.",
    "shift_jis": "港は今朝から開いており、最初の連絡船は正午に四十人を乗せて出航した。",
    "euc_kr": "항구는 오늘 아침부터 열려 있으며 첫 배는 정오에 마흔 명을 태우고 떠났다.",
}


def only(path: Path) -> Item:
    (item,) = read_source(path, workers=1)
    return item


def read(path: Path) -> tuple[str, str]:
    """Title and text of the only article of a file, which is fine."""
    item = only(path)
    assert isinstance(item, Accepted), item
    assert item.warnings == ()
    return item.article.title, item.article.body


@pytest.mark.parametrize("encoding", UNICODE)
@pytest.mark.parametrize("name", TEXTS)
def test_unicode_in_any_form_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(TEXTS[name].encode(encoding))
    assert read(tmp_path / name) == (TITLE, GERMAN)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "iso-8859-1", "utf-8"])
@pytest.mark.parametrize("xml", [RSS, WXR])
def test_xml_is_in_the_encoding_that_it_has_or_says(tmp_path: Path, xml: str, encoding: str) -> None:
    (tmp_path / "a.xml").write_bytes(xml.format(encoding.removesuffix("-le")).encode(encoding))
    assert read(tmp_path / "a.xml") == (TITLE, GERMAN)


def test_what_is_packed_is_read_as_well(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "a.json.gz", "list.json.gz", "a.csv.gz"):
        (tmp_path / name).write_bytes(gzip.compress(TEXTS[name.removesuffix(".gz")].encode("utf-16")))
        assert read(tmp_path / name) == (TITLE, GERMAN)


@pytest.mark.parametrize("encoding", SENTENCES)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_old_encodings_are_told_by_the_language_that_they_make(tmp_path: Path, name: str, encoding: str) -> None:
    text = TEXTS[name].replace(TITLE, "Port").replace(GERMAN, SENTENCES[encoding])
    (tmp_path / name).write_bytes(text.encode(encoding))
    item = only(tmp_path / name)
    assert isinstance(item, Accepted)
    assert item.article.body == SENTENCES[encoding]
    assert item.warnings[0].startswith("not UTF-8: all of it read as")


def test_the_first_letter_that_tells_may_come_late(tmp_path: Path) -> None:
    plain = json.dumps({"id": "plain", "title": "Plain", "body": "The ferry is back. " * 40})
    (tmp_path / "a.jsonl").write_bytes(f"{plain}\n".encode() * 200 + f"{LINE}\n".encode("latin-1"))
    *_, item = read_source(tmp_path / "a.jsonl")
    assert isinstance(item, Accepted)
    assert item.article.body == GERMAN


def test_one_wrong_byte_in_utf_8_is_damage_and_no_other_encoding(tmp_path: Path) -> None:
    lines = [LINE.encode(), LINE.replace('"a"', '"b"').encode().replace("ä".encode(), b"\xe4", 1), LINE.encode()]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    first, second, third = read_source(tmp_path / "a.jsonl")
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert "not UTF-8 text" in second.reason
    assert isinstance(third, Accepted)
    assert first.article.body == third.article.body == GERMAN


def test_damaged_utf_16_costs_what_comes_after_it(tmp_path: Path) -> None:
    data = f"{LINE}\n".encode("utf-16-le") * 1000
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe" + data + b"\x00\xdc\x41\x00" + data)
    *items, last = read_source(tmp_path / "a.jsonl")
    assert items
    assert all(isinstance(item, Accepted) for item in items)
    assert isinstance(last, Refused)
    assert "not UTF-16 text" in last.reason


def test_it_is_recoded_a_block_at_a_time() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1 << 20
            return b"a\x00" * (size // 2)

    assert as_utf8(Endless(), "utf-16-le").read(10) == b"a" * 10  # type: ignore[arg-type]
    assert encoding_of(Endless()) == "utf-16-le"  # type: ignore[arg-type]
    with pytest.raises(ArticleError, match="not UTF-16"):
        as_utf8(io.BytesIO(b"\xff\xfea\x00\x00"), "utf-16").read()


def test_an_encoding_is_guessed_once_for_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, guessed = encodings._old_encoding, []

    def old_encoding(sample: bytes) -> str:
        guessed.append(sample)
        return whole(sample)

    monkeypatch.setattr(encodings, "_old_encoding", old_encoding)
    (tmp_path / "a.md").write_bytes(f"---\ntitle: {TITLE}, einmal\n---\n{GERMAN}\n".encode("cp1252"))
    [item] = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert any("cp1252" in warning for warning in item.warnings)
    assert len(guessed) == 1
