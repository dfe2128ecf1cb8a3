"""The service under load, from outside its processes: `python -m benchmarks.serving ARCHIVE`.

wrk asks over connections that stay open, as fast as it gets answers: 200 different searches, related blocks of 2,000
different articles. Each is measured with answers kept in memory, with none kept, and with articles added meanwhile.
Beside requests a second and latencies stands the processor time that the service took for a request, which is much the
same however busy the machine is otherwise. Where Groonga's HTTP server is installed it is asked the same searches.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks import machine
from benchmarks.environment import ROOT
from indexer.archive import Archive
from indexer.article.article import Article

QUERIES, BLOCKS = 200, 2000
_TICKS = os.sysconf("SC_CLK_TCK")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local threads, turn = 0, 0
function setup(thread) thread:set("first", threads * 977); threads = threads + 1 end
function request() turn = turn + 1; return wrk.format("GET", paths[(first + turn) %% #paths + 1]) end
"""


@dataclass(frozen=True)
class Outcome:
    """One run of wrk. Latencies in milliseconds, `cpu_ms` of all server processes for a request."""

    what: str
    per_second: float
    p50: float
    p99: float
    errors: int
    requests: int
    cpu_ms: float
    load: float  # of the machine, before


def paths_of(articles: Sequence[Article], seed: int = 5) -> tuple[list[str], list[str]]:
    """The searches and the blocks that are asked for: words of headlines that are not rare, and any articles."""
    chance = random.Random(seed)
    words = [[word.lower() for word in _WORD.findall(article.title)] for article in articles]
    counts: dict[str, int] = {}
    for each in words:
        for word in set(each):
            counts[word] = counts.get(word, 0) + 1
    queries: set[str] = set()
    for each in chance.sample(words, len(words)):
        usual = [word for word in each if counts[word] > 5][: chance.choice((1, 2, 2, 3, 4))]
        if usual and len(queries) < QUERIES:
            queries.add(urllib.parse.quote_plus(" ".join(usual)))
    ids = [article.id for article in chance.sample(list(articles), min(BLOCKS, len(articles)))]
    return sorted(queries), [f"/api/block/{urllib.parse.quote(article_id, safe='')}" for article_id in ids]


def wrk(what: str, port: int, paths: Sequence[str], seconds: int, connections: int, pids: Sequence[int]) -> Outcome:
    """Asks for the paths in turn for so many seconds."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paths").write_text("\n".join(paths) + "\n")
        script = Path(folder) / "ask.lua"
        script.write_text(_SCRIPT % (Path(folder) / "paths"))
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
        before = _cpu_seconds(pids)
        told = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
        used = _cpu_seconds(pids) - before
    requests = int(_found(r"(\d+) requests in", told))
    errors = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", told)))
    errors += int(_found(r"Non-2xx or 3xx responses: (\d+)", told, "0"))
    return Outcome(
        what,
        float(_found(r"Requests/sec:\s+([\d.]+)", told)),
        _ms(_found(r"\n +50% +(\S+)", told)),
        _ms(_found(r"\n +99% +(\S+)", told)),
        errors,
        requests,
        round(used * 1000 / max(requests, 1), 3),
        round(load, 1),
    )


def _found(pattern: str, text: str, default: str | None = None) -> str:
    match = re.search(pattern, text)
    if match is None and default is None:
        raise ValueError(f"wrk did not say {pattern}: {text}")
    return match[1] if match else default or ""


def _ms(text: str) -> float:
    number, unit = float(text.rstrip("mus")), text.lstrip("0123456789.")
    return round(number * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit], 2)


def _cpu_seconds(pids: Sequence[int]) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def private_mib(pid: int) -> float:
    """Memory that a process shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


@contextmanager
def readmore(data: Path, workers: int, *options: str) -> Iterator[tuple[int, list[int]]]:
    """readmore's service: its port and its processes that answer."""
    command = [sys.executable, "-m", "readmore", "--data", str(data), "serve", "--port", "0"]
    command += ["--workers", str(workers), "--access-log", "off", *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(_found(r":(\d+)/", process.stdout.readline()))
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            while len(children.read_text().split()) < workers:
                time.sleep(0.1)
            yield port, [int(pid) for pid in children.read_text().split()]
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_for(url: str) -> None:
    for _ in range(1200):
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=10).close()
            return
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


def add_meanwhile(data: Path, articles: Sequence[Article], ended: threading.Event, every: float) -> None:
    """Adds twenty articles, again and again, each time as a new generation."""
    turn = 0
    while not ended.wait(every):
        turn += 1
        again = [
            Article(id=f"new-{turn}-{article.id}", title=f"{article.title} again", body=article.body)
            for article in articles[turn * 20 : turn * 20 + 20]
        ]
        with Archive.open(data) as archive:
            archive.add(again)


def measure(data: Path, articles: Sequence[Article], seconds: int, connections: int, workers: int) -> Iterator[Outcome]:
    """readmore's outcomes, one after another."""
    queries, blocks = paths_of(articles)
    searches = [f"/api/search?q={query}" for query in queries]
    kinds = {"searches": searches, "related blocks": blocks}
    with readmore(data, workers, "--cache-mb", "0") as (port, pids):
        for name, paths in kinds.items():
            yield wrk(f"{name}, nothing kept", port, paths, seconds, connections, pids)
    with readmore(data, workers) as (port, pids):
        for name, paths in kinds.items():
            for path in paths:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).read()
            yield wrk(f"{name}, answers kept", port, paths, seconds, connections, pids)
            ended = threading.Event()
            writer = threading.Thread(target=add_meanwhile, args=(data, articles, ended, seconds / 3))
            writer.start()
            yield wrk(f"{name}, answers kept, articles added", port, paths, seconds, connections, pids)
            ended.set()
            writer.join()


def memory(data: Path, articles: Sequence[Article], requests: int, workers: int) -> dict[str, list[float]]:
    """MiB that each worker has for itself, after start and as it answers some 200,000 mixed requests."""
    queries, blocks = paths_of(articles)
    mixed = [f"/api/search?q={query}" for query in queries] + blocks + [f"/search?q={query}" for query in queries]
    random.Random(1).shuffle(mixed)
    found: dict[str, list[float]] = {"at the start": [], "after half": [], "after all": []}
    with readmore(data, workers) as (port, pids):
        found["at the start"] = [round(private_mib(pid), 1) for pid in pids]
        done, at = 0, "after half"
        while done < requests:
            done += wrk("mixed", port, mixed, 10, 8, pids).requests
            if at == "after half" and done >= requests / 2:
                found[at], at = [round(private_mib(pid), 1) for pid in pids], "after all"
        found["after all"] = [round(private_mib(pid), 1) for pid in pids]
    return found


# -- Groonga ---


def groonga(articles: Sequence[Article], seconds: int, connections: int) -> Iterator[Outcome]:
    """The same searches by Groonga's HTTP server, with ten titles and snippets, where it is installed."""
    program = shutil.which("groonga")
    if program is None:
        click.echo("Groonga is not installed (apt-get install groonga-server-http): not measured", err=True)
        return
    queries, _ = paths_of(articles)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "db"
        _load_groonga(program, database, articles)
        with _free_port() as port:
            command = [program, "-s", "--protocol", "http", "-p", str(port), "-t", "2", "--cache-limit", "0"]
        with subprocess.Popen([*command, str(database)]) as process:
            try:
                _wait_for(f"http://127.0.0.1:{port}/d/status")
                shown = "_key,title,_score,snippet_html(body)"
                ask = "/d/select?table=Articles&match_columns=title*2%7C%7Cbody&limit=10&sort_keys=-_score"
                paths = [f"{ask}&output_columns={shown}&query={query.replace('+', '+OR+')}" for query in queries]
                yield wrk("searches, Groonga, nothing kept", port, paths, seconds, connections, [process.pid])
            finally:
                process.terminate()
                process.wait(timeout=30)


def _load_groonga(program: str, database: Path, articles: Sequence[Article]) -> None:
    values = [{"_key": article.id, "title": article.title, "body": article.body} for article in articles]
    commands = [
        "table_create Articles TABLE_HASH_KEY ShortText",
        "column_create Articles title COLUMN_SCALAR Text",
        "column_create Articles body COLUMN_SCALAR Text",
        "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto",
        "column_create Terms articles_title COLUMN_INDEX|WITH_POSITION Articles title",
        "column_create Terms articles_body COLUMN_INDEX|WITH_POSITION Articles body",
        "load --table Articles",
        json.dumps(values),
    ]
    script = "\n".join(commands) + "\n"
    subprocess.run([program, "-n", str(database)], input=script, text=True, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _free_port() -> Iterator[int]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@click.command()
@click.argument("archive", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seconds", default=30, show_default=True, help="Of each run.")
@click.option("--connections", default=8, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--requests", default=0, help="Mixed requests after which memory is looked at again, such as 200000.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write all figures as JSON.")
def main(archive: Path, seconds: int, connections: int, workers: int, requests: int, out: Path | None) -> None:
    """Measures the service on a copy of an archive that is indexed already."""
    if shutil.which("wrk") is None:
        raise click.ClickException("needs wrk: apt-get install wrk")
    with Archive.open(archive) as opened:
        articles = [article for _, article in opened.store.after(0)]
    outcomes = []
    used: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(archive, Path(folder) / "archive"))
        for outcome in measure(data, articles, seconds, connections, workers):
            outcomes.append(outcome)
            click.echo(_row(outcome))
        if requests:
            used = memory(data, articles, requests, workers)
            click.echo(f"MiB of each worker alone: {used}")
    for outcome in groonga(articles, seconds, connections):
        outcomes.append(outcome)
        click.echo(_row(outcome))
    if out:
        figures = {"machine": machine.describe(), "memory_mib": used, "runs": [asdict(each) for each in outcomes]}
        out.write_text(json.dumps(figures, indent=2))


def _row(outcome: Outcome) -> str:
    return (
        f"{outcome.what}: {outcome.per_second:,.0f}/s, p50 {outcome.p50} ms, p99 {outcome.p99} ms, "
        f"{outcome.errors} errors, {outcome.cpu_ms} ms of processor time each; load {outcome.load}"
    )


if __name__ == "__main__":
    main()
