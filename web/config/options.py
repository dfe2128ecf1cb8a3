"""The settings of the service: names, kinds, bounds and defaults. Everything else about them follows from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

MAX_TEXT = 1000  # characters of a value
SERVE = "serve"


class SettingValueError(ValueError):
    """A value that a setting cannot have. The message says what it must be."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of the service.

    It is ``--a-name`` on the command line, ``READMORE_A_NAME`` in the environment and ``a_name`` in the table
    ``[serve]`` of readmore.toml; one of another table is called ``READMORE_TABLE_A_NAME`` and has no option. `read`
    makes its value out of what is given there, a text or what TOML has, and raises SettingValueError.
    """

    name: str
    default: Any
    read: Callable[[Any], Any]
    help: str
    metavar: str = ""  # empty for one that is on or off
    table: str = SERVE  # of readmore.toml

    @property
    def key(self) -> str:
        """What it is called among all settings: its name, behind that of its table unless that is ``[serve]``."""
        return self.name if self.table == SERVE else f"{self.table}.{self.name}"

    @property
    def flag(self) -> str:
        """What it is called on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """What it is called in the environment."""
        return "READMORE_" + self.key.replace(".", "_").upper()

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.default, bool)


def whole_number(low: int, high: int) -> Callable[[Any], int]:
    """Reads a whole number from `low` to `high`."""

    def read(value: Any) -> int:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 12:
            text = int(text)
        if not isinstance(text, int) or isinstance(text, bool) or not low <= text <= high:
            raise SettingValueError(f"must be a whole number from {low} to {high}")
        return text

    return read


def switch(value: Any) -> bool:
    """Reads what is on or off."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    found = value if isinstance(value, bool) else words.get(str(value).strip().lower())
    if found is None or not isinstance(value, (bool, str)):
        raise SettingValueError("must be true or false")
    return found


def text(value: Any) -> str:
    """Reads a line of text."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise SettingValueError("must be a line of text")
    return value.strip()


def prefix(value: Any) -> str:
    """Reads the path under which the service is reached: ``/search``, or nothing."""
    path = text(value).strip("/")
    if any(part in ("", ".", "..") or not _is_plain(part) for part in path.split("/") if path):
        raise SettingValueError("must be a path such as /search: letters, digits, '-', '_' and '.' between slashes")
    return f"/{path}" if path else ""


def _is_plain(part: str) -> bool:
    return part.isascii() and all(character.isalnum() or character in "-_." for character in part)


def networks(value: Any) -> tuple[str, ...]:
    """Reads addresses and networks, as a list or with commas between them."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
        raise SettingValueError("must be addresses or networks such as 127.0.0.1 and 10.0.0.0/8")
    found = [each.strip() for each in given if each.strip()]
    for each in found:
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise SettingValueError(f"'{each[:60]}' is no address or network; write 127.0.0.1 or 10.0.0.0/8") from None
    return tuple(found)


def origins(value: Any) -> tuple[str, ...]:
    """Reads the sites whose pages may use the API, as a list or with commas between them: ``*``, or ``https://a.example``."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
        raise SettingValueError("must be * or sites such as https://site.example")
    found = [each.strip().rstrip("/") for each in given if each.strip()]
    for each in found:
        scheme, _, host = each.partition("://")
        if each != "*" and not (scheme in ("http", "https") and host and "/" not in host and host.isprintable()):
            raise SettingValueError(f"'{each[:60]}' is no site; write * or https://site.example")
    return tuple(found)


OPTIONS: tuple[Option, ...] = (
    Option("host", "127.0.0.1", text, "The address to listen on; 0.0.0.0 is all.", "ADDRESS"),
    Option("port", 8000, whole_number(0, 65535), "The port; 0 takes any free one.", "NUMBER"),
    Option("workers", 0, whole_number(0, 64), "Processes that answer; 0 is one for each processor core.", "NUMBER"),
    Option(
        "threads",
        1,
        whole_number(1, 32),
        "Threads of a process for requests that bring a text or write; others need none.",
        "NUMBER",
    ),
    Option("prefix", "", prefix, "The path under which a proxy shows the service, such as /search.", "PATH"),
    Option(
        "trusted_proxies",
        (),
        networks,
        "Addresses of proxies whose X-Forwarded-For, -Proto, -Host, -Prefix and X-Request-ID are believed.",
        "NETWORKS",
    ),
    Option(
        "cache_mb", 64, whole_number(0, 4096), "Megabytes of answers kept for all processes; 0 keeps none.", "NUMBER"
    ),
    Option(
        "lag_seconds",
        60,
        whole_number(0, 3600),
        "Seconds in which related articles, and some searches, may lag behind an article added, once each; 0 is never.",
        "NUMBER",
    ),
    Option(
        "access_log",
        "-",
        text,
        "Where each request is written down: - is standard error, off is nowhere.",
        "- | off | FILE",
    ),
    Option("log_queries", False, switch, "Write down what readers search for, too."),
    Option("log_addresses", True, switch, "Write down the address that a request came from."),
    Option(
        "metrics_from", ("127.0.0.1", "::1"), networks, "Addresses that may read /metrics; empty for none.", "NETWORKS"
    ),
    Option("max_connections", 1000, whole_number(10, 10_000), "Connections that one process holds open.", "NUMBER"),
    Option("request_seconds", 20, whole_number(1, 600), "Seconds a client has to send a request.", "NUMBER"),
    Option("answer_seconds", 30, whole_number(1, 600), "Seconds that a search or a block may take.", "NUMBER"),
    Option("drain_seconds", 30, whole_number(1, 600), "Seconds that requests have to end when it stops.", "NUMBER"),
    Option("origins", ("*",), origins, "Sites whose pages may use the API from a browser; * is all.", "SITES"),
    Option(
        "rate_per_address", 0, whole_number(0, 100_000), "Requests a second from an address; 0: no bound.", "NUMBER"
    ),
    Option("rate_per_key", 0, whole_number(0, 100_000), "Requests a second with one key; 0: no bound.", "NUMBER"),
    Option("clicks", False, switch, "Count what readers search for, read and choose."),
)
