"""``simulacra characters select``: in a pipe, with a judge, killed, and at a terminal."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from benchmarks.server import simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra
from typer.testing import CliRunner, Result

from simulacra.characters import Pools, candidates_text, read_candidates, sample
from simulacra.cli.app import app
from simulacra.errors import SimulacraError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.json"
    path.write_text(candidates_text(sample(Pools.load(), 12, 7), "json"))
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["characters", "select", *(str(word) for word in words)])


def refused(*words: object) -> str:
    """What a select that fails says."""
    failed = run(*words)
    assert failed.exit_code != 0
    assert isinstance(failed.exception, (SimulacraError, SystemExit)), failed.exception
    return " ".join(f"{failed.exception} {failed.output}".split())


def test_the_chosen_are_written_and_read_back_and_it_says_that_nobody_was_asked(
    file: Path, tmp_path: Path
) -> None:
    done = run(file, "-n", 4, "-o", tmp_path / "chosen.csv")
    assert done.exit_code == 0
    assert "No model is set" in done.stderr
    assert "as with --auto" in done.stderr
    chosen = read_candidates(tmp_path / "chosen.csv")
    assert len(chosen) == 4
    for candidate in chosen:
        assert candidate.profile.name in done.stdout
    assert "characters new --from" in done.stdout


def test_json_gives_a_reason_for_everybody(file: Path) -> None:
    done = run(file, "-n", 4, "--json", "--no-model")
    report = json.loads(done.stdout)
    assert len(report["chosen"]) == 4
    assert len(report["rest"]) == 8
    assert all(entry["reason"] for entry in (*report["chosen"], *report["rest"]))
    assert 0 < report["distance"]["least"] <= report["distance"]["mean"] <= 1
    assert done.stderr == ""
    assert run(file, "-n", 4, "--json", "--no-model").stdout == done.stdout


def test_drafts_are_refined_and_every_change_is_shown(tmp_path: Path) -> None:
    drafts = sample(Pools.load(), 8, 7, plausible=False)
    (tmp_path / "drafts.csv").write_text(candidates_text(drafts, "csv"))
    report = json.loads(run(tmp_path / "drafts.csv", "-n", 3, "--json").stdout)
    changes = [change for entry in report["chosen"] for change in entry["changes"]]
    assert changes
    assert all(change["before"] != change["after"] and change["why"] for change in changes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "people.json"),
        ("[]", "no candidate"),
        ("{not json", "people.json:1"),
        ('{"a": 1}', "no list"),
        ('[{"name": "Ada"}]', "candidate 1: age"),
        ("[1, 2]", "candidate 1"),
    ],
)
def test_a_file_that_holds_no_candidates_is_named_with_the_place(
    file: Path, text: str, says: str
) -> None:
    file.write_text(text)
    assert says in refused(file, "-n", 1)


def test_more_than_there_are_twice_the_same_and_overwriting_are_refused(file: Path) -> None:
    assert "12 candidates, fewer than 13" in refused(file, "-n", 13)
    assert "overwrite" in refused(file, "-n", 2, "-o", file)
    assert "--no-model" in refused(file, "-n", 2, "--no-model", "--model", "x:y")
    people = json.loads(file.read_text())
    file.write_text(json.dumps([*people, people[2]]))
    assert "Candidates 3 and 13 are the same" in refused(file, "-n", 2)


def test_a_killed_selection_pays_for_no_judgement_twice(simulacra: Simulacra, file: Path) -> None:
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0.2, read=1e9, write=1e9))
        simulacra.environ |= {"OPENAI_BASE_URL": server.base_url, "SIMULACRA_CONCURRENCY": "2"}
        words = ("select", str(file), "-n", "4", "--json", "--no-refine")
        child = simulacra.start("characters", *words)
        end = time.monotonic() + 60
        while len(server.calls()) < 6 and time.monotonic() < end:
            time.sleep(0.02)
        child.kill()
        report = json.loads(simulacra("characters", *words).stdout)
        paid = len(server.settled())
    assert 12 <= paid <= 12 + 2
    assert all("plausibility 3 of 5" in entry["reason"] for entry in report["chosen"])


# --- at a terminal --------------------------------------------------------------------------------


class Screen:
    """``simulacra characters …`` at a terminal of 100 columns."""

    def __init__(self, simulacra: Simulacra, *words: object) -> None:
        words = ("characters", *words)
        self.terminal = simulacra.terminal(*map(str, words), columns=100, SIMULACRA_MODEL="")
        self.child, self.end = self.terminal.child, self.terminal.end

    def say(self, prompt: str, *answers: str) -> str:
        """Answer each prompt of that kind; what stood before the last one."""
        before = ""
        for answer in answers:
            self.child.expect(prompt)
            before = self.child.before
            self.child.sendline(answer)
        return before


KEYS = re.escape("[aersbq] ")


def test_at_a_terminal_one_accepts_edits_rejects_and_goes_back(
    simulacra: Simulacra, file: Path, tmp_path: Path
) -> None:
    screen = Screen(simulacra, "select", file, "-n", 3, "-o", tmp_path / "chosen.json")
    first = screen.say(KEYS, "a")
    assert "Why: the first chosen" in first
    rejected = screen.say(KEYS, "r")
    assert rejected != screen.say(KEYS, "b")
    screen.say(KEYS, "e")
    screen.say("attribute. ", "hobbies")
    screen.say("leaves it.: ", "keeping bees; chess")
    screen.say(KEYS, "a", "a")
    assert "3 candidates" in screen.end()
    chosen = read_candidates(tmp_path / "chosen.json")
    assert len(chosen) == 3
    assert chosen[1].profile.hobbies == ("keeping bees", "chess")


def test_an_edit_that_makes_a_conflict_is_kept_only_if_wished(
    simulacra: Simulacra, file: Path, tmp_path: Path
) -> None:
    screen = Screen(simulacra, "select", file, "-n", 1, "-o", tmp_path / "chosen.json")
    for wished, age in (("n", "2"), ("y", "3")):
        screen.say(KEYS, "e")
        screen.say("attribute. ", "age")
        screen.say("leaves it.: ", age)
        assert "needs an age of" in screen.say("y/N. ", wished)
    screen.say(KEYS, "a")
    screen.end()
    assert read_candidates(tmp_path / "chosen.json")[0].profile.age == 3


def test_a_killed_screen_goes_on_after_the_last_decision(simulacra: Simulacra, file: Path) -> None:
    screen = Screen(simulacra, "select", file, "-n", 3)
    screen.say(KEYS, "a", "a")
    screen.child.expect(KEYS)
    screen.terminal.started.kill()
    again = Screen(simulacra, "select", file, "-n", 3)
    assert "2 of 3 are accepted" in again.say(KEYS, "q")
    assert "2 of 3 accepted; saved in" in again.end()
    anew = Screen(simulacra, "select", file, "-n", 3, "--anew")
    assert "1 of 3 " in anew.say(KEYS, "q") + anew.child.before
    assert "0 of 3 accepted" in anew.end()
