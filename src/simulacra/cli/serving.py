"""The server of ``simulacra serve``: what is said before it starts, and its way to stop."""

from __future__ import annotations

import re
import secrets
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from urllib.parse import urlsplit

from simulacra.errors import SettingsError
from simulacra.settings import Settings

FINISH_SECONDS = 30
"""How long answers that are being given may take when the server is to stop."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    api_key: str | None,
    generate_key: bool,
    origin: str | None,
    cors: Sequence[str],
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        SettingsError: what is asked is not safe, an origin is none, the extra is not installed, or
            the address can't be had.
        ModelError: the model can't be had.
    """
    for package in ("fastapi", "jinja2", "uvicorn"):
        if find_spec(package) is None:
            raise SettingsError(
                f"Serving needs {package}, which is not installed.",
                "Install it: pip install 'simulacra[web]'.",
            )
    from simulacra.web.security import is_loopback

    for address in (*cors, *([origin] if origin else [])):
        if not re.fullmatch(r"https?://[^/\s?#@]+", address):
            raise SettingsError(
                f"{address!r} is no origin.", "Write it as https://name or http://name:port."
            )
    key = secrets.token_urlsafe(32) if generate_key else api_key
    if key is not None and len(key) < 16:
        raise SettingsError("The key has fewer than 16 characters.", "Use --generate-key.")
    if not is_loopback(host) and key is None:
        raise SettingsError(
            f"{host} can be reached from other machines, and there is no key.",
            "Add --generate-key, or --api-key KEY.",
        )
    name = urlsplit(origin).hostname if origin else None
    if name and not is_loopback(name) and key is None:
        raise SettingsError(
            f"Browsers are to come by {origin}, and there is no key: whoever comes would see "
            "everybody's pages, judges of a study what they must not.",
            "Add --generate-key, or --api-key KEY; a judge's link needs no key.",
        )
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    address = origin or f"http://{shown}:{port}"

    from simulacra.inference import choose_model, load_chat_model

    print(f"Model: {choose_model(settings)[0]}", file=sys.stderr)
    model = load_chat_model(settings.model, settings)

    import uvicorn

    from simulacra.web.app import create_app
    from simulacra.web.rendering import FICTION

    app = create_app(
        settings, model=model, api_key=key, origin=origin, hosts=(shown,), cors=tuple(cors)
    )
    print(
        f"{FICTION}\nPages: {address}/   OpenAI-compatible: {address}/v1   API: {address}/api/docs"
    )
    if generate_key:
        print(f"Key: {key}\n(It is not said again.)")
    if not is_loopback(host) and not (origin or "").startswith("https://"):
        print(
            "Keys and words travel in the clear. On an open network put a proxy with TLS in front "
            "(for instance: caddy reverse-proxy --from people.example --to "
            f"127.0.0.1:{port}), serve at 127.0.0.1 and name it: --origin https://people.example",
            file=sys.stderr,
        )
    print("Ctrl-C ends it.", flush=True)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
        proxy_headers=False,
    )
    with suppress(KeyboardInterrupt):  # when all is finished, uvicorn hands on what stopped it
        uvicorn.Server(config).run(sockets=[listening])
    print("Ended; every finished turn is stored.", file=sys.stderr)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that is bound already: the port is known, and nobody else's, from here on."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} can't be listened at: {error.strerror}.",
            "Choose another --port (0 takes a free one) or --host.",
        ) from error
    return listening
