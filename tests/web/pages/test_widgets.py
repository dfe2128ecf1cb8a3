"""The widgets' files: what is served, how large it is, what a package of them would have."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import REPO
from web.pages.widgets import FOLDER

MOST = 15_000  # bytes, with gzip
SCRIPT = (FOLDER / "readmore.js").read_text("utf-8")


def test_the_script_is_small() -> None:
    assert len(gzip.compress(SCRIPT.encode(), 6)) < MOST  # the level that servers use if not told


def test_every_page_may_load_it_and_keep_it(client: FlaskClient) -> None:
    with client.get("/widgets/readmore.js") as answer:
        assert answer.text == SCRIPT
        headers = answer.headers
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in headers["Cache-Control"]
    with client.get("/widgets/readmore.js", headers={"If-None-Match": headers["ETag"]}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("name", ["package.json", "README.md", "..", "nothing.js", "%2e%2e%2fapp.py"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/widgets/{name}").status_code == 404


def test_every_language_has_every_word() -> None:
    keys = SCRIPT.split("const KEYS =")[1].split('"')[1].split()
    said = SCRIPT.split("const SAID = {")[1].split("\n  };")[0]
    languages = re.split(r"\n    (\w\w):", said)[1:]
    words = {
        language: "".join(re.findall(r'"([^"]*)"', text)).split("|")
        for language, text in zip(languages[::2], languages[1::2], strict=True)
    }
    assert set(words) == {"en", "de", "fr", "es", "pt", "ar", "ja"}
    for language, each in words.items():
        assert len(each) == len(keys), language
        for key, word, english in zip(keys, each, words["en"], strict=True):
            assert word.strip(), (language, key)
            assert re.findall(r"\{.\}", word) == re.findall(r"\{.\}", english), (language, key)


def test_it_needs_nothing_that_a_policy_may_forbid() -> None:
    code = re.sub(r"^\s*(//|/\*).*$", "", SCRIPT, flags=re.MULTILINE)
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|cookie|localStorage|sessionStorage"
    )
    assert re.findall(forbidden, code) == []


def test_rules_of_fragments_touch_nothing_else() -> None:
    css = re.sub(r"/\*.*?\*/", "", (FOLDER / "fragment.css").read_text("utf-8"), flags=re.DOTALL)
    selectors = [each.strip() for each in re.findall(r"([^{}]+)\{", css)]
    assert len(selectors) > 5
    assert [each for each in selectors if not each.startswith(".readmore-block ")] == []
    assert "@" not in css
    assert [each for each in selectors if "," in re.sub(r"\([^)]*\)", "", each)] == []


def test_the_folder_is_a_package() -> None:
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    assert (package["version"], package["license"]) == (project["version"], project["license"])
    assert all((FOLDER / name).is_file() for name in package["files"])
    assert (FOLDER / "LICENSE").read_bytes() == (REPO / "LICENSE").read_bytes()


def test_types_name_every_attribute_and_event() -> None:
    types = (FOLDER / "index.d.ts").read_text("utf-8")
    read = set(re.findall(r'(?:get|has)Attribute\("([a-z-]+)"\)', SCRIPT))
    read -= {"action"} if 'fallback?.getAttribute("action")' in SCRIPT and "action?:" in types else set()
    assert {name for name in read if not re.search(rf'^  "?{name}"?\?:', types, re.MULTILINE)} == set()
    told = set(re.findall(r'tell\("([a-z-]+)"', SCRIPT))
    assert told == set(re.findall(r'"(readmore-[a-z]+)": CustomEvent', types))


@pytest.mark.slow
def test_npm_packs_it(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    command = [
        npm,
        "pack",
        "--json",
        "--offline",
        "--cache",
        str(tmp_path / "cache"),
        "--pack-destination",
        str(tmp_path),
    ]
    done = subprocess.run([*command, str(FOLDER)], capture_output=True, text=True, timeout=120, check=True)
    packed = {file["path"] for file in json.loads(done.stdout)[0]["files"]}
    assert packed == {"LICENSE", "README.md", "fragment.css", "index.d.ts", "package.json", "readmore.js"}
