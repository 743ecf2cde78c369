"""``simulacra evaluate grid`` and ``report``, as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
from scripted_provider import ScriptedProvider, scripted_provider

from conftest import Simulacra
from simulacra.characters.workspace import shipped_folder
from simulacra.evaluation.records import AnswerRecord, Run

CONCURRENCY = 4
MODEL = ("--model", "openai-chat:scripted", "--concurrency", str(CONCURRENCY))
WARM = """
import json, os, sys
import simulacra.cli.gridding, simulacra.evaluation.gathering, pydantic_ai.models.openai, numpy
from simulacra.cli import main
for line in sys.stdin:
    if not (pid := os.fork()):
        sys.argv = ["simulacra", *json.loads(line)]
        try:
            main()
        except SystemExit as ended:
            os._exit(ended.code or 0)
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture
def scripted(simulacra: Simulacra) -> Iterator[ScriptedProvider]:
    with scripted_provider() as server:
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        yield server


@pytest.fixture
def two(simulacra: Simulacra) -> Path:
    """Two people of one's own: Mary, and somebody of another name with her life."""
    workspace = Path(simulacra.environ["SIMULACRA_WORKSPACE"])
    mary = shipped_folder() / "mary-jones"
    for slug, name in (("mary-jones", "Mary"), ("anna-jones", "Anna")):
        shutil.copytree(mary, workspace / slug)
        for file in (workspace / slug).iterdir():
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("Mary", name), encoding="utf-8")
    return workspace


class Warm:
    """The command line with its imports done, so that starting it takes no time."""

    def __init__(self, simulacra: Simulacra) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WARM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=simulacra.folder,
            env=simulacra.environ,
        )

    def begin(self, *arguments: str) -> int:
        """Start a command, and give its process id."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """Wait until the command has ended, and give its exit code; killed, minus the signal."""
        while True:
            line = self._line().strip()  # what the command itself says comes before
            if line.lstrip("-").isdecimal():
                return int(line)

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the command line is gone"
        return line


@pytest.fixture
def warm(simulacra: Simulacra) -> Generator[Warm]:
    """A warm command line; it ends with the test."""
    line = Warm(simulacra)
    yield line
    line.process.kill()
    line.process.communicate()


def answers(folder: Path) -> list[AnswerRecord]:
    """All answers of a run, in one order, without the time they took."""
    records = Run.read(folder).answers
    return [records[key].model_copy(update={"seconds": 0.0}) for key in sorted(records, key=str)]


def scores(simulacra: Simulacra, folder: Path) -> list[dict[str, Any]]:
    """What the report says, without the time it took."""
    results = json.loads(simulacra("evaluate", "report", str(folder), "--json").stdout)["results"]
    for result in results:
        for score in result["scores"]:
            del score["effort"]["seconds"]
    return results


def test_killed_ten_times_it_ends_as_if_undisturbed_and_pays_for_nothing_twice(
    simulacra: Simulacra, scripted: ScriptedProvider, two: Path, warm: Warm, tmp_path: Path
) -> None:
    def grid(folder: str) -> tuple[str, ...]:
        return ("evaluate", "grid", *MODEL, "--repeats", "2", "-o", str(tmp_path / folder))

    warm.begin(*grid("undisturbed"))
    assert warm.end() == 0
    calls = len(scripted.log)
    assert len({asked.digest for asked in scripted.log}) == calls
    assert scripted.most_in_flight <= CONCURRENCY

    scripted.log.clear()
    chance, begun = Random(4), list[int]()
    for moment in sorted(chance.sample(range(5, calls - 15), 10)):
        begun.append(len(scripted.log))
        pid, end = warm.begin(*grid("killed")), time.monotonic() + 30
        while len({asked.digest for asked in scripted.log if asked.sent}) < moment:
            time.sleep(0.002)
            assert time.monotonic() < end, "the grid does not get on"
        time.sleep(chance.uniform(0, 0.02))
        os.kill(pid, signal.SIGKILL)
        assert warm.end() == -signal.SIGKILL
    begun.append(len(scripted.log))
    warm.begin(*grid("killed"))
    assert warm.end() == 0

    digests = [asked.digest for asked in scripted.log]
    assert len(set(digests)) == calls
    for start, stop in pairwise(begun):
        again = set(digests[start:stop]) & set(digests[stop:])
        assert len(again) <= CONCURRENCY  # none but those in flight when it was killed
    assert max(Counter(digests[begun[-1] :]).values()) == 1
    assert answers(tmp_path / "killed") == answers(tmp_path / "undisturbed")
    assert scores(simulacra, tmp_path / "killed") == scores(simulacra, tmp_path / "undisturbed")


@pytest.fixture
def run(simulacra: Simulacra, scripted: ScriptedProvider, tmp_path: Path) -> Path:
    """A finished run of Mary by two methods."""
    folder = tmp_path / "run"
    some = ("--methods", "none,prompt", "--repeats", "2")
    simulacra("evaluate", "grid", *MODEL, *some, "-o", str(folder))
    return folder


def test_a_finished_grid_asks_nothing_and_says_so(
    simulacra: Simulacra, scripted: ScriptedProvider, run: Path
) -> None:
    asked = len(scripted.log)
    some = ("--methods", "none,prompt", "--repeats", "2")
    told = simulacra("evaluate", "grid", *MODEL, *some, "-o", str(run), "--json")
    said = json.loads(told.stdout)
    assert len(scripted.log) == asked
    assert (said["answers"], said["asked"], said["usage"]["calls"]) == (60, 0, 0)
    assert {cell["method"]: cell["answers"] for cell in said["cells"]} == {"none": 30, "prompt": 30}
    assert "scripted, prompt, mary-jones: 30 answers" in told.stderr


def test_more_can_be_added_later_and_only_that_is_asked(
    simulacra: Simulacra, scripted: ScriptedProvider, run: Path
) -> None:
    asked = len(scripted.log)
    some = ("--methods", "prompt,rag", "--repeats", "2")
    simulacra("evaluate", "grid", *MODEL, *some, "-o", str(run))
    assert len(scripted.log) - asked == 30
    assert Counter(r.method for r in answers(run)) == {"none": 30, "prompt": 30, "rag": 30}


def test_a_run_begun_in_another_way_is_left_alone(simulacra: Simulacra, run: Path) -> None:
    before = answers(run)
    told = simulacra("evaluate", "grid", *MODEL, "--seed", "7", "-o", str(run), code=1)
    assert "begun with another seed" in " ".join(told.stderr.split())
    assert answers(run) == before


def test_of_two_processes_on_one_folder_the_second_is_told(
    simulacra: Simulacra, scripted: ScriptedProvider, warm: Warm, tmp_path: Path
) -> None:
    scripted.seconds = 5
    command = ("evaluate", "grid", *MODEL, "--methods", "none", "-o", str(tmp_path / "run"))
    pid = warm.begin(*command)
    end = time.monotonic() + 30
    while not scripted.log and time.monotonic() < end:
        time.sleep(0.02)
    told = simulacra(*command, code=1)
    os.kill(pid, signal.SIGKILL)
    assert "Another process is at work" in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr


def test_a_model_that_goes_away_ends_it_clearly_and_loses_nothing(
    simulacra: Simulacra, scripted: ScriptedProvider, warm: Warm, tmp_path: Path
) -> None:
    command = ("evaluate", "grid", *MODEL, "--methods", "none", "-o", str(tmp_path / "run"))
    scripted.breaks_after = 20
    told = simulacra(*command, code=1)
    assert "openai-chat:scripted" in told.stderr
    assert "Traceback" not in told.stderr
    kept = len(answers(tmp_path / "run"))
    assert 20 - CONCURRENCY <= kept <= 20
    scripted.breaks_after = None
    scripted.log.clear()
    simulacra(*command)
    assert len(answers(tmp_path / "run")) == 45
    assert len(scripted.log) <= 45 - kept


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("grid", "-o", "x", "--methods", "prompt,magic"), "magic"),
        (("grid", "-o", "x", "--share", "2", "--task", "personality"), "share"),
        (("grid", "-o", "x", "--characters", ","), "name one"),
        (("report", "x", "--format", "parquet"), "needs a file"),
        (("report", "x", "--format", "csv", "--json"), "choose"),
    ],
)
def test_wrong_usage_ends_with_2(
    simulacra: Simulacra, arguments: tuple[str, ...], said: str
) -> None:
    assert said in simulacra("evaluate", *arguments, code=2).stderr


def test_a_folder_without_a_run_is_said_to_be_one(simulacra: Simulacra, tmp_path: Path) -> None:
    told = simulacra("evaluate", "report", str(tmp_path), code=1)
    assert "holds no run" in " ".join(told.stderr.split())


def test_a_report_in_every_form(simulacra: Simulacra, run: Path, tmp_path: Path) -> None:
    def report(*arguments: str) -> str:
        return simulacra("evaluate", "report", str(run), *arguments).stdout

    shown = report("--figure", str(tmp_path / "bars.png"))
    assert "paper: GPT-4-Turbo" in shown
    assert "prompt − none" in shown
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")
    assert "| openai-chat:scripted | " in report("--format", "markdown")
    assert r"\toprule" in report("--format", "latex", "--no-paper")
    rows = list(csv.DictReader(io.StringIO(report("--format", "csv"))))
    ours = {row["method"]: float(row["total"]) for row in rows if row["source"] == "run"}
    assert sum(row["source"] == "paper" for row in rows) == 38
    file = tmp_path / "answers.parquet"
    report("--format", "parquet", "--rows", "answers", "-o", str(file))
    read = cast("Any", parquet)
    flat: list[dict[str, Any]] = read.read_table(str(file)).to_pylist()
    for method, total in ours.items():
        points = sum(row["score"] for row in flat if row["method"] == method)
        assert total == pytest.approx(points / 2)  # two repeats of one character
