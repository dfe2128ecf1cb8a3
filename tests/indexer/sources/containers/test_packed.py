"""Articles in zip and tar archives, and archives that are made to do harm."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from indexer.sources import Accepted, Refused, read_source, shared_ids
from indexer.sources.containers import packed

FILES = {
    "site/en/fair.md": "# The fair\n\nIn English.",
    "site/fr/fair.md": "# La foire\n\nEn français.",
    "site/.git/x.md": "# Hidden\n\nx",
    "site/photo.png": "png",
    "site/package.json": "{}",
    "site/posts.jsonl": '{"id": "j1", "title": "One", "text": "x"}\n{"id": "j2", "title": "Two", "text": "x"}\n',
}


def archive(path: Path, files: dict[str, str]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in files.items():
                packed.writestr(name, text)
        return path
    with tarfile.open(path, f"w:{path.suffix.removeprefix('.').replace('tgz', 'gz').replace('tar', '')}") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize("name", ["posts.zip", "posts.tar", "posts.tgz", "posts.tar.xz"])
@pytest.mark.parametrize("inside", [False, True], ids=["named", "in a folder"])
def test_documents_in_archives(tmp_path: Path, name: str, inside: bool) -> None:
    path = archive(tmp_path / name, FILES)
    passed_over: Counter[str] = Counter()
    found = list(read_source(tmp_path if inside else path, passed_over=passed_over))
    assert all(isinstance(item, Accepted) for item in found)
    known = {item.article.title: item.article for item in found if isinstance(item, Accepted)}
    assert set(known) == {"The fair", "La foire", "One", "Two"}
    assert known["La foire"].language == "fr"
    assert passed_over == {"hidden": 1, ".png": 1, ".json": 1}
    assert shared_ids([path]) == {"fair"}


def test_the_temporary_folder_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    documents = list(packed.documents_in(archive(tmp_path / "a.zip", FILES), Counter()))
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    packed._unpacked.cache_clear()
    del documents
    assert not list((tmp_path / "tmp").iterdir())


def test_links_devices_and_names_that_lead_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        for name, kind in (("link.md", tarfile.SYMTYPE), ("hard.md", tarfile.LNKTYPE), ("device.md", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        text = b"# Up\n\nText."
        info = tarfile.TarInfo("../../up.md")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    (item,) = read_source(path)
    assert isinstance(item, Accepted)
    assert item.where.endswith("a.tar/up.md")
    assert sorted(each.name for each in tmp_path.parent.glob("up.md")) == []


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a.md", "# A\n\nText.")
        for number in range(3):
            bomb.writestr(f"b{number}.md", b"x" * 100_000_000)
    found = list(read_source(path))
    assert isinstance(found[0], Accepted)
    assert isinstance(found[-1], Refused)
    assert "unpacks to far more" in found[-1].reason


def test_damaged_and_encrypted_archives_are_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.tgz", {f"{n}.md": f"# Title {n}\n\n" + str(n) * 5000 for n in range(50)}).read_bytes()
    for name, data in (("b.zip", b"PK\x03\x04 no"), ("c.tar", b"no tar" * 200), ("d.tgz", whole[: len(whole) // 2])):
        (tmp_path / name).write_bytes(data)
        found = list(read_source(tmp_path / name))
        assert isinstance(found[-1], Refused), name
        assert "damaged archive" in found[-1].reason
