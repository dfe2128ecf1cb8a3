"""What is not for the public is withheld, however it is said; what is, is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.sources import Accepted, Document, Refused, read_document, read_source

HIDDEN: list[dict[str, Any]] = [
    {"draft": True}, {"draft": "yes"}, {"draft": "On"}, {"draft": 1}, {"draft": "1"}, {"Draft": "True"},
    {"DRAFT": "TRUE"},
    {"isDraft": True}, {"is_draft": "true"}, {"published": False}, {"published": "no"}, {"published": 0},
    {"published": "Off"}, {"Published": "FALSE"}, {"publish": False}, {"public": "n"}, {"isPublished": False},
    {"private": True}, {"unlisted": "true"}, {"hidden": "yes"}, {"Hidden": True}, {"members_only": True},
    *({"status": s} for s in ("draft", "Draft", "PENDING", "private", "future", "trash", "auto-draft", "inherit")),
    *({"post_status": s} for s in ("draft", "pending", "Private", "future", "trash", "auto_draft", "inherit")),
    {"Status": "Draft"}, {"status": ["draft"]}, {"status": {"name": "Draft"}}, {"status": "In review"}, {"status": 0},
    {"publishStatus": "unlisted"}, {"moderation_state": "draft"}, {"status": "scheduled"}, {"published": "draft"},
    *({"visibility": v} for v in ("private", "members", "Paid", "password", "tiers", "members only", "paid-members")),
    {"Visibility": "Private"}, {"access": "subscribers"}, {"password": "x"}, {"Password": 1234}, {"post_password": "x"},
    *({"draft": v} for v in ("round one", "tru", 2, ["yes", "no"], {"is": True}, "x" * 100)), {"isDraft": "maybe"},
    *({"visibility": v} for v in ("staff", "restricted", "logged-in", "registered", "Premium", "filter", "label:vip")),
    {"visibility": "status:-free"}, {"access": "registered"}, {"access": "premium"}, {"isAccessibleForFree": False},
    {"isAccessibleForFree": "False"}, {"is_accessible_for_free": 0},
    {"content": {"rendered": "", "protected": True}}, {"deleted_at": "2024-01-01"},
    *({"status": s} for s in ("brouillon", "Entwurf", "Privé", "en attente", "borrador", "черновик", "下書き")),
    {"stage": "DRAFT"}, {"_status": "draft"}, {"publishedAt": None, "createdAt": "2024-01-01"}, {"_id": "drafts.one"},
    {"published_at": "", "created_at": "2024-01-01T10:00:00Z", "updated_at": "2024-01-02"},
]  # fmt: skip
OPEN: list[dict[str, Any]] = [
    {"draft": False}, {"draft": "no"}, {"draft": 0}, {"draft": ""}, {"draft": None}, {"draft": [False]},
    {"published": True}, {"published": "yes"},
    {"published": 1}, {"published": "2020-05-06"}, {"private": "no"}, {"hidden": False}, {"status": "publish"},
    {"status": "published"}, {"status": "live"}, {"status": 1}, {"status": "retracted"}, {"visibility": "public"},
    {"password": ""}, {"password": None}, {"password": False}, {"password": " "}, {"deleted_at": None}, {"state": "NO"},
    {"deleted": 0}, {"date": "2020-01-01"}, {"publishDate": "2020-01-01"}, {"access": "free"}, {"unlisted": ""},
    {"isAccessibleForFree": True}, {"isAccessibleForFree": "yes"}, {"visibility": "unrestricted"},
    {"access": "all: free"}, {"stage": "PUBLISHED"}, {"stage": 0}, {"status": "publié"}, {"_id": "one"},
    {"publishedAt": None}, {"publishedAt": "2024-01-01", "createdAt": "2024-01-01"}, {"createdAt": "2024-01-01"},
    {"publishedAt": None, "createdAt": None},
    {"status": "drafted by two"}, {"content": {"protected": False}, "body": "x"} | {"content": None},
]  # fmt: skip


def read(record: dict[str, Any], where: str = "x.jsonl") -> Accepted | Refused:
    record = {"id": "one", "title": "T", "body": "Text"} | record
    (item,) = read_document(Document.of_bytes(json.dumps(record).encode(), where, media_type="application/x-ndjson"))
    return item


@pytest.mark.parametrize("record", HIDDEN, ids=str)
def test_a_record_that_is_not_for_the_public_is_withheld_with_its_id(record: dict[str, Any]) -> None:
    item = read(record)

    assert isinstance(item, Refused)
    assert item.withheld
    assert item.id == "one"
    assert "public: " in item.reason


@pytest.mark.parametrize("record", OPEN, ids=str)
def test_a_record_that_is_public_is_not(record: dict[str, Any]) -> None:
    assert isinstance(read(record), Accepted)


@pytest.mark.parametrize(
    "front",
    ["draft: yes", "draft: 1", "Draft: True", "published: no", "status: draft", "private: true", "password: x",
     "unlisted: true", "hidden: on", "publish: false", "visibility: private"],
)  # fmt: skip
def test_so_is_a_post(tmp_path: Path, front: str) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: T\n{front}\n---\nText\n")

    (item,) = read_source(tmp_path)

    assert isinstance(item, Refused)
    assert item.withheld
    assert item.id == "a"


@pytest.mark.parametrize("folder", ["_drafts", "drafts", "_Drafts", "source/_drafts", "_drafts/2024"])
def test_a_folder_of_drafts_is_withheld_below_its_source_and_as_the_source(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "plan.md"
    path.parent.mkdir(parents=True)
    path.write_text("Text of a plan")
    (tmp_path / folder / "x.jsonl").write_text('{"id": "r", "title": "T"}\n')

    for source in (tmp_path, tmp_path / folder.split("/")[0]):
        found = list(read_source(source))
        assert {item.id for item in found if isinstance(item, Refused) and item.withheld} == {"plan", "r"}
        assert len(found) == 2


def test_a_folder_of_drafts_above_the_source_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "drafts" / "site" / "posts" / "a.md"
    path.parent.mkdir(parents=True)
    path.write_text("Text")

    assert [type(item) for item in read_source(path.parent)] == [Accepted]
    assert [type(item) for item in read_source(path)] == [Accepted]


def test_an_id_is_known_by_the_address_too() -> None:
    public, hidden = read({"id": "", "url": "https://e.org/a"}), read({"id": "", "URL": "https://e.org/a", "draft": 1})

    assert isinstance(public, Accepted)
    assert isinstance(hidden, Refused)
    assert hidden.id == public.article.id


def test_a_password_is_not_told() -> None:
    item = read({"password": "swordfish"})

    assert isinstance(item, Refused)
    assert "swordfish" not in item.reason


@pytest.mark.parametrize(
    ("said", "date", "public_from"),
    [
        ({"date": "2999-01-01"}, 2999, None),
        ({"published": "2999-01-01"}, 2999, None),
        ({"publishDate": "2999-01-01", "date": "2020-01-01"}, 2020, 2999),
        ({"embargo_until": "2999-01-01"}, None, 2999),
        ({"embargo_date": "2999-01-01", "date": "2020-01-01"}, 2020, 2999),
        ({"releaseDate": "2999-01-01", "date": "2020-01-01"}, 2020, 2999),
        ({"release_date": "2019-01-01", "date": "2020-01-01"}, 2020, None),
        ({"public_from": "2999-01-01", "goLiveAt": "2998-01-01"}, None, 2999),
        ({"publish_at": "2019-01-01", "date": "2020-01-01"}, 2020, None),
        ({"publish_at": "when it is ready", "embargo": "no"}, None, None),
    ],
)
def test_a_date_to_come_is_kept(said: dict[str, Any], date: int | None, public_from: int | None) -> None:
    item = read(said)

    assert isinstance(item, Accepted)
    assert item.article.date == (date and datetime(date, 1, 1, tzinfo=UTC))
    assert item.article.public_from == (public_from and datetime(public_from, 1, 1, tzinfo=UTC))


def test_a_draft_that_is_asked_for_is_never_withheld() -> None:
    record = {"title": "T", "draft": True, "status": "private", "date": "2999-01-01", "password": "x"}
    known: dict[str, Any] = {"media_type": "application/json", "fallback_id": "draft", "is_draft": True}

    (item,) = read_document(Document.of_bytes(json.dumps(record).encode(), "here", **known))

    assert isinstance(item, Accepted)
