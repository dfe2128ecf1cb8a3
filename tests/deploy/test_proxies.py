"""The files for nginx and Caddy, tried with these programs in front of a service, where they are installed."""

from __future__ import annotations

import getpass
import http.client
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import REPO
from tests.web.server.running import PATIENCE, Answer, Running, running, wait_until
from web.commands.demo import index_sample
from web.http.bodies import MAX_BULK

pytestmark = pytest.mark.slow
DEPLOY = REPO / "deploy"
_NGINX = """
user {user};
pid {folder}/nginx.pid;
error_log stderr;
daemon off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
Proxy = Callable[[Path, int, int], list[str]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("deployed") / "archive"
    index_sample(data)
    return data


def nginx(folder: Path, port: int, behind: int) -> list[str]:
    """The command for nginx on a port of this machine, with the service at another. Where it is started by root its
    processes must not be another user's, who may not write long bodies into the test's folder."""
    site = (DEPLOY / "nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "site.conf").write_text(site.replace("127.0.0.1:8000", f"127.0.0.1:{behind}"))
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, user=getpass.getuser()))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, behind: int) -> list[str]:
    """The same for Caddy."""
    site = (DEPLOY / "Caddyfile").read_text().replace("news.example {", f"http://news.example:{port} {{")
    options = "{\n\tadmin off\n\tauto_https off\n}\n"
    (folder / "Caddyfile").write_text(options + site.replace("127.0.0.1:8000", f"127.0.0.1:{behind}"))
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def in_front(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: process.poll() is not None or _listens(port))
            assert process.poll() is None, "it does not start with this file"
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def get(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": "news.example", **names})
        response = connection.getresponse()
        return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxied(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> Iterator[tuple[Running, int]]:
    make: Proxy = request.param
    if shutil.which(request.param.__name__) is None:
        pytest.skip(f"{request.param.__name__} is not installed")
    with running(data, "--workers", "1", "--prefix", "/find", "--trusted-proxies", "127.0.0.1") as service:
        port = free_port()
        with in_front(make(tmp_path, port, service.port), port):
            yield service, port


def test_readers_reach_the_service_under_its_path_and_nothing_else(proxied: tuple[Running, int]) -> None:
    service, port = proxied
    page = get(port, "/find/")
    assert page.status == 200
    assert b'href="/find/search' in page.body
    assert get(port, "/find/api/search?q=moon").json["total"] > 0
    assert get(port, "/find/api/related?limit=2", "POST", b"A landing on the moon").status == 200
    assert [get(port, f"/find/{name}").status for name in ("metrics", "livez", "readyz")] == [404] * 3
    assert service.get("/find/readyz").status == 200


def test_what_clients_say_of_themselves_is_not_passed_on(proxied: tuple[Running, int]) -> None:
    service, port = proxied
    forged = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Prefix": "/evil", "X_Request_ID": "forged"}
    answer = get(port, "/find/", **forged)
    assert b"/evil" not in answer.body
    request_id = answer.headers["x-request-id"].split(",")[0]
    assert request_id != "forged"
    wait_until(lambda: any(request_id in line for line in service.said))
    line = next(message for message in service.messages() if message.get("request") == request_id)
    assert line["address"] == "127.0.0.1"


def test_a_text_that_is_too_long_is_refused(proxied: tuple[Running, int]) -> None:
    _, port = proxied
    with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
        assert get(port, "/find/api/related", "POST", b"a" * 5_000_000).status in (413, 502)


def test_many_articles_at_once_come_through(proxied: tuple[Running, int]) -> None:
    _, port = proxied
    answer = get(port, "/find/api/v1/articles", "POST", b" " * MAX_BULK)
    assert (answer.status, answer.json["error"]["code"]) == (401, "missing_key")  # by the service, not the proxy


def test_readers_notice_nothing_of_a_reload(proxied: tuple[Running, int]) -> None:
    service, port = proxied
    before = set(service.workers())
    statuses: list[int] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            statuses.append(get(port, f"/find/api/search?q=moon&offset={len(statuses) % 50}").status)

    reader = threading.Thread(target=read)
    reader.start()
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: service.workers() != [] and not before & set(service.workers()))
    ended.set()
    reader.join()
    assert set(statuses) == {200} or set(statuses) <= {200, 429}  # nginx's own limit
    assert 200 in statuses
