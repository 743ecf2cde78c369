"""A provider on loopback that answers the same request with the same words, and keeps a log."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.answers import filled, prose

SAID = ("A", "B.", "(b)", "C and D", "A, B, E", "It is the answer A.", "I would rather not say.")


@dataclass
class Asked:
    """A request: a digest of it, when it came, and when its answer had been sent."""

    digest: str
    arrived: float
    sent: float | None = None


@dataclass
class ScriptedProvider:
    """The provider's log, how many seconds it takes to answer, and when it refuses to."""

    seconds: float = 0.02
    log: list[Asked] = field(default_factory=list[Asked])
    breaks_after: int | None = None
    answered: set[str] = field(default_factory=set[str])
    base_url: str = ""
    most_in_flight: int = 0

    def answer(self, body: bytes) -> dict[str, Any]:
        """The same answer to the same request, whenever it comes."""
        digest = sha256(body).digest()
        seed = int.from_bytes(digest[:4], "big")
        match json.loads(body).get("response_format"):
            case {"type": "json_schema", "json_schema": {"schema": schema}}:
                text = filled(schema, 30, seed)
            case _:
                text = SAID[seed % len(SAID)] if seed % 3 else prose(12, seed)
        return {
            "id": digest.hex()[:8],
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": len(body) // 4,
                "completion_tokens": len(text) // 4 + 1,
                "total_tokens": len(body) // 4 + len(text) // 4 + 1,
            },
        }


@contextmanager
def scripted_provider(own: ScriptedProvider | None = None) -> Generator[ScriptedProvider]:
    """Serve on a free port until the block ends; one's ``own`` provider where there is one."""
    provider = own or ScriptedProvider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            if len(body) < size:  # whoever asks was killed before the whole request was out
                self.close_connection = True
                return
            asked = Asked(sha256(body).hexdigest(), time.monotonic())
            provider.log.append(asked)
            place = len(provider.log)
            in_flight = sum(one.sent is None for one in provider.log[-200:])
            provider.most_in_flight = max(provider.most_in_flight, in_flight)
            time.sleep(provider.seconds)
            broken = provider.breaks_after is not None and place > provider.breaks_after
            status = 401 if broken else 200
            answer = {"error": {"message": "gone"}} if broken else provider.answer(body)
            content = json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # whoever asked was killed
                self.close_connection = True
            asked.sent = time.monotonic()
            provider.answered.add(asked.digest)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # the connections of whoever was killed

    with Quiet(("127.0.0.1", 0), Handler) as server:
        provider.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield provider
        server.shutdown()
