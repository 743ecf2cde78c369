"""The application that ``simulacra serve`` serves: pages, API, and what protects both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

import simulacra.api.data
import simulacra.api.openai
from simulacra.api.answers import Answers
from simulacra.api.errors import openai_error, status_of
from simulacra.api.people import People
from simulacra.errors import SimulacraError
from simulacra.inference import ChatModel
from simulacra.settings import Settings
from simulacra.web import documentation, signing_in
from simulacra.web.limits import Rate
from simulacra.web.refusing import Refusal, refuse
from simulacra.web.rendering import Static
from simulacra.web.security import BadFormError, Guard, Protection, checked_form
from simulacra.web.tokens import Tokens

PAGES = (
    "simulacra.web.people",
    "simulacra.web.conversation",
    "simulacra.web.desk",
    "simulacra.web.results",
    "simulacra.web.study",
    "simulacra.web.studies",
)
"""Modules with a ``router``; beginnings of paths in their ``OPEN`` need no key of the server's, and
paths in their ``BODIES`` take so many bytes."""


def create_app(
    settings: Settings,
    *,
    model: ChatModel | None = None,
    api_key: str | None = None,
    origin: str | None = None,
    hosts: Sequence[str] = (),
    cors: Sequence[str] = (),
    rate: Rate | None = None,
) -> FastAPI:
    """Make the application.

    ``model`` answers unless a page names another; unset, it is the settings', loaded when it is
    first needed. ``origin`` is the address that browsers know it by (``https://people.example``),
    ``hosts`` are further names of it, ``cors`` the origins of foreign pages that may call the API.

    Raises:
        StorageError: sessions or the secret of pages can't be kept in the data folder.
    """
    people = People(settings, model)
    pages = [import_module(name) for name in PAGES]
    address = urlsplit(origin or "")
    protection = Protection(
        key=api_key,
        hosts=(*hosts, *([address.netloc] if address.netloc else [])),
        cors=tuple(cors),
        open=tuple(path for module in pages for path in getattr(module, "OPEN", ())),
        https=address.scheme == "https",
        bodies={
            path: most for module in pages for path, most in getattr(module, "BODIES", {}).items()
        },
        rate=rate or Rate(),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        reading = asyncio.create_task(people.cast.warm())
        yield
        reading.cancel()
        await people.close()

    app = FastAPI(
        title="Simulacra",
        summary="Virtual people: everyone here is a computer-generated fiction.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.people = people
    app.state.answers = Answers(people)
    app.state.settings = settings
    app.state.tokens = Tokens.kept_in(settings.data)
    app.state.protection = protection
    app.include_router(simulacra.api.openai.router)
    app.include_router(simulacra.api.data.router)
    app.include_router(documentation.router)
    for module in (signing_in, *pages):
        router: APIRouter = module.router
        app.include_router(router, dependencies=[Depends(checked_form)], include_in_schema=False)
    if not any(getattr(route, "path", "") == "/" for route in app.routes):
        app.add_api_route("/", _home, include_in_schema=False)
    app.mount("/static", Static())
    _explain(app)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    if cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Session", "X-Simulacra-Trace"],
            expose_headers=["X-Session", "X-Simulacra-Fiction"],
        )
    app.add_middleware(Guard, protection=protection, tokens=app.state.tokens)
    return app


async def _home() -> Response:
    return RedirectResponse("/people")


def _explain(app: FastAPI) -> None:
    """Tell what goes wrong in the shape that whoever asked can read."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, SimulacraError)
        if request.url.path.startswith("/v1/"):
            return simulacra.api.openai.failed(error)
        status = 403 if isinstance(error, BadFormError) else status_of(error)
        return refuse(request, Refusal(status, error.what, error.mend))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        what = {404: "There is nothing here.", 405: "That can't be done here."}
        text = what.get(error.status_code, str(error.detail))
        return refuse(request, Refusal(error.status_code, text, headers=error.headers or {}))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"] if step != "body")
        place = place.encode(errors="replace").decode()  # half of a character can't be sent back
        if request.url.path.startswith("/v1"):
            message = f"{place}: {first['msg']}" if place else str(first["msg"])
            body = openai_error(400, message, param=place or None, code="invalid_value")
            return JSONResponse(body, 400)
        return refuse(request, Refusal(422, f"{place or 'The request'}: {first['msg']}."))

    app.add_exception_handler(SimulacraError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
