"""The service in several processes: new generations, deaths, stops, logs and figures, under a path, behind a proxy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from search.usage.event_log import PAUSE, EventLog
from tests.web.server.conftest import ARTICLE
from tests.web.server.running import Running, running, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(sample: Path) -> Iterator[Running]:
    with running(sample, "--workers", "2") as service:
        yield service


class Readers:
    """Threads that ask, over connections that stay open, and note what went wrong."""

    def __init__(self, service: Running, paths: list[str], count: int = 3) -> None:
        self.failures: list[str] = []
        self.answered = 0
        self._service, self._paths = service, paths
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(count)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.answered > 20 or bool(self.failures))
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        turn = 0
        while not self._ended.is_set():
            path = self._paths[turn % len(self._paths)]
            turn += 1
            try:
                answer = self._service.get(path)
            except OSError as error:
                self.failures.append(f"{path}: {error!r}")
                continue
            if answer.status != 200:
                self.failures.append(f"{path}: {answer.status} {answer.body[:200]!r}")
            self.answered += 1


def paths() -> list[str]:
    return ["/api/search?q=moon", f"/api/block/{ARTICLE}", "/", f"/article/{ARTICLE}", "/api/search?q=lander&limit=5"]


def test_a_new_generation_is_taken_up_by_all_workers_and_no_request_is_dropped(data: Path) -> None:
    with running(data, "--workers", "2", "--lag-seconds", "0") as service, Readers(service, paths()) as readers:
        for number in range(3):
            with Archive.open(data) as archive:
                archive.add([Article(id=f"zorg-{number}", title="A zorg on the moon", body="zorg and lander")])
            # several times, since any of the workers may answer
            for _ in range(6):
                assert service.get("/api/search?q=zorg").json["total"] == number + 1
        with Archive.open(data) as archive:
            archive.remove(["zorg-0"])
        for _ in range(6):
            assert service.get("/api/search?q=zorg").json["total"] == 2
    assert readers.failures == []


def test_a_worker_that_is_killed_is_replaced(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        wait_until(lambda: len(service.workers()) == 2)
        killed = service.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(set(service.workers()) - set(killed)) == 2)
        assert all(service.get(path).status == 200 for path in paths())
        assert "readmore_workers_ended_total 2.0" in service.get("/metrics").body.decode()
        assert service.process.poll() is None
        assert service.stop() == 0
    assert any("SIGKILL" in message.get("message", "") for message in service.messages())


def test_told_to_stop_it_answers_what_it_was_asked(data: Path) -> None:
    with running(data, "--workers", "1", "--cache-mb", "0") as service:
        whole = service.get(f"/api/block/{ARTICLE}").body
        with socket.create_connection(("127.0.0.1", service.port), timeout=60) as half:
            half.sendall(f"GET /api/block/{ARTICLE} HTTP/1.1\r\nHost: a\r\n".encode())  # under way
            service.get("/livez")  # the loop has seen the other by now
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not accepts(service.port))
            half.sendall(b"Connection: close\r\n\r\n")
            received = b"".join(iter(lambda: half.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 OK")
        assert json.loads(received.partition(b"\r\n\r\n")[2])["lead"] == json.loads(whole)["lead"]
        assert service.stop() == 0


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_rolling_restart_drops_nothing(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        wait_until(lambda: len(service.workers()) == 2)
        before = set(service.workers())
        with Readers(service, paths()) as readers:
            service.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(service.workers()) == 2 and not before & set(service.workers()))
        assert readers.failures == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_and_leaves_nothing_behind(data: Path, how: signal.Signals) -> None:
    with running(data, "--workers", "2") as service:
        wait_until(lambda: len(service.workers()) == 2)
        workers = service.workers()
        assert service.stop(how) == 0
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        assert not list(Path("/dev/shm").glob(f"readmore-metrics-*/*_{workers[0]}.db"))
    assert [message for message in service.messages() if message.get("level") == "error"] == []


def test_no_worker_outlives_the_first_process(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        wait_until(lambda: len(service.workers()) == 2)
        workers = service.workers()
        service.process.kill()
        wait_until(lambda: not any(_runs(pid) for pid in workers))


def _runs(pid: int) -> bool:
    """Whether there is such a process that has not ended; nobody may be there to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_folder_it_was_started_in_may_go_away(data: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with running(data, "--workers", "1", cwd=gone) as service:
        gone.rmdir()
        os.kill(service.workers()[0], signal.SIGKILL)
        wait_until(lambda: service.workers() != [] and service.get("/readyz").status == 200)
        assert all(service.get(path).status == 200 for path in paths())


def test_a_lost_index_is_said_and_a_new_one_taken_up(data: Path) -> None:
    with running(data, "--workers", "2") as service:
        away = data / "index-away"
        (data / "index").rename(away)
        # what has the files open goes on or says that there is nothing; it is never an error of the service's own
        assert {service.get("/readyz").status for _ in range(4)} <= {200, 503}
        assert {service.get(path).status for path in paths()} <= {200, 404, 503}
        os.kill(service.workers()[0], signal.SIGKILL)
        away.rename(data / "index")
        wait_until(lambda: all(service.get(path).status == 200 for path in paths()))


def test_without_the_archive_it_goes_on_and_says_why(data: Path) -> None:
    with running(data, "--workers", "1") as service:
        shutil.move(data, data.with_name("away"))
        os.kill(service.workers()[0], signal.SIGKILL)
        wait_until(lambda: service.workers() != [])
        answer = service.get("/readyz")
        assert answer.status == 503
        assert answer.json["error"]["code"] == "archive_not_found"
        assert service.get("/livez").status == 200
        shutil.move(data.with_name("away"), data)
        wait_until(lambda: service.get("/readyz").status == 200)


_RIGHTS = "--bounding-set=-dac_override,-dac_read_search,-fowner"
_WITHOUT_RIGHTS = ("setpriv", _RIGHTS, _RIGHTS.replace("bounding-set", "inh-caps"))


def test_a_folder_that_cannot_be_written_to_is_served(data: Path) -> None:
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and there is no setpriv to take that from it")
        before = _WITHOUT_RIGHTS
    for path in [*data.glob("*.lock"), *data.glob("articles.db-*")]:
        path.unlink()
    folders = [data, *(path for path in data.rglob("*"))]
    for path in folders:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with running(data, "--workers", "1", "--clicks", "--access-log", str(data / "log"), before=before) as service:
            assert all(service.get(path).status == 200 for path in [*paths(), "/readyz", "/api/status"])
            assert service.get("/api/click", "POST", b"{}").status == 403
            said = [message["message"] for message in service.messages() if message.get("level") == "warning"]
            assert len(said) == 2  # neither clicks nor a log
    finally:
        for path in folders:
            path.chmod(path.stat().st_mode | 0o200)


def test_a_folder_of_somebody_elses_is_followed_as_it_changes(data: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("needs root, and setpriv: who serves must have fewer rights than who writes")
    for path in [data, *data.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    with running(data, "--workers", "2", "--lag-seconds", "0", before=_WITHOUT_RIGHTS) as service:
        for number in range(3):
            with Archive.open(data) as archive:
                archive.add([Article(id=f"zorg-{number}", title="A zorg on the moon", body="zorg and lander")])
            for _ in range(4):
                assert service.get("/api/search?q=zorg").json["total"] == number + 1
                assert service.get(f"/api/article/zorg-{number}").status == 200
        with Archive.open(data) as archive:
            archive.remove(["zorg-1"])
        for _ in range(4):
            assert service.get("/api/search?q=zorg").json["total"] == 2
            assert service.get("/api/article/zorg-1").status == 404


# -- the log, the figures, ids ---


def test_every_request_has_an_id_and_a_line_without_what_was_asked(served: Running) -> None:
    answer = served.get("/api/search?q=secretword&url=https://a.example/secretpath", User_Agent="curl/8")
    request_id = answer.headers["x-request-id"]
    wait_until(lambda: any(request_id in line for line in served.said))
    line = next(message for message in served.messages() if message.get("request") == request_id)
    assert (line["method"], line["path"], line["agent"]) == ("GET", "/api/search", "curl/8")
    assert line["status"] == answer.status
    assert line["bytes"] == len(answer.body)
    assert line["address"] == "127.0.0.1"
    assert not any("secret" in line for line in served.said)


def test_an_id_from_outside_is_not_believed(served: Running) -> None:
    assert served.get("/livez", X_Request_ID="forged").headers["x-request-id"] != "forged"


def test_figures_are_of_all_workers(served: Running) -> None:
    for _ in range(10):
        served.get("/api/search?q=comet")
        served.get("/no/such/page")
    figures = dict(
        line.rsplit(" ", 1) for line in served.get("/metrics").body.decode().splitlines() if not line.startswith("#")
    )
    assert float(figures['readmore_requests_total{method="GET",route="/api/search",status="200"}']) >= 10
    assert float(figures['readmore_requests_total{method="GET",route="none",status="404"}']) >= 10
    assert float(figures['readmore_request_seconds_count{route="/api/search"}']) >= 10
    assert float(figures['readmore_answers_total{kept="hit"}']) >= 9
    assert float(figures["readmore_articles"]) == 154
    assert float(figures["readmore_generation"]) == served.get("/readyz").json["generation"]
    for pid in served.workers():
        assert float(figures[f'readmore_worker_memory_bytes{{part="private",worker="{pid}"}}']) > 1e6


def test_figures_are_for_those_who_may_see_them(served: Running, sample: Path) -> None:
    assert served.get("/metrics", X_Forwarded_For="203.0.113.9").status == 404  # a proxy's, for somebody outside
    with running(sample, "--workers", "1", "--metrics-from", "") as service:
        assert service.get("/metrics").status == 404


# -- behind a proxy ---


def test_under_a_path_all_links_begin_with_it(sample: Path) -> None:
    with running(sample, "--workers", "1", "--prefix", "/find") as service:
        for path in (
            "/find/",
            "/find/search?q=moon",
            f"/find/article/{ARTICLE}",
            "/find/search?q=%5B",
            "/find/nowhere",
        ):
            page = service.get(path).body.decode()
            links = [piece.split('"')[0] for name in ('href="', 'action="', 'src="') for piece in page.split(name)[1:]]
            own = [link for link in links if link.startswith("/")]
            assert own != []
            assert [link for link in own if not link.startswith("/find/")] == []
        page = service.get("/find/").body.decode()
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert service.get(style).status == 200
        assert service.get("/find/api/search?q=moon").status == 200
        assert service.get("/api/search?q=moon").status == 200  # a proxy may take the path off


def test_only_a_trusted_proxy_is_believed(served: Running, sample: Path) -> None:
    told = {"X_Forwarded_For": "203.0.113.9, 127.0.0.1", "X_Forwarded_Prefix": "/find", "X_Request_ID": "from-proxy"}
    assert b"/find/" not in served.get("/", **told).body
    with running(sample, "--workers", "1", "--trusted-proxies", "127.0.0.0/8") as service:
        answer = service.get("/", **told)
        assert b"/find/search" in answer.body
        assert answer.headers["x-request-id"] == "from-proxy"
        wait_until(lambda: any("from-proxy" in line for line in service.said))
        line = next(message for message in service.messages() if message.get("request") == "from-proxy")
        assert line["address"] == "203.0.113.9"


def test_redirects_say_nothing_of_the_host(served: Running) -> None:
    answer = served.get("/search/", Host="evil.example")
    assert answer.status in (301, 308, 404)
    assert "evil.example" not in answer.headers.get("location", "")


def test_what_readers_do_is_counted_by_all_workers_and_when_it_stops(data: Path) -> None:
    folder, words = ArchiveFolder(data), [f"{letter}probe" for letter in "abcdefghijkl"]
    with running(data, "--workers", "2", "--clicks") as service:
        for word in words:  # over connections of their own, so that both workers answer
            assert service.get(f"/api/v1/search?q={word}").status == 200
        view = json.dumps({"type": "view", "id": ARTICLE}).encode()
        assert service.get("/api/v1/events", "POST", view).status == 204
        assert service.stop() == 0
    with EventLog(folder) as log:
        later = time.time() + 2 * PAUSE
        assert sorted(one.query for one in log.searched(now=later)) == words
        assert log.sums(2, 5, now=later).top_views == [(ARTICLE, 1)]
