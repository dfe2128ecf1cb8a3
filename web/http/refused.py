"""Requests that are refused: what programs and people are told."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.base.errors import ReadmoreError


class RefusedError(ReadmoreError):
    """A request that is not carried out. `code` says why to programs, the message to people; `parameter` is what is at
    fault, empty where no single one is; `headers` go out with the answer."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        parameter: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.parameter = parameter
        self.headers = dict(headers or {})


def busy(code: str, message: str, status: int, seconds: float) -> RefusedError:
    """The refusal of a request that may be sent again in so many seconds."""
    return RefusedError(code, message, status, headers={"Retry-After": str(max(1, int(seconds + 0.999)))})
