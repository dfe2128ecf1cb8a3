"""The language of an archive and its articles: set in readmore.toml, said by folders and files, told from texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.commands.index import index
from indexer.settings import SettingsError, load_settings
from indexer.sources import Accepted, read_source
from indexer.sources.names import language_of_file, language_of_folder
from readmore import open_engine

HORSES = Article(id="horses", title="Les chevaux de la plage", body="Dans la nuit, les chevaux dorment.")


def found(path: Path, query: str) -> int:
    with open_engine(path) as engine:
        return engine.search(query).total


def test_a_new_archive_is_indexed_in_the_language_that_is_set(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.folder.settings.write_text('language = "FR-ca"\n')
        archive.add([HORSES])
        assert archive.manifest().language == "fr"
        assert "outdated_language" not in archive.status()
    assert found(tmp_path, "cheval") == 1
    assert found(tmp_path, "dans") == 0


def test_a_full_archive_changes_its_language_when_it_is_reindexed(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([HORSES])
        archive.folder.settings.write_text('language = "fr"\n')
        archive.add([Article(id="b", title="Un cheval", body="x")])
        assert (archive.manifest().language, archive.status()["outdated_language"]) == ("en", "en")
        archive.reindex()
        assert archive.manifest().language == "fr"
        archive.folder.settings.unlink()
        archive.reindex()
        assert archive.manifest().language == "fr"  # what is not set stays
    assert found(tmp_path, "cheval") == 2


@pytest.mark.parametrize("value", ['"french"', '"f"', "1", '["fr"]'])
def test_what_is_no_language_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "readmore.toml"
    path.write_text(f"language = {value}\n")
    with pytest.raises(SettingsError, match="language must be two letters, such as"):
        load_settings(path)


def test_folders_and_files_say_the_language_of_articles_that_do_not(tmp_path: Path) -> None:
    texts = {
        "fr/a.md": "# A\n\nx",
        "fr/b.md": "---\nlang: de\n---\n# B\n\nx",
        "it/c.md": "# C\n\nx",
        "news/it/d.md": "# D\n\nx",
        "news/e.pt-br.md": "# E\n\nx",
        "fair/index.md": "# F\n\nx",
        "fair/index.fr.md": "# G\n\nx",
        "fr/notes/h.txt": "H\n\nx",
        "fr/i.jsonl": '{"id": "i", "title": "I"}',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    articles = [item.article for item in read_source(tmp_path) if isinstance(item, Accepted)]
    assert {article.title: article.language for article in articles} == {
        "A": "fr", "B": "de", "C": "it", "D": "", "E": "pt", "F": "", "G": "fr", "H": "fr", "I": "fr",
    }  # fmt: skip
    assert {"fair", "fair-fr"} <= {article.id for article in articles}
    (item,) = read_source(tmp_path / "fair" / "index.fr.md")
    assert isinstance(item, Accepted)
    assert item.article.language == "fr"


@pytest.mark.parametrize(
    ("name", "beside", "language"),
    [("fr", (), "fr"), ("zh-Hans", (), "zh"), ("it", ("it", "ops"), ""), ("it", ("it", "en"), "it"), ("xx", (), ""),
     ("de-luxe", (), ""), ("tv", ("en",), ""), ("german", ("english", "german"), "de"),
     ("polish", ("nails", "polish"), ""),
     ("Français", ("Français", "en"), "fr"), ("english", ("english", "img"), "")],
)  # fmt: skip
def test_which_folders_name_a_language(name: str, beside: tuple[str, ...], language: str) -> None:
    assert language_of_folder(name, beside) == language


@pytest.mark.parametrize(("name", "language"), [("a.fr.md", "fr"), ("a.md", ""), ("fr.md", ""), ("a.fr.png", "")])
def test_which_files_name_a_language(name: str, language: str) -> None:
    assert language_of_file(name) == language


FRENCH = "Les dockers du port reprennent le travail. La grève est finie, et les chevaux de la plage dorment."
ENGLISH = "The dockers go back to work. The strike is over, and the horses of the beach are asleep again."


def synced(data: Path, site: Path) -> dict[str, str]:
    """The languages of the articles of a folder, by their ids."""
    assert CliRunner().invoke(index, [str(site)], obj={"data": data}).exit_code == 0
    with Archive.open(data) as archive:
        names = [path.stem for path in site.iterdir()]
        return {article.id: article.language for article in archive.store.fetch(names).values()}


def test_articles_that_do_not_say_their_language_have_that_of_their_text(tmp_path: Path) -> None:
    site, data = tmp_path / "site", tmp_path / "data"
    site.mkdir()
    (site / "horses.md").write_text(f"# La plage\n\n{FRENCH}\n")
    (site / "dockers.md").write_text(f"# The beach\n\n{ENGLISH}\n")
    (site / "said.md").write_text(f"---\nlang: nl\n---\n{FRENCH}\n")
    (site / "short.md").write_text("# Oui\n\nNon.\n")
    assert synced(data, site) == {"horses": "fr", "dockers": "", "said": "nl", "short": ""}
    assert found(data, "cheval") == 1
    assert CliRunner().invoke(index, [str(site)], obj={"data": data}).output.startswith("4 articles: 0 new, 0 changed")


def test_the_language_that_is_set_goes_without_saying_and_others_are_told(tmp_path: Path) -> None:
    site, data = tmp_path / "site", tmp_path / "data"
    site.mkdir()
    data.mkdir()
    (data / "readmore.toml").write_text('language = "fr"\n')
    (site / "horses.md").write_text(f"# La plage\n\n{FRENCH}\n")
    (site / "dockers.md").write_text(f"# The beach\n\n{ENGLISH}\n")
    assert synced(data, site) == {"horses": "", "dockers": "en"}
