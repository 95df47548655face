"""Where a link leads when it is followed."""

import time
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

WEB = ("https://", "http://")


class Unreachable(Exception):
    """A link could not be followed to its end; the message says why."""


def follow(url: str, *, seconds: float) -> str:
    """The URL at which a link ends; raises Unreachable when that is no web page, fails or takes longer."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor(),
        UnknownHandler(), _Hops(time.monotonic() + seconds),
    ):  # fmt: skip
        opener.add_handler(handler)
    request = Request(url, headers={"User-Agent": "touchstone-campaign-check"})
    try:
        with opener.open(request, timeout=seconds) as answer:
            return str(answer.geturl())
    except HTTPError as error:
        raise Unreachable(f"it answers {error.code}") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise Unreachable(str(getattr(error, "reason", error)) or type(error).__name__) from error


class _Hops(HTTPRedirectHandler):
    """Redirects, each with what the ones before left of the time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:
        """The answer of the next hop, which urllib asks for with `req.timeout`."""
        req.timeout = self._deadline - time.monotonic()
        if req.timeout <= 0:
            raise TimeoutError("timed out")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
