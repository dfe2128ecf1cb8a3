"""The settings of the service as options of a command."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import click

from web.config.options import OPTIONS, Option

_Command = TypeVar("_Command", bound=Callable[..., Any])


def config_options(command: _Command, only: Collection[str] = ()) -> _Command:
    """Gives a command an option for each setting, all of them where `only` names none. They are None where they are not
    given."""
    for option in reversed(OPTIONS):
        if not only or option.name in only:
            command = _decorator(option)(command)
    return command


def _decorator(option: Option) -> Callable[[_Command], _Command]:
    if option.is_switch:
        name = f"{option.flag}/--no-{option.flag[2:]}"
        return click.option(name, option.name, default=None, help=option.help)
    return click.option(option.flag, option.name, default=None, metavar=option.metavar, help=_help(option))


def _help(option: Option) -> str:
    default = ", ".join(option.default) if isinstance(option.default, tuple) else str(option.default)
    return f"{option.help} [default: {default or 'none'}]"
