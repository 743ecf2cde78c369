"""What stands before every request: hosts, sizes, rates, keys; and what every answer bears."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulacra.errors import SimulacraError
from simulacra.web.limits import (
    BODY_BYTES,
    BODY_SECONDS,
    Buckets,
    GoneError,
    Rate,
    TooLargeError,
    whole_body,
)
from simulacra.web.refusing import Refusal, refuse
from simulacra.web.rendering import BROWSER
from simulacra.web.tokens import Tokens, same_key

SAFE = ("GET", "HEAD", "OPTIONS")
API = ("/v1", "/api", "/openapi.json")
OPEN = ("/static/", "/sign-in")
"""What needs no key."""
PASS = "simulacra_pass"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
TRIES = Rate(per_second=0.2, at_once=10)
"""How often a wrong key may be tried."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Protection:
    """What is let in.

    ``key`` is what callers must show, ``hosts`` the names that this server is reached by besides
    loopback's and numbers (which nobody can rebind), ``cors`` the origins of foreign pages that may
    call the API, ``open`` the beginnings of paths that have keys of their own, ``https`` whether
    browsers come by TLS, ``bodies`` how many bytes may come to paths that take more than others.
    """

    key: str | None = None
    hosts: Sequence[str] = ()
    cors: Sequence[str] = ()
    open: Sequence[str] = ()
    https: bool = False
    bodies: Mapping[str, int] = field(default_factory=dict[str, int])
    rate: Rate = field(default_factory=Rate)

    def knows_host(self, host: str) -> bool:
        """Whether a ``Host`` header names this server; else it may be a rebound name."""
        name = _name(host)
        return name in (*LOOPBACK, *map(_name, self.hosts)) or _is_address(name)

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page from there may call: our own pages, and the origins of ``cors``."""
        return origin in self.cors or urlsplit(origin).netloc.casefold() == host.casefold()

    def is_open(self, path: str) -> bool:
        """Whether a path is for those, too, who show no key."""
        return not self.key or path.startswith((*OPEN, *self.open))

    def own_key(self, path: str) -> str:
        """The key in a path that has one of its own (``/j/KEY/…``): each is a caller by itself."""
        start = next((one for one in self.open if path.startswith(one)), "")
        return path[len(start) :].partition("/")[0] if start else ""


class Guard:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, protection: Protection, tokens: Tokens) -> None:
        self._app, self._protection, self._tokens = app, protection, tokens
        self._buckets, self._tries = Buckets(protection.rate), Buckets(TRIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            if scope["type"] != "websocket":  # lifespan; there are no web sockets here
                await self._app(scope, receive, send)
            return
        request = Request(scope)
        state = scope.setdefault("state", {})
        browser = request.cookies.get(BROWSER, "")
        state["browser"] = browser or secrets.token_urlsafe(16)
        state["nonce"] = secrets.token_urlsafe(16)
        state["signed_in"] = False
        started = False
        most = self._protection.bodies.get(request.url.path, BODY_BYTES)

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._mark(scope, message, new=not browser)
            await send(message)

        try:
            self._check(request)
            if request.method not in SAFE:
                async with asyncio.timeout(BODY_SECONDS):
                    receive = await whole_body(scope, receive, most)
            await self._app(scope, receive, answer)
        except Refusal as refusal:
            await refuse(request, refusal)(scope, receive, answer)
        except GoneError:
            return
        except TooLargeError:
            size = f"{most // 1024**2} MiB"
            refusal = Refusal(413, f"The request has more than {size}.", "Send less at once.")
            await refuse(request, refusal)(scope, receive, answer)
        except Exception as error:
            if started:
                raise
            if isinstance(error, TimeoutError):
                refusal = Refusal(408, "The request did not come in time.", "Send it again.")
            else:
                _log.exception("%s %s failed", request.method, request.url.path)
                refusal = Refusal(500, "Something went wrong here.", "The server's log has more.")
            await refuse(request, refusal)(scope, receive, answer)

    def _check(self, request: Request) -> None:
        """Raise a ``Refusal`` for what must not come in."""
        path, host = request.url.path, request.headers.get("host", "")
        allowed = self._protection
        if not allowed.knows_host(host):
            raise Refusal(421, f"This server is not called {host[:100]!r}.", "Name it: --origin.")
        request.state.tries = self._tries
        key = _bearer(request)
        client = request.client.host if request.client else ""
        if not path.startswith("/static/"):
            own = key or allowed.own_key(path)
            wait = self._buckets.take(f"{client} {sha256(own.encode()).hexdigest()}")
            _slow_down(wait)
        origin = request.headers.get("origin")
        foreign = origin is not None and not allowed.knows_origin(origin, host)
        # Our own forms have no origin to tell, by our Referrer-Policy; their token speaks for them.
        own_form = origin == "null" and not is_api(path)
        if foreign and not own_form and request.method not in SAFE:
            raise Refusal(403, "Pages of other sites may not do this.", "Allow it: --cors ORIGIN.")
        if key and allowed.key and same_key(key, allowed.key):
            return
        signed_in = bool(allowed.key) and self._tokens.is_pass(
            request.cookies.get(PASS, ""), allowed.key or ""
        )
        request.state.signed_in = signed_in
        if signed_in and not is_api(path):
            return
        if signed_in and request.method in SAFE:
            return
        preflight = (
            request.method == "OPTIONS" and "access-control-request-method" in request.headers
        )
        if allowed.is_open(path) or preflight:
            return
        if key:
            allow_try(request)
        raise Refusal(401, "This needs the server's key.", "Send it as: Authorization: Bearer KEY")

    def _mark(self, scope: Scope, message: Message, *, new: bool) -> None:
        """Put on an answer what tells browsers to be careful with it."""
        headers, nonce = MutableHeaders(scope=message), scope["state"]["nonce"]
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
            "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not self._protection.cors:
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if self._protection.https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Simulacra-Fiction"] = "computer-generated"
        if new and headers.get("content-type", "").startswith("text/html"):
            headers.append("Set-Cookie", self.cookie(BROWSER, scope["state"]["browser"]))

    def cookie(self, name: str, value: str) -> str:
        """A cookie for this site alone, as a header."""
        return _cookie(name, value, https=self._protection.https)


async def checked_form(request: Request) -> None:
    """Dependency of all pages: what changes something brings back the token of a page of ours.

    Raises:
        SimulacraError: it does not; ``BadFormError``.
    """
    if request.method in SAFE:
        return
    token = request.headers.get("x-csrf", "")
    if not token and "form" in request.headers.get("content-type", ""):
        token = str((await request.form()).get("csrf", ""))
    tokens: Tokens = request.app.state.tokens
    if not tokens.is_form(token, request.cookies.get(BROWSER, "")):
        raise BadFormError(
            "This form was not sent from a page of this server, or the page is too old.",
            "Reload the page and try again; cookies must be allowed.",
        )


class BadFormError(SimulacraError):
    """A form came without the token of its page."""


def allow_try(request: Request) -> None:
    """Count a try of a key.

    Raises:
        Refusal: there were too many from there.
    """
    _slow_down(request.state.tries.take(request.client.host if request.client else ""))


def is_api(path: str) -> bool:
    """Whether a path is for programs and not for people."""
    return any(path == start or path.startswith(f"{start}/") for start in API)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host to bind to can be reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _cookie(name: str, value: str, *, https: bool) -> str:
    secure = "; Secure" if https else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000{secure}"


def _bearer(request: Request) -> str:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.casefold() == "bearer" else ""


def _slow_down(wait: float) -> None:
    if wait:
        raise Refusal(
            429,
            "Too many requests.",
            f"Wait {math.ceil(wait)} s.",
            {"Retry-After": str(math.ceil(wait))},
        )


def _name(host: str) -> str:
    """A ``Host`` without its port."""
    name = host.casefold().rstrip(".")
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0] if name.count(":") == 1 else name
