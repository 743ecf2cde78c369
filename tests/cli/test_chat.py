"""The conversation as a person meets it: once, in a pipe, at a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import Simulacra

from simulacra.cognition import DISCLOSURE


def test_once_as_json_has_the_keys_that_scripts_rely_on(simulacra: Simulacra) -> None:
    done = simulacra("chat", "mary-jones", "--once", "Who taught you to read?", "--json")
    turn = json.loads(done.stdout)
    assert {"character", "method", "model", "response", "trace", "usage", "seconds"} <= set(turn)
    assert {"first_token_seconds", "session"} <= set(turn)
    assert turn["character"] == "Mary Jones"
    assert turn["method"] == "macm"
    assert {"reflection", "memories", "thought", "emotion", "mood"} <= set(turn["trace"])
    assert {"id", "score", "source"} <= set(turn["trace"]["memories"][0])
    assert {"calls", "input_tokens", "cached_tokens", "output_tokens"} == set(turn["usage"])
    assert turn["usage"]["calls"] == 4
    assert all(step["prompt_digest"] for step in turn["trace"]["steps"])


def test_the_disclosure_comes_first_everywhere(simulacra: Simulacra) -> None:
    disclosure = DISCLOSURE.format(name="Mary Jones")
    assert simulacra("chat", "mary-jones", stdin="Hello.\n").stdout.startswith(disclosure)
    once = simulacra("chat", "mary-jones", "--once", "Hello.")
    assert once.stderr.startswith(disclosure)
    assert disclosure not in once.stdout


def test_piped_lines_are_answered_one_by_one_and_the_end_is_the_end(simulacra: Simulacra) -> None:
    done = simulacra.cold(
        "chat", stdin="How are you today?\n\n  \nAnd {yesterday}? 🦌\nlast, no newline"
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("Mary Jones: ")]
    assert len(answers) == 3
    assert "> And {yesterday}? 🦌" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_session_is_kept_resumed_listed_exported_deleted(
    simulacra: Simulacra, tmp_path: Path
) -> None:
    first = json.loads(simulacra("chat", "--once", "I am Tom.", "--json", "--seed", "5").stdout)
    id_ = first["session"]
    again = simulacra("chat", "--session", id_, "--once", "Who am I?", "--json")
    second = json.loads(again.stdout)
    assert second["session"] == id_
    assert second["number"] == 1
    assert "I am Tom." in second["trace"]["steps"][-1]["user"]
    listed = json.loads(simulacra("sessions", "list", "--json").stdout)
    assert [(row["id"], row["turns"]) for row in listed] == [(id_, 2)]
    exported = simulacra("sessions", "export", id_).stdout
    assert "computer-generated fiction" in exported
    assert exported.index("I am Tom.") < exported.index("Who am I?")
    simulacra("sessions", "export", id_, "--to", str(tmp_path / "s.json"))
    saved = json.loads((tmp_path / "s.json").read_text())
    assert [turn["stimulus"] for turn in saved["turns"]] == ["I am Tom.", "Who am I?"]
    assert saved["session"]["seed"] == "5"
    simulacra("sessions", "delete", id_, "--yes")
    assert json.loads(simulacra("sessions", "list", "--json").stdout) == []


@pytest.mark.parametrize("method", ["none", "prompt", "rag"])
def test_the_other_methods_answer_with_one_call(simulacra: Simulacra, method: str) -> None:
    done = simulacra("chat", "--method", method, "--once", "Hello.", "--json")
    turn = json.loads(done.stdout)
    assert turn["method"] == method
    assert turn["usage"]["calls"] == 1


def test_200_kilobytes_of_words_break_nothing(simulacra: Simulacra) -> None:
    text = "The creek is high. {braces} \\n 🦌 " * 6000
    done = simulacra("chat", "--method", "macm", stdin=text + "\nAnd now?\n")
    assert done.stdout.count("Mary Jones: ") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["chat", "nobody-at-all", "--once", "x"], 1, "nobody-at-all"),
        (["chat", "mary-jnes", "--once", "x"], 1, "mary-jones"),
        (["chat", "--session", "zzzz", "--once", "x"], 1, "sessions list"),
        (["chat", "--json"], 2, "--once"),
        (["chat", "--method", "telepathy", "--once", "x"], 2, "telepathy"),
        (["chat", "--keep-memories", "--once", "x"], 1, "export"),
        (["chat", "--model", "embedded:nothing", "--once", "x"], 1, "nothing"),
        (["chat", "--model", "nonsense", "--once", "x"], 1, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_the_exit_code_tells(
    simulacra: Simulacra, arguments: list[str], code: int, says: str
) -> None:
    done = simulacra(*arguments, code=code)
    assert says in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr


class Talk:
    """``simulacra chat`` at a terminal."""

    def __init__(self, simulacra: Simulacra, *arguments: str) -> None:
        self.terminal = simulacra.terminal(
            "chat", *arguments, TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1"
        )
        self.child = self.terminal.child

    def say(self, text: str) -> None:
        self.child.expect("You:")
        self.child.send(text + "\r")

    def until(self, pattern: str) -> str:
        self.child.expect(pattern)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.child.before)


def test_a_terminal_conversation_with_its_commands(simulacra: Simulacra, tmp_path: Path) -> None:
    talk = Talk(simulacra, "mary-jones", "--seed", "1")
    talk.until("computer-generated fiction")
    talk.say("Who taught you to read?")
    talk.until("Mary Jones: ")
    talk.say("/why")
    why = talk.until(r"tokens\s+read")
    for label in ("reflection", "memory", "paragraphs", "thought", "emotion", "mood", "calls"):
        assert label in why
    talk.say("/mood")
    talk.until("valence")
    talk.say("/memories")
    talk.until("no memories yet")
    talk.say("/method prompt")
    talk.until("Going on with prompt")
    talk.say("/method telepathy")
    talk.until("There is no method 'telepathy'")
    talk.say(f"/save {tmp_path / 'talk.md'}")
    talk.until("Saved to")
    talk.say("/nonsense")
    talk.until("/help lists")
    talk.say("/help")
    talk.until("/quit")
    talk.say("/quit")
    talk.until("Kept as session")
    talk.terminal.end()
    assert "Who taught you to read?" in (tmp_path / "talk.md").read_text()


def test_a_paste_of_many_lines_is_one_message(simulacra: Simulacra) -> None:
    talk = Talk(simulacra, "--method", "prompt")
    talk.child.expect("You:")
    talk.child.send("\x1b[200~first line\nsecond line\n/quit\x1b[201~")
    talk.child.send("\r")
    talk.until("Mary Jones: ")
    talk.child.expect("You:")
    talk.child.send("\x04")
    talk.terminal.end()
    listed = json.loads(simulacra("sessions", "list", "--json").stdout)
    assert listed[0]["turns"] == 1
    exported = simulacra("sessions", "export", listed[0]["id"]).stdout
    assert "first line\nsecond line\n/quit" in exported


def test_ctrl_c_stops_an_answer_and_not_the_conversation(simulacra: Simulacra) -> None:
    from benchmarks.server import simulated_provider
    from benchmarks.traffic import Speed

    with simulated_provider() as slow:
        slow.set_speed(Speed(first_token=30, read=1e9, write=1e9))
        simulacra.environ["OPENAI_BASE_URL"] = slow.base_url
        talk = Talk(simulacra, "--method", "prompt")
        talk.say("Hello?")
        talk.until("finding words")
        talk.child.send("\x03")
        talk.until("stopped; nothing of this turn is kept")
        slow.set_speed(Speed(first_token=0, read=1e9, write=1e9))
        talk.say("Are you still there?")
        talk.until("Mary Jones: ")
        talk.say("/quit")
        talk.terminal.end()
    listed = json.loads(simulacra("sessions", "list", "--json").stdout)
    assert listed[0]["turns"] == 1
