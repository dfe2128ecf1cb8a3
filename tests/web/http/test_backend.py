"""The seam between the service and an archive."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.errors import IndexDamagedError
from search.ranking import fusion_settings
from tests.opening import backend_of
from tests.web.fake_backend import FakeBackend
from web.app import create_app
from web.http.backend import ArchiveBackend, Backend, BackendHandle

METHODS = [name for name in vars(Backend) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("backend", [ArchiveBackend, FakeBackend])
def test_every_backend_is_called_the_same_way(backend: type, name: str) -> None:
    assert inspect.signature(getattr(backend, name)) == inspect.signature(getattr(Backend, name))


def test_a_backend_is_opened_once_however_many_ask() -> None:
    opened: list[FakeBackend] = []
    together = Barrier(8)

    def open_backend() -> Backend:
        opened.append(FakeBackend())
        return opened[-1]

    handle = BackendHandle(open_backend)

    def ask() -> None:
        together.wait()
        handle.get()

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_opening_is_tried_again_after_it_failed() -> None:
    attempts: list[int] = []

    def open_backend() -> Backend:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("not yet")
        return FakeBackend()

    handle = BackendHandle(open_backend)
    with pytest.raises(OSError, match="not yet"):
        handle.get()
    assert handle.get() is handle.get()
    assert len(attempts) == 2


def test_the_service_starts_without_the_engine() -> None:
    """Its modules are imported for a request, so `readmore --help` and tests do not wait for them."""
    code = "import sys, web.app; print([m for m in ('torch', 'whoosh', 'search.engine') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """An archive with a file of numbers of deleted docs that there are not; only using them shows it."""
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id=f"a{number}", title="Moon", body="A lander touched down.") for number in range(4)])
        archive.remove(["a2"])
    (file,) = (tmp_path / "archive").glob("index/segments/*/deleted-*.npy")
    file.write_bytes(file.read_bytes()[:-4] + b"\xff\xff\xff\x7f")
    return tmp_path / "archive"


@pytest.mark.parametrize("path", ["/api/search?q=*", "/api/related/a1", "/api/block/a1"])
def test_a_damaged_file_is_named_once_it_is_found_and_looked_for_once(
    damaged: Path, reads: Counter[Path], path: str
) -> None:
    client = create_app(damaged, backend_of(damaged)).test_client()
    first = client.get(path)
    assert first.status_code in (500, 503), "the index of so few articles may have been read by now"
    for thread in threading.enumerate():
        if thread.name == "verifying the index":
            thread.join(60)
    for _ in range(3):
        answer = client.get(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (503, "index_damaged")
        assert "deleted-" in answer.json["error"]["message"]
    assert set(reads.values()) == {1}


def test_what_is_no_request_waits_until_the_damaged_file_is_found(damaged: Path) -> None:
    backend = backend_of(damaged)()
    try:
        with pytest.raises(IndexDamagedError, match="deleted-"), backend.explaining_damage():
            backend.latest(3)
    finally:
        backend.close()


def test_other_weights_of_words_and_vectors_are_another_edition(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", title="Moon")])
        folder = archive.folder
    backend = backend_of(tmp_path / "archive")()
    try:
        before = backend.edition()
        assert backend.edition() == before
        fusion_settings.save(folder, {"in_use": True, "weights": {"words": 1.0, "feedback": 0.0, "spaces": {}}})
        assert backend.edition() != before
    finally:
        backend.close()


def test_a_service_makes_what_slips_need_behind_the_first_search(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([Article(id="a", title="Moon landing")])
    backend = backend_of(tmp_path / "archive")()
    try:
        backend.search("moon", limit=1, offset=0, filters={})
        engine = backend._engine
        engine._preparing.wait()
        assert engine._near_keys.has(engine.index())
    finally:
        backend.close()


def test_what_editors_hide_is_on_no_front_page(tmp_path: Path) -> None:
    names = {"z": "Zaphod Beeblebrox", "n": "Mary Wollstone"}
    articles = [
        Article(id=f"{key}{n}", title=f"{name} {n}", body=f"They saw {name}. Then {name} left.")
        for key, name in names.items()
        for n in range(4)
    ]
    with Archive.create(tmp_path) as archive:
        archive.add(articles)
    backend = backend_of(tmp_path)()
    assert set(backend.subjects(9)) == set(names.values())
    (tmp_path / "rules.yaml").write_text("".join(f"- hide: z{n}\n" for n in range(4)), "utf-8")
    assert {article.id for article in backend.latest(9)} == {f"n{n}" for n in range(4)}
    assert backend.subjects(9) == ("Mary Wollstone",)
    backend.close()
