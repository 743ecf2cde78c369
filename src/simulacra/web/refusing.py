"""What went wrong, told in the shape that whoever asked can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from simulacra.api.errors import described, openai_error
from simulacra.web.rendering import page

JUDGES = "/j"
"""Where judges' pages are: they lead to no other page, nor does what is refused there."""


@dataclass
class Refusal(Exception):  # noqa: N818
    """A request that is not carried out: the status, what is wrong, and the mend."""

    status: int
    what: str
    mend: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def refuse(request: Request, refusal: Refusal) -> Response:
    """The answer to a request that is refused: OpenAI's shape, ours, or a page."""
    path, status = request.url.path, refusal.status
    headers = dict(refusal.headers)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if path.startswith("/v1"):
        message = f"{refusal.what} {refusal.mend}".strip()
        return JSONResponse(openai_error(status, message), status, headers)
    if path.startswith("/api") or path == "/openapi.json":
        return JSONResponse(described(refusal.what, refusal.mend), status, headers)
    judge = path.startswith(f"{JUDGES}/")
    answer = page(
        request,
        "study/error.html" if judge else "error.html",
        status_code=status,
        status=status,
        what=refusal.what,
        mend=refusal.mend,
    )
    answer.headers.update(headers)
    return answer
