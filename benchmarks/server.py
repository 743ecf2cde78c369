"""A simulated provider in a process of its own, and the hand that steers it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from benchmarks.traffic import Call, Speed

_CALLS = TypeAdapter(list[Call])
ROOT = Path(__file__).parent.parent


class Server:
    """A running simulated provider."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=10)

    @property
    def base_url(self) -> str:
        """What ``OPENAI_BASE_URL`` is set to."""
        return f"{self.url}/v1"

    def set_speed(self, speed: Speed) -> None:
        """Change speeds from the next call on."""
        content = speed.model_dump_json()
        self._http.put("/speed", content=content).raise_for_status()

    def calls(self) -> list[Call]:
        """Every call since the counters were cleared."""
        return _CALLS.validate_python(self._http.get("/stats").raise_for_status().json())

    def settled(self, seconds: float = 30) -> list[Call]:
        """Wait until no call is in flight, then give the calls.

        Raises:
            TimeoutError: calls were still in flight after so many seconds.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            calls = self.calls()
            if all(call.ended is not None for call in calls):
                return calls
            time.sleep(0.02)
        raise TimeoutError(f"calls still in flight after {seconds} s")

    def clear(self, *, cache: bool) -> None:
        """Clear the counters, and the prefix cache if asked; no call may be in flight."""
        self.settled()
        self._http.delete("/stats").raise_for_status()
        if cache:
            self._http.delete("/cache").raise_for_status()


@contextmanager
def simulated_provider() -> Generator[Server]:
    """Start a simulated provider on a free loopback port; it ends with the block.

    Raises:
        RuntimeError: it did not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.provider", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            server = Server(f"http://127.0.0.1:{port}")
            _wait(server, process)
            _warm_up(server)
            yield server
        finally:
            process.kill()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            server.calls()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the simulated provider did not start")


def _warm_up(server: Server) -> None:
    """One call that nobody counts, so that the first measured one finds the server awake."""
    body = {"messages": [{"role": "user", "content": "hello"}]}
    httpx.post(f"{server.base_url}/chat/completions", json=body).raise_for_status()
    server.clear(cache=True)
