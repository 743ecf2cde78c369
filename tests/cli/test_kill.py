"""What a kill at any moment leaves, and two processes in one session."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra

from simulacra.storage import Sessions

AT_ONCE = Speed(first_token=0, read=1e9, write=1e9)
SLOW_WORDS = Speed(first_token=0, read=1e9, write=8, inner_size=1)
LONG_SILENCE = Speed(first_token=30, read=1e9, write=1e9)


@pytest.fixture
def slow(simulacra: Simulacra) -> Generator[Server]:
    """A provider of this test's own, which can be slowed down."""
    with simulated_provider() as server:
        server.set_speed(AT_ONCE)
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        yield server


class Talk:
    """``simulacra chat`` that is still running, talked to through a pipe."""

    def __init__(self, simulacra: Simulacra, *arguments: str) -> None:
        self.process = simulacra.start("chat", *arguments, stdin=None)
        assert "fiction" in self.line()

    def say(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        return self.process.stdout.readline()

    def answer(self) -> str:
        return next(line for line in iter(self.line, "") if line.startswith("Mary Jones: "))

    def begins_to_answer(self) -> str:
        """Wait for the first word of an answer, with the rest of it still to come."""
        text = ""
        while not text.endswith("Mary Jones: "):
            piece = self.process.stdout.read(1)
            assert piece, text
            text += piece
        return self.process.stdout.read(1)

    def end(self) -> tuple[int, str]:
        """Close its input; give its exit code and what it said of errors."""
        ended = self.process.end()
        return ended.returncode, ended.stderr

    def kill(self) -> None:
        assert self.process.started.poll() is None
        self.process.kill()


@pytest.fixture
def start(simulacra: Simulacra) -> Iterator[Callable[..., Talk]]:
    """Start a conversation; none outlives its test."""
    started: list[Talk] = []

    def begin(*arguments: str) -> Talk:
        started.append(Talk(simulacra, *arguments))
        return started[-1]

    yield begin
    for talk in started:
        if talk.process.started.poll() is None:
            talk.kill()


def said(simulacra: Simulacra) -> list[str]:
    """What was said in the finished turns of the only session there is."""
    sessions = Sessions(database(simulacra))
    (session,) = sessions.list()
    return [turn.stimulus for turn in sessions.turns(session)]


def database(simulacra: Simulacra) -> Path:
    return Path(simulacra.environ["SIMULACRA_DATA"]) / "sessions.db"


def assert_whole(simulacra: Simulacra) -> None:
    """The database is sound, and its state is the one after the last turn."""
    with closing(sqlite3.connect(database(simulacra))) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        numbers = [n for (n,) in file.execute("SELECT number FROM turns ORDER BY number")]
        ((state,),) = file.execute("SELECT state FROM sessions").fetchall()
    assert numbers == list(range(len(numbers)))
    assert json.loads(state)["turns"] == len(numbers)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_a_conversation_killed_at_any_moment_goes_on_after_its_last_finished_turn(
    simulacra: Simulacra, slow: Server, start: Callable[..., Talk]
) -> None:
    def go_on(turns: int) -> Talk:
        """Resume where so many turns are finished, and say one more thing in peace."""
        slow.set_speed(AT_ONCE)
        (session,) = Sessions(database(simulacra)).list()
        assert session.turns == turns
        talk = start("--session", session.id)
        talk.say(f"Remark {turns}.")
        assert talk.answer()
        until(lambda: len(said(simulacra)) == turns + 1)
        assert_whole(simulacra)
        return talk

    talk = start("mary-jones", "--seed", "4")
    talk.say("I am Tom from the mill.")
    assert talk.answer()
    calls = len(slow.settled())
    slow.set_speed(LONG_SILENCE)
    talk.say("Killed while she thinks.")
    until(lambda: len(slow.calls()) == calls + 3)
    talk.kill()
    assert_whole(simulacra)

    talk = go_on(1)
    slow.set_speed(SLOW_WORDS)
    talk.say("Killed while she speaks.")
    assert talk.begins_to_answer()
    talk.kill()
    assert_whole(simulacra)

    talk = go_on(2)
    talk.kill()
    sessions = Sessions(database(simulacra))
    turns = sessions.turns(sessions.list()[0])
    assert [turn.stimulus for turn in turns] == [
        "I am Tom from the mill.",
        "Remark 1.",
        "Remark 2.",
    ]
    asked = [step.user for turn in turns[1:] for step in turn.trace.steps]
    assert all("Remark 1." in user for user in asked)
    assert not any("Killed" in user for user in asked)


def test_of_two_processes_in_one_session_the_second_to_finish_is_told(
    simulacra: Simulacra, slow: Server, start: Callable[..., Talk]
) -> None:
    session = Sessions(database(simulacra)).create(
        character="mary-jones",
        method="macm",
        model="openai-chat:simulated",
        agent_model="openai-chat:simulated",
        partner="My best friend",
        seed=4,
    )
    both = [start("--session", session.id) for _ in range(2)]
    words = ["The creek is high.", "The road is shut."]
    for talk, text in zip(both, words, strict=True):
        talk.say(text)
    ends = [talk.end() for talk in both]
    assert sorted(code for code, _ in ends) == [0, 1]
    told = next(errors for code, errors in ends if code == 1)
    assert "continued elsewhere" in " ".join(told.split())
    assert "Traceback" not in told
    assert said(simulacra) == [words[[code for code, _ in ends].index(0)]]
    assert_whole(simulacra)
