import multiprocessing
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulacra.cognition import Mood, SessionState, Trace, Turn
from simulacra.errors import SessionNotFoundError, StorageError
from simulacra.inference import Usage
from simulacra.storage import Session, Sessions, Unanswered


def turn(number: int, stimulus: str = "Hello {x} 🦌\0 end") -> Turn:
    return Turn(
        number=number,
        character="Ada Quill",
        method="macm",
        model="scripted",
        agent_model="scripted",
        partner="My best friend",
        stimulus=stimulus,
        response="Hm.",
        trace=Trace(thought="They say hello.", mood=Mood(valence=0.5, arousal=0.2)),
        usage=Usage(4, 100, 50, 20),
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        seconds=1.5,
        first_token_seconds=0.5,
    )


def start(sessions: Sessions, character: str = "ada-quill") -> Session:
    return sessions.create(
        character=character, method="macm", model="m", agent_model="m", partner="p", seed=7
    )


def state(turns: int) -> SessionState:
    return SessionState(turns=turns, mood=Mood(valence=0.25, arousal=0.1, feeling="glad"))


def test_a_session_comes_back_as_it_was_left(tmp_path: Path) -> None:
    session = start(Sessions(tmp_path / "s.db"))
    Sessions(tmp_path / "s.db").add_turn(session, turn(0), state(1))
    again = Sessions(tmp_path / "s.db")
    assert again.get(session.id).turns == 1
    assert again.get(session.id[:6]).seed == 7
    assert again.turns(session) == [turn(0)]
    assert again.state(session) == state(1)


def test_sessions_are_listed_the_latest_first(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    first, second, other = start(sessions), start(sessions), start(sessions, "bob")
    sessions.add_turn(first, turn(0), state(1))
    assert [s.id for s in sessions.list()] == [first.id, other.id, second.id]
    assert [s.id for s in sessions.list("bob")] == [other.id]


def test_an_unknown_or_ambiguous_id_is_an_error_that_names_the_mend(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    for id_ in ("", "zzz"):
        with pytest.raises(SessionNotFoundError, match="sessions list"):
            sessions.get(id_)


def test_a_turn_and_the_state_after_it_are_stored_both_or_neither(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session = start(sessions)
    sessions.add_turn(session, turn(0), state(1))
    with pytest.raises(StorageError, match="continued elsewhere"):
        sessions.add_turn(session, turn(0, "another"), state(9))
    assert sessions.state(session) == state(1)
    assert sessions.turns(session) == [turn(0)]


def test_a_state_that_is_behind_the_turns_is_not_stored(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session = start(sessions)
    sessions.add_turn(session, turn(0), state(1))
    sessions.add_turn(session, turn(1), state(2))
    with pytest.raises(StorageError, match="continued elsewhere"):
        sessions.save_state(session, state(1))
    with pytest.raises(StorageError, match="continued elsewhere"):
        sessions.add_turn(session, turn(3), state(4))
    assert sessions.state(session) == state(2)


def _race(path: Path, session: Session, number: int) -> None:
    sessions = Sessions(path)
    for attempt in range(20):
        try:
            sessions.add_turn(session, turn(attempt, f"process {number}"), state(attempt + 1))
        except StorageError as error:
            assert "continued elsewhere" in str(error)  # noqa: PT017


def test_two_processes_at_one_session_corrupt_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    session = start(Sessions(path))
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_race, args=(path, session, n)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    stored = Sessions(path).turns(session)
    assert [t.number for t in stored] == list(range(20))
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_session_can_be_deleted_with_its_turns(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session = start(sessions)
    sessions.add_turn(session, turn(0), state(1))
    sessions.delete(session)
    assert sessions.list() == []
    assert sessions.turns(session) == []


def test_a_database_that_is_none_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(StorageError, match=r"s\.db"):
        Sessions(path)
    assert path.read_bytes() == b"this is no database " * 100


def test_a_folder_that_may_not_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="SIMULACRA_DATA"):
        Sessions(tmp_path / "file" / "s.db")


def test_a_state_of_another_version_is_an_error_that_says_where(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session = start(sessions)
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.execute("update sessions set state = '{\"turns\": -1}'")
    with pytest.raises(StorageError, match=session.id):
        sessions.state(session)


def test_a_message_waits_until_its_turn_is_stored(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session, other = start(sessions), start(sessions)
    assert sessions.unanswered(session) is None
    sessions.say(session, Unanswered(0, "Hello"))
    sessions.say(session, Unanswered(0, "Hello", "Nobody is there.", "Try again."))
    found = Sessions(tmp_path / "s.db").unanswered(session)
    assert found == Unanswered(0, "Hello", "Nobody is there.", "Try again.")
    sessions.add_turn(session, turn(0), state(1))
    assert sessions.unanswered(session) is None
    sessions.say(other, Unanswered(0, "Hello"))
    sessions.delete(other)
    assert [s.id for s in sessions.list()] == [session.id]


def test_a_turn_taken_again_replaces_the_last_one_or_nothing(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "s.db")
    session = start(sessions)
    for number in (0, 1):
        sessions.add_turn(session, turn(number), state(number + 1))
    with pytest.raises(StorageError, match="continued elsewhere"):
        sessions.add_turn(session, turn(1, "again"), state(2), again=True)
    session = sessions.get(session.id)
    sessions.add_turn(session, turn(1, "again"), state(2), again=True)
    assert [t.stimulus for t in sessions.turns(session, 1)] == ["again"]
    assert [number for number, _ in sessions.moods(session)] == [0, 1]
