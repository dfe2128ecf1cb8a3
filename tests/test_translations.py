"""Copies of an article in other languages know each other, and count once among related articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commands.index import index
from indexer.intake.translation_key import TranslationKeys
from indexer.sources.item import File
from readmore import open_recommender
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from tests.clock import Clock
from tests.faults import flush_nothing
from tests.indexer.sources.html.pages import article as page_article
from tests.indexer.sources.html.pages import article_of, page
from tests.indexer.sources.test_exports import articles, wordpress, wordpress_item, written
from tests.memory.archive import MemoryArchive
from tests.memory.corpus import MemoryCorpora
from tests.recommender.archives import article, several
from web.app import create_app
from web.http.backend import ArchiveBackend

FAR = 29_000_000_000.0


@pytest.mark.parametrize(
    "paths",
    [
        {"en/fair.md": "en", "de/fair.md": "de", "pt-br/fair.md": "pt"},
        {"posts/en/2024/fair.md": "en", "posts/it/2024/fair.md": "it"},
        {"posts/fair.md": "", "posts/de/fair.md": "de"},
        {"fair/index.md": "", "fair/index.fr.md": "fr"},
        {"fair.md": "", "fair.de.md": "de"},
        {"posts/2024/fair.md": "", "posts/2024/fair.de.md": "de"},
        {"sub/fair.md": "", "fr/sub/fair.md": "fr"},
    ],
    ids=str,
)
def test_files_whose_paths_differ_in_the_language_only_have_one_key(tmp_path: Path, paths: dict[str, str]) -> None:
    root = tmp_path / "content"
    for name in paths:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    keys = TranslationKeys()
    found = {keys.of_file(File(str(root / name), str(root)), of) for name, of in paths.items()}
    assert len(found) == 1
    assert found != {""}
    assert not any("tmp" in key for key in found)


def test_other_files_have_none_or_another(tmp_path: Path) -> None:
    for name in ("posts/fair.md", "posts/bridge.md", "fair.md", "it.md", "is/fair.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        path = str(tmp_path / name)
        assert TranslationKeys().of_file(File(path, str(tmp_path)), "") == ""
    for first, second in (("a/en/fair.md", "b/de/fair.md"), ("a/en/x/fair.md", "a/de/y/fair.md")):
        keys = [
            TranslationKeys().of_file(File(str(tmp_path / name), str(tmp_path)), language)
            for name, language in ((first, "en"), (second, "de"))
        ]
        assert keys[0] != keys[1]


def test_folders_read_together_or_apart_give_the_same_translations(tmp_path: Path) -> None:
    for language, title in (("en", "A fair"), ("de", "Ein Markt"), ("fr", "Une foire")):
        (tmp_path / "site" / language).mkdir(parents=True)
        (tmp_path / "site" / language / "fair.md").write_text(f"---\ntitle: {title}\n---\n{title} {language}\n")
    together, apart = tmp_path / "together", tmp_path / "apart"
    sources = [str(tmp_path / "site" / language) for language in ("en", "de", "fr")]
    runs = [(together, [str(tmp_path / "site")]), *((apart, [source]) for source in sources)]
    for data, source in runs:
        assert CliRunner().invoke(index, [*source, "--workers", "1"], obj={"data": data}).exit_code == 0
    for data in (together, apart):
        with Archive.open(data) as archive:
            stored = {each.title: each for _, each in archive.store.after(0)}
        with open_recommender(data) as opened:
            copies = opened.engine.translations(stored["Ein Markt"].id)
        assert [(copy.language, copy.title) for copy in copies] == [("en", "A fair"), ("fr", "Une foire")]


def test_pages_say_it_by_hreflang() -> None:
    links = "".join(
        f'<link rel="alternate" hreflang="{code}" href="{href}">'
        for code, href in (("en", "/en/pier"), ("de", "/de/pier#top"), ("x-default", "/"), ("fr", "http://[bad"))
    )
    head = '<link rel="canonical" href="https://courier.example/en/pier">' + links
    assert article_of(page(page_article(), head)).alternates == ("https://courier.example/de/pier",)


def test_polylang_says_it_in_an_export(tmp_path: Path) -> None:
    def terms(language: str) -> str:
        return (
            f'<category domain="language" nicename="{language}"><![CDATA[x]]></category>'
            '<category domain="post_translations" nicename="pll_65"><![CDATA[pll_65]]></category>'
        )

    export = wordpress(wordpress_item("fair", more=terms("en")), wordpress_item("foire", more=terms("fr")))
    found = articles(written(tmp_path, "site.xml", export))
    assert [(each.language, each.translation_key) for each in found] == [("en", "pll_65"), ("fr", "pll_65")]


def test_front_matter_has_a_key(tmp_path: Path) -> None:
    (found,) = articles(written(tmp_path, "a.md", "---\ntitle: A\ntranslationKey: fair\n---\nText\n"))
    assert (found.translation_key, dict(found.fields)) == ("fair", {"translationKey": "fair"})
    (other,) = articles(written(tmp_path, "b.md", "---\ntitle: A\nref: [a, b]\n---\nText\n"))
    assert other.translation_key == ""


SEED = article("glacier", 1, language="en", translation_key="one")
SEED_DE = replace(SEED, id="seed-de", language="de", url="https://x.example/de")
NEAR = article("glacier", 2, url="https://x.example/near", alternates=("https://x.example/nah",))
NEAR_DE = article("glacier", 2, "Mehr dazu.", id="near-de", language="de", url="https://x.example/nah",
                  alternates=("https://x.example/near",))  # fmt: skip
NEAR_FR = replace(
    NEAR_DE, id="near-fr", language="fr", url="https://x.example/pres", alternates=(), translation_key="k"
)
SAME = replace(SEED, id="same-language", title="Another moraine", body="Another crevasse. " + SEED.body)


@pytest.fixture(params=["folder", "memory"])
def recommender(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Recommender]:
    flush_nothing(monkeypatch)
    others = [one for one in several(6) if one.id not in (SEED.id, NEAR.id)]
    everything: list[Article] = [*others, SEED, SEED_DE, NEAR, NEAR_DE, NEAR_FR]
    if request.param == "memory":
        memory = MemoryArchive(everything, clock=Clock(FAR))
        yield Recommender(memory.engine(), MemoryCorpora(memory.source))
        return
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(everything[:-2], workers=1)
        archive.add(everything[-2:], workers=1)
    with open_recommender(tmp_path / "archive", clock=Clock(FAR)) as opened:
        yield opened


def test_the_api_names_them(recommender: Recommender) -> None:
    client = create_app(Path("archive"), lambda: ArchiveBackend(recommender)).test_client()
    found = client.get(f"/api/v1/article/{SEED.id}").get_json()["translations"]
    assert found == [{"id": "seed-de", "language": "de", "url": "https://x.example/de", "title": SEED_DE.title}]
    assert [one["id"] for one in client.get("/api/v1/article/near-de").get_json()["translations"]] == [NEAR.id]
    assert client.get("/api/v1/article/near-fr").get_json()["translations"] == []
    assert client.get("/api/v1/article/bread-1").get_json()["translations"] == []


def test_a_translation_counts_once_in_the_readers_language(recommender: Recommender) -> None:
    for seed, own in ((SEED.id, NEAR.id), ("seed-de", "near-de")):
        offered = [item.article.id for item in recommender.related(ArticleSeed(seed)).related]
        siblings = {copy.id for item in recommender.related(ArticleSeed(seed)).related for copy in item.siblings}
        assert not {SEED.id, "seed-de"} & {*offered, *siblings}
        assert own in offered
        assert not {NEAR.id, "near-de"} - {own} & {*offered}
    assert "glacier-3" in [item.article.id for item in recommender.related(ArticleSeed(SEED.id)).related]


def test_new_articles_and_removed_ones_change_it(recommender: Recommender, tmp_path: Path) -> None:
    engine = recommender.engine
    assert len(engine.translations(SEED.id)) == 1
    if engine.folder is None:
        return
    with Archive.open(engine.folder.path) as archive:
        archive.remove(["seed-de"])
        assert engine.translations(SEED.id) == []
        archive.add([replace(SEED_DE, id="seed-fr", language="fr"), SAME], workers=1)
    assert [copy.id for copy in engine.translations(SEED.id)] == ["seed-fr"]
