"""Everything that readmore does of its own accord, run as processes that may not look anything up.

Run as a script in a network namespace of its own it also counts what the system saw of it, native libraries included:

    unshare --map-root-user --net python -m tests.offline FOLDER
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from indexer.samples import SAMPLE
from indexer.vectors.models import MINILM, MINILM_PACKAGE
from tests.conftest import REPO

LOG = "lookups.txt"
HOME = "home"
# Python runs it at the start of every process: what is about to leave the machine is written down and refused.
_GUARD = """
import ipaddress, os, sys

def is_address(host):
    try:
        return bool(ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host))
    except ValueError:
        return False

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        if is_address(host):  # nothing to look up
            return
    elif event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else "localhost"
    else:
        return
    if host not in (None, "", "localhost", b"localhost", "127.0.0.1", "::1"):
        with open(os.environ["LOOKUPS"], "a") as log:
            log.write(f"{event} {host} by {sys.argv}\\n")
        raise OSError(f"{event} {host}: not allowed")

sys.addaudithook(watch)
"""
_TELLS_OTHERS_TO_BE_QUIET = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")


def environment(folder: Path) -> dict[str, str]:
    """The variables of processes that are watched: a home of their own in `folder`, and nothing that would keep a
    library from what it does on a user's machine."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(_GUARD)
    (folder / HOME).mkdir(exist_ok=True)
    quiet = {name for name in os.environ if name in _TELLS_OTHERS_TO_BE_QUIET or name.startswith(("HF_", "XDG_"))}
    return {
        **{name: value for name, value in os.environ.items() if name not in quiet},
        "HOME": str(folder / HOME),
        "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{REPO}",
        "LOOKUPS": str(folder / LOG),
    }


def lookups(folder: Path) -> list[str]:
    """What the watched processes wanted of the network."""
    log = folder / LOG
    return log.read_text().splitlines() if log.exists() else []


def everything(folder: Path, model: Path) -> None:
    """Runs the commands and the service; `model` is a model's folder. Raises CalledProcessError if one fails."""
    data, env = folder / "archive", environment(folder)
    _run(data, env, "index", SAMPLE)
    _run(data, env, "embed", model, "--name", "tiny")
    if importlib.util.find_spec(MINILM_PACKAGE) is not None:
        _run(data, env, "embed", MINILM)
    with _serving(data, env) as url:
        _run(data, env, "search", "a landing on the far side", "--explain")
        _run(data, env, "related", "2024-05-03-change-6-launches", "--block")
        _run(data, env, "embed")
        _run(data, env, "report")
        _run(data, env, "export", folder / "site-files")
        _run(data, env, "reindex")
        _run(data, env, "status")
        _run(data, env, "check")
        for path in ("", "search?q=landing+on+the+far+side", "article/2024-05-03-change-6-launches"):
            urllib.request.urlopen(url + path, timeout=60).read()


def _run(data: Path, env: dict[str, str], *arguments: object) -> None:
    command = [sys.executable, "-m", "readmore", "--data", str(data), *map(str, arguments)]
    subprocess.run(command, env=env, cwd=data.parent, check=True, stdout=subprocess.DEVNULL, timeout=600)


@contextmanager
def _serving(data: Path, env: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "readmore", "--data", str(data), "serve", "--port", "0"]
    with subprocess.Popen(command, env=env, cwd=data.parent, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            found = re.search(r"http://\S+", service.stdout.readline())
            assert found is not None, "the service does not say where it is"
            yield found[0]
        finally:
            service.send_signal(signal.SIGINT)
            service.wait(timeout=60)


def sent() -> int:
    """How often something in this network namespace wanted to reach what is not in it."""
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    ip = dict(zip(*(line.split() for line in lines if line.startswith("Ip:")), strict=True))
    return int(ip["OutNoRoutes"])


def _loopback_up() -> None:
    with socket.socket() as any_socket:
        up_and_running = 0x1 | 0x8 | 0x40
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", up_and_running))  # SIOCSIFFLAGS


def main(folder: Path, model: Path) -> dict[str, Any]:
    """What was sent by everything, and by a connection that is certain to be noticed."""
    _loopback_up()
    everything(folder, model)
    before = sent()
    with socket.socket() as outside, suppress(OSError):
        outside.settimeout(5)
        outside.connect(("192.0.2.1", 9))
    return {"by_readmore": before, "by_a_connection": sent() - before}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
