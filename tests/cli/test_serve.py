"""``simulacra serve``: what it says, what it refuses, and how it ends."""

from __future__ import annotations

import re
import signal
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from command_line import Process, Simulacra


@contextmanager
def served(simulacra: Simulacra, *arguments: str) -> Generator[tuple[Process, str, list[str]]]:
    """The process, its address and what it said before it was ready."""
    process = simulacra.start("serve", "--port", "0", *arguments)
    try:
        said: list[str] = []
        while "Ctrl-C" not in (said or [""])[-1]:
            line = process.stdout.readline()
            assert line, process.end()
            said.append(line)
        found = re.search(r"Pages: (\S+)/", "".join(said))
        assert found
        yield process, found[1].replace("0.0.0.0", "127.0.0.1"), said
    finally:
        process.started.kill()


def get(address: str, **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=20)) as client:
        return client.get(address, headers=headers)


def test_it_says_where_and_that_all_is_fiction_and_ends_when_asked(simulacra: Simulacra) -> None:
    with served(simulacra) as (process, address, said):
        assert "computer-generated fiction" in "".join(said)
        assert address.startswith("http://127.0.0.1:")
        assert any(m["id"] == "mary-jones" for m in get(f"{address}/v1/models").json()["data"])
        done = process.kill(signal.SIGINT)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr


def test_a_generated_key_is_said_once_and_asked_for(simulacra: Simulacra) -> None:
    with served(simulacra, "--generate-key", "--host", "0.0.0.0") as (process, address, said):
        found = re.search(r"Key: (\S{40,})", "".join(said))
        assert found
        assert get(f"{address}/v1/models").status_code == 401
        shown = get(f"{address}/v1/models", Authorization=f"Bearer {found[1]}")
        assert shown.status_code == 200
        done = process.kill(signal.SIGTERM)
        assert done.returncode == -signal.SIGTERM
        assert "Traceback" not in done.stderr
        assert "TLS" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--host", "0.0.0.0"), "--generate-key"),
        (("--api-key", "short"), "16 characters"),
        (("--cors", "friend.example"), "no origin"),
        (("--origin", "https://people.example/path"), "no origin"),
        (("--origin", "https://people.example"), "--generate-key"),
        (("--host", "203.0.113.77", "--generate-key"), "--port"),
        (("--model", "nonsense"), "no model name"),
    ],
)
def test_what_is_not_safe_or_makes_no_sense_is_refused_with_the_mend(
    simulacra: Simulacra, arguments: tuple[str, ...], word: str
) -> None:
    done = simulacra("serve", "--port", "0", *arguments, code=1)
    assert word in " ".join(done.stderr.split())
