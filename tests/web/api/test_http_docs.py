"""docs/http-api.md keeps its promises: every route and error is in it, its examples have the fields of answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.base.archive_folder import ArchiveFolder
from indexer.schema import BASE
from readmore import open_recommender
from tests.web.fake_backend import LEAD
from web.access.keys import EDIT, WRITE, add_key
from web.api import parameters
from web.app import create_app
from web.commands.demo import index_sample
from web.commands.serve import MAX_BODY, listen
from web.http import errors, params
from web.http.backend import ArchiveBackend
from web.server.loop import Loop, ServerOptions

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
DOCS = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
COMMANDS = [block for block in re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL) if "curl" in block]
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)]


def test_every_route_is_documented(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        path = re.escape(rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert re.search(rf"{method} {path}(?![\w/<])", DOCS), f"{method} {rule.rule} is not in docs/http-api.md"


def test_every_documented_route_exists(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}

    documented = {path.split("?")[0] for path in re.findall(r"`(?:GET|POST|PUT|DELETE) (/[^`\s]*)", DOCS)}
    assert documented <= rules | {
        f"/api/v1/{name}/2024-03-14-voyager-1-memory-readout" for name in ("related", "block", "article")
    }


def test_every_error_is_documented() -> None:
    codes = {code for _, code, _ in errors.STATUS}
    sources = "".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.py"))
    codes |= set(re.findall(r'(?:RefusedError|ParameterError|busy|_forged)\(\s*"(\w+)"', sources))
    codes |= {"not_found", "method_not_allowed", "internal_error", "bad_request"}
    for model in (parameters.SearchParameters, parameters.SeedBlockParameters, parameters.ReportParameters):
        codes |= {f"bad_{name}" for name in model.__struct_fields__ if name not in ("q", "url")}
    codes |= {f"bad_{name}" for name in BASE.filterable}
    assert {"busy", "missing_key", "body_too_large", "unknown_parameter"} <= codes

    assert {code for code in codes if f"`{code}`" not in DOCS} == set()


def test_the_bounds_in_the_documentation_are_those_in_force() -> None:
    assert f"1 to {params.MAX_QUERY} characters" in DOCS
    assert f"1 to {params.MAX_LIMIT}; {params.DEFAULT_LIMIT} if not given" in DOCS
    assert f"0 to {params.MAX_OFFSET}; 0 if not given" in DOCS
    assert f"up to {params.MAX_FILTER_VALUES}, {params.MAX_FILTER} characters each" in DOCS


def shape(value: Any) -> Any:
    """The names of all fields, in order; of a list, those of its first item."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return shape(value[0])
    return None


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "/api/v1/search?q=crater"),
        (2, f"/api/v1/related/{LEAD.id}"),
        (3, f"/api/v1/block/{LEAD.id}"),
        (5, f"/api/v1/article/{LEAD.id}"),
        (6, "/api/v1/article/nope"),
    ],
)
def test_examples_have_the_fields_that_answers_have(client: FlaskClient, number: int, path: str) -> None:
    assert len(EXAMPLES) == 7
    assert shape(EXAMPLES[number]) == shape(client.get(path).get_json())


FILES = {
    "draft.md": "---\ntitle: A draft\n---\nVoyager is heard again.\n",
    "articles.jsonl": '{"id": "a", "title": "One"}\n{"id": "b", "title": "Two"}\n',
    "rules.yaml": "# a comment\n- never_offer: 2024-05-03-change-6-launches\n",
}
CURL = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --max-time 60 "$@"; }
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The sample archive, served; what the examples need to know of it."""
    data = tmp_path_factory.mktemp("documented") / "data"
    index_sample(data)
    folder = ArchiveFolder(data)
    backend = ArchiveBackend(open_recommender(data, wait=False))
    app = create_app(data, lambda: backend, count_clicks=True)
    listener, ended = listen("127.0.0.1", 0), threading.Event()
    port = listener.getsockname()[1]

    def answer() -> None:
        loop = Loop(listener, app, ServerOptions(max_body=MAX_BODY))
        while not ended.is_set():
            loop.turn(0.05)
        loop.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield {
        "SERVICE": f"http://127.0.0.1:{port}",
        "KEY": add_key(folder, "write", [WRITE])[1],
        "EDIT_KEY": add_key(folder, "edit", [EDIT])[1],
        "SECRET": add_key(folder, "hook", [WRITE], webhook=True)[1],
    }
    ended.set()
    thread.join()
    backend.close()


@pytest.mark.slow
@pytest.mark.parametrize("commands", COMMANDS, ids=range(len(COMMANDS)))
def test_the_examples_work_as_written(served: dict[str, str], tmp_path: Path, commands: str) -> None:
    needed = [tool for tool in ("bash", "curl", "openssl") if shutil.which(tool) is None]
    if needed:
        pytest.skip(f"needs {', '.join(needed)}")
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    script = CURL + commands.replace("http://127.0.0.1:8000", served["SERVICE"])
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env={**os.environ, **served}, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"error"' not in done.stdout
