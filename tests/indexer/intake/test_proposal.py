"""`readmore init`: what is proposed for folders, tables and sites, and that nothing is written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.archive import Archive
from indexer.commands.index import index
from indexer.commands.init import init
from indexer.commands.sync import sync
from indexer.intake.columns import guessed_columns
from indexer.intake.generator import generator_of
from indexer.settings import load_settings
from tests.indexer.sources.crawl.site import Site, site
from tests.indexer.sources.html.pages import article, page

GERMAN = """Der Hafen ist seit dem Morgen wieder offen, und die ersten Fähren haben am Mittag abgelegt. Die Arbeiten an
    der Mauer werden noch einige Wochen dauern, sagte eine Sprecherin der Stadt, aber sie sind weiter als geplant."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(init, arguments, obj={"data": data}, catch_exceptions=False)


def synced(data: Path, count: int) -> None:
    """Takes in what the settings name."""
    done = CliRunner().invoke(sync, ["--workers", "1"], obj={"data": data})
    assert done.exit_code == 0, done.output
    with Archive.open(data) as archive:
        assert archive.store.count() == count


def posts(folder: Path, number: int = 5, text: str = GERMAN) -> Path:
    folder.mkdir(parents=True)
    for n in range(number):
        (folder / f"2024-03-0{n + 1}-post-{n}.md").write_text(f"---\ntitle: Post {n}\n---\n{text} {n}.\n", "utf-8")
    return folder


def test_the_address_of_posts_is_written_where_the_proposal_says(data: Path, tmp_path: Path) -> None:
    folder = posts(tmp_path / "posts")
    run(data, str(folder))
    path = data / "readmore.toml"
    proposed = path.read_text("utf-8")
    assert proposed.index("[[sources]]") < proposed.index("do not say their addresses")
    assert load_settings(path).sources[0].url == ""
    path.write_text(proposed.replace("# url = ", "url = "), "utf-8")
    assert load_settings(path).sources[0].url == "/{year}/{month}/{slug}/"
    synced(data, 5)
    with Archive.open(data) as archive:
        assert "/2024/03/post-0/" in archive.store.urls()


def test_a_folder_of_a_generator(data: Path, tmp_path: Path) -> None:
    folder = posts(tmp_path / "site" / "_posts")
    (tmp_path / "site" / "_config.yml").write_text('title: "Hafenblatt"\npaginate: 10\n', "utf-8")
    done = run(data, str(folder))
    assert done.exit_code == 0
    settings = load_settings(data / "readmore.toml")
    (source,) = settings.sources
    assert (source.place, source.site, source.url) == (str(folder), "Hafenblatt", "jekyll")
    assert settings.language == "de"
    assert 'from = "../site/_posts"' in done.output
    assert "5 Markdown" in done.output
    assert "sync --dry-run" in done.output
    synced(data, 5)


@pytest.mark.parametrize(
    ("file", "line", "home"),
    [
        ("hugo.toml", "baseURL = 'https://backstube.example/'", "https://backstube.example/"),
        ("hugo.yaml", "baseURL: https://backstube.example", "https://backstube.example"),
        ("hugo.toml", "baseurl = 'http://backstube.example:8080/' # ours", "http://backstube.example:8080/"),
        ("config.toml", 'base_url = "https://backstube.example"', "https://backstube.example"),
        ("pelicanconf.py", "SITEURL = 'https://backstube.example'", "https://backstube.example"),
        ("hugo.toml", "baseURL = 'https://example.org/'", ""),
        ("hugo.toml", "baseURL = 'http://localhost:1313/'", ""),
        ("hugo.toml", "baseURL = 'https://backstube.example/blog/'", ""),
        ("hugo.toml", "baseURL = '/'", ""),
        ("hugo.toml", "baseURL = 'https://[backstube/'", ""),
        ("_config.yml", "baseurl: /blog\nurl: https://backstube.example", ""),
        ("hugo.toml", "[[menus.main]]\nurl = 'https://elsewhere.example'", ""),
    ],
)
def test_the_front_page_is_that_of_the_generators_settings(
    data: Path, tmp_path: Path, file: str, line: str, home: str
) -> None:
    folder = posts(tmp_path / "site" / "content" / "posts", 1)
    (tmp_path / "site" / file).write_text(line + "\n", "utf-8")
    assert run(data, str(folder)).exit_code == 0
    assert load_settings(data / "readmore.toml").pages == ({"home": home} if home else {})


SITES = [
    ("hugo.toml", "content", "hugo"),
    ("hugo.yaml", "content", "hugo"),
    ("hugo.toml", "src/texts", "hugo"),
    ("config.toml", "content", "zola"),
    ("config/_default/hugo.toml", "content", "hugo"),
    ("astro.config.mjs", "src/content", "astro"),
]
SETTINGS = {
    "hugo.toml": 'title = "Backstube"\n{dir}\n[languages.de]\ncontentDir = "content/de"\n',
    "hugo.yaml": "title: Backstube\nlanguages:\n  de:\n    contentDir: content/de\n",
    "config.toml": 'base_url = "https://x.example"\ntitle = "Backstube"\n',
}


@pytest.fixture(params=SITES, ids=lambda param: f"{param[0]}-{param[1]}")
def generated(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str, str]:
    """A site of a generator with articles in several languages, beside which there is other text: its folder, that of
    the articles in it, and the generator's name."""
    file, content, name = request.param
    folder = tmp_path / "site"
    for below in ("posts", "de/posts"):
        posts(folder / content / below, 2, f"{GERMAN} {below}")
    bundle = folder / content / "posts" / "rye-bread"
    bundle.mkdir()
    (bundle / "index.md").write_text("---\ntitle: Rye bread\n---\nRye, water, salt.\n", "utf-8")
    posts(folder / "notes", 1, "Not of the site")
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    own = f'contentDir = "{content}"' if content == "src/texts" else ""
    (folder / file).write_text(SETTINGS.get(Path(file).name, "").replace("{dir}", own), "utf-8")
    return folder, content, name


ADDRESSES = {"/posts/post-0/", "/posts/post-1/", "/posts/rye-bread/", "/de/posts/post-0/", "/de/posts/post-1/"}


def test_of_the_folder_of_a_site_the_articles_are_proposed(
    data: Path, generated: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, content, name = generated
    monkeypatch.chdir(folder)
    assert run(data, ".").exit_code == 0
    (source,) = load_settings(data / "readmore.toml").sources
    assert (source.place, source.url) == (str(folder / content), name)
    synced(data, 5)
    with Archive.open(data) as archive:
        assert set(archive.store.urls()) == ADDRESSES


@pytest.mark.parametrize("source", [".", "..", "{content}", "{content}/posts"])
def test_folders_of_a_site_count_from_that_of_its_articles_on(
    data: Path, generated: tuple[Path, str, str], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, content, name = generated
    monkeypatch.chdir(folder)
    place = source.format(content=content)
    generator = generator_of(Path(place))
    url = generator.url_pattern(Path(place)) if generator else name
    done = CliRunner().invoke(index, [place, "--url", url, "--workers", "1"], obj={"data": data})
    assert done.exit_code == 0, done.output
    with Archive.open(data) as archive:
        found = set(archive.store.urls())
    assert found >= {address for address in ADDRESSES if not source.endswith("posts") or address.startswith("/posts")}
    assert not any("content" in address or "texts" in address for address in found)


def test_a_pattern_of_ones_own_has_all_folders_below_the_source(data: Path, tmp_path: Path) -> None:
    posts(tmp_path / "site" / "content" / "posts", 1)
    (tmp_path / "site" / "hugo.toml").write_text('title = "Backstube"\n')
    arguments = [str(tmp_path / "site"), "--url", "/{folder}/{slug}/", "--workers", "1"]
    assert CliRunner().invoke(index, arguments, obj={"data": data}).exit_code == 0
    with Archive.open(data) as archive:
        assert archive.store.urls() == ["/content/posts/post-0/"]


def test_what_is_there_already_is_never_changed(data: Path, tmp_path: Path) -> None:
    folder = posts(tmp_path / "posts")
    data.mkdir()
    (data / "readmore.toml").write_text('language = "nl"\n')
    done = run(data, str(folder))
    assert done.exit_code == 1
    assert "stays as it is" in done.stderr
    assert "[[sources]]" in done.stdout
    assert (data / "readmore.toml").read_text() == 'language = "nl"\n'


def test_a_table_with_columns_of_other_names(data: Path, tmp_path: Path) -> None:
    rows = "\n".join(f'{n};Kop nummer {n};"{GERMAN * 2}";1{n}-03-2024;https://krant.example/{n}' for n in range(6))
    table = tmp_path / "export.csv"
    table.write_text(f"nr;Kop;Stuk;Geplaatst;Waar\n{rows}\n", "utf-8")
    assert run(data, str(table)).exit_code == 0
    (source,) = load_settings(data / "readmore.toml").sources
    assert source.mapping == {"title": "Kop", "url": "Waar", "date": "Geplaatst", "body": "Stuk"}
    synced(data, 6)


def test_columns_are_guessed_by_name_before_what_is_in_them() -> None:
    rows = [{"Überschrift": f"Etwas geschah {n}", "Anmerkung": "lang " * 100, "Inhalt": "kurz"} for n in range(3)]
    assert guessed_columns(rows) == {"title": "Überschrift", "body": "Inhalt"}
    assert guessed_columns([{"a": "1", "b": "2"}]) == {}


def test_a_site_with_a_sitemap(data: Path) -> None:
    with site() as web:
        paths = [f"/2024/pier-{n}" for n in range(9)]
        for path in paths:
            web.pages[path] = page(article(title=f"News of {path}"), '<meta property="og:site_name" content="Courier">')
        web.pages["/"] = page()
        web.sitemap(*paths)
        assert run(data, web.address + "/", "--private").exit_code == 0
        settings = load_settings(data / "readmore.toml")
        (source,) = settings.sources
        assert source.place == f"{web.address}/sitemap.xml"
        assert (source.site, source.private, settings.language) == ("Courier", True, "en")
        synced(data, 9)


def test_a_site_with_a_feed_only(data: Path) -> None:
    with site() as web:
        front(web)
        assert run(data, web.address + "/", "--private").exit_code == 0
        (source,) = load_settings(data / "readmore.toml").sources
        assert source.place == f"{web.address}/feed.xml"


def front(web: Site) -> None:
    web.pages["/"] = page(head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">')
    item = f"<item><title>The pier</title><link>{web.address}/pier</link><description>{GERMAN * 9}</description></item>"
    web.pages["/feed.xml"] = f'<rss version="2.0"><channel><title>Courier</title>{item}</channel></rss>'
    web.types["/feed.xml"] = "application/rss+xml"


def test_what_has_no_articles_is_said_and_nothing_written(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(init, [str(tmp_path / "empty")], obj={"data": data})
    assert "no articles found" in str(done.exception)
    assert not data.exists()
