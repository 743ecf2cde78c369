"""Templates and static files: ours alone, nothing from outside and nothing inline."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from simulacra.web.prose import prose
from simulacra.web.tokens import Tokens

FICTION = "Everyone here is a computer-generated fiction."
STATIC = Path(__file__).parent / "static"
BROWSER = "simulacra"
"""The cookie that a browser is known by."""

LINKS = (
    ("/people", "People"),
    ("/results", "Results"),
    ("/studies", "Studies"),
    ("/make", "Make a person"),
)


def page(
    request: Request, template: str, /, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """Render a template as a page, or as a part of one.

    Besides its own context a template has ``request``, ``fiction``, ``links``, ``static(name)``,
    ``csrf`` (the token), ``csrf_field`` (it, as the hidden field of a form) and ``nonce``.
    """
    token = form_token(request)
    field = Markup('<input type="hidden" name="csrf" value="{}">').format(token)
    text = (
        environment()
        .get_template(template)
        .render(
            request=request,
            csrf=token,
            csrf_field=field,
            nonce=request.state.nonce,
            signed_in=request.state.signed_in,
            **context,
        )
    )
    return HTMLResponse(text, status_code, headers={"Cache-Control": "private, no-cache"})


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a variable that is not there is an error."""
    templates = Environment(
        loader=PackageLoader("simulacra.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {"fiction": FICTION, "links": LINKS, "static": static}
    templates.globals.update(shared)
    templates.filters["prose"] = prose
    return templates


def form_token(request: Request) -> str:
    """A token that forms and htmx calls of this page bring back."""
    tokens: Tokens = request.app.state.tokens
    return tokens.form(request.state.browser)


@cache
def static(name: str) -> str:
    """The address of a static file, with its digest: another file has another address."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:16]
    return f"/static/{name}?v={digest}"


class Static(StaticFiles):
    """Static files with ETag; under the address with their digest they are kept for good."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        asked = f"/static/{path}?{scope['query_string'].decode('latin-1')}"
        forever = (STATIC / path).is_file() and asked == static(path)
        kept = "public, max-age=31536000, immutable" if forever else "public, no-cache"
        response.headers["Cache-Control"] = kept
        return response
