"""The application on a scripted model, in this process or on a port of its own."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.routing import BaseRoute

from simulacra.inference import ChatModel, ScriptedCall, ScriptedModel
from simulacra.inference.scripted import Script, ScriptedAnswer
from simulacra.settings import Settings
from simulacra.web.app import create_app
from simulacra.web.limits import Rate

HERE = "http://localhost:8642"
MARY = "mary-jones"
FORMS: Mapping[str, Mapping[str, object]] = {
    "ReflectAnswer": {"elements": ["trees"], "query": "Mary works in the forest"},
    "FeelAnswer": {"feeling": "calm", "intensity": 3, "text": "I am at ease."},
}


def playing(respond: Callable[[ScriptedCall], ScriptedAnswer]) -> Script:
    """Return a script whose inner agents do as usual, and whose answers are given."""

    def play(call: ScriptedCall) -> ScriptedAnswer:
        return usual(call) if call.schema or "Task:" in call.user else respond(call)

    return play


def usual(call: ScriptedCall) -> ScriptedAnswer:
    """What the inner agents answer."""
    return FORMS[call.schema.__name__] if call.schema else "They ask about trees."


def echo(call: ScriptedCall) -> str:
    """Say every number of a ``number N`` that is before the mind."""
    return "I heard " + " and ".join(dict.fromkeys(re.findall(r"number (\d+)", call.user))) + "."


_ROUTES: list[BaseRoute] = []


def application(
    settings: Settings,
    respond: Callable[[ScriptedCall], ScriptedAnswer] = echo,
    *,
    model: ChatModel | None = None,
    rate: Rate | None = None,
    **options: Any,
) -> FastAPI:
    """Make the application with the hashing embedder.

    All share the routes of the first: they keep nothing, and take longer to build than most tests.
    """
    app = create_app(
        settings.model_copy(update={"embedder": "hash"}),
        model=model or ScriptedModel(playing(respond), name="scripted"),
        rate=rate or Rate(10_000, 100_000),
        **options,
    )
    if not _ROUTES:
        _ROUTES.extend(app.router.routes)
    app.router.routes[:] = _ROUTES
    return app


def client(app: FastAPI, **options: Any) -> httpx.AsyncClient:
    """Return a client in this process; it knows nothing but HTTP."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE, **options)


@contextmanager
def serving(app: FastAPI) -> Generator[str]:
    """Serve on a free port of loopback, and give the address.

    Nobody is read ahead: most tests meet one person, and a server starts for every test.
    """
    setattr(app.state.people.cast, "warm", _nothing)  # noqa: B010 (a method of its class)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


async def _nothing() -> None:
    pass


def body(*said: tuple[str, str] | str, **more: object) -> dict[str, object]:
    """Return a request for Mary; a bare text is what the user says."""
    pairs = [words if isinstance(words, tuple) else ("user", words) for words in said]
    messages = [{"role": role, "content": text} for role, text in pairs]
    return {"model": MARY, "messages": messages, **more}
