"""``simulacra evaluate grid`` and ``report``, as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
import yaml
from command_line import Process, Simulacra
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
from scripted_provider import ScriptedProvider, scripted_provider

from simulacra.characters.workspace import shipped_folder
from simulacra.evaluation.records import AnswerRecord, Run

CONCURRENCY = 4
MODEL = ("--model", "openai-chat:scripted", "--concurrency", str(CONCURRENCY))
MARY = (*MODEL, "--characters", "mary-jones")
TWO = (*MODEL, "--characters", "mary-jones,anna-jones")


@pytest.fixture
def scripted(simulacra: Simulacra) -> Iterator[ScriptedProvider]:
    with scripted_provider() as server:
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        yield server


@pytest.fixture
def two(simulacra: Simulacra) -> Path:
    """Two people of three items each: Mary, and somebody of another name with her life."""
    workspace = Path(simulacra.environ["SIMULACRA_WORKSPACE"])
    mary = shipped_folder() / "mary-jones"
    for slug, name in (("mary-jones", "Mary"), ("anna-jones", "Anna")):
        shutil.copytree(mary, workspace / slug)
        for file in (workspace / slug).iterdir():
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("Mary", name), encoding="utf-8")
        file = workspace / slug / "questionnaire.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["items"] = [item for item in content["items"] if item["id"].endswith("-1")]
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return workspace


class Evaluate:
    """Runs ``simulacra evaluate …`` to its end, or starts it."""

    def __init__(self, simulacra: Simulacra) -> None:
        self.simulacra = simulacra

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.simulacra("evaluate", *arguments, code=code)

    def start(self, *arguments: str) -> Process:
        return self.simulacra.start("evaluate", *arguments)


@pytest.fixture
def evaluate(simulacra: Simulacra) -> Evaluate:
    """The commands under test."""
    return Evaluate(simulacra)


def answers(folder: Path) -> list[AnswerRecord]:
    """All answers of a run, in one order, without the time they took."""
    records = Run.read(folder).answers
    return [records[key].model_copy(update={"seconds": 0.0}) for key in sorted(records, key=str)]


def scores(evaluate: Evaluate, folder: Path) -> list[dict[str, Any]]:
    """What the report says, without the time it took."""
    results = json.loads(evaluate("report", str(folder), "--json").stdout)["results"]
    for result in results:
        for score in result["scores"]:
            del score["effort"]["seconds"]
    return results


def test_killed_ten_times_it_ends_as_if_undisturbed_and_pays_for_nothing_twice(
    evaluate: Evaluate, scripted: ScriptedProvider, two: Path, tmp_path: Path
) -> None:
    def grid(folder: str) -> tuple[str, ...]:
        return ("grid", *TWO, "--repeats", "2", "-o", str(tmp_path / folder))

    evaluate(*grid("undisturbed"))
    calls = len(scripted.log)
    assert len({asked.digest for asked in scripted.log}) == calls
    assert scripted.most_in_flight <= CONCURRENCY

    scripted.log.clear()
    scripted.answered.clear()
    chance, begun = Random(4), list[int]()
    for moment in sorted(chance.sample(range(3, calls - 8), 10)):
        begun.append(len(scripted.log))
        child, end = evaluate.start(*grid("killed")), time.monotonic() + 30
        while len(scripted.answered) < moment:
            time.sleep(0.005)
            assert time.monotonic() < end, "the grid does not get on"
        time.sleep(chance.uniform(0, 0.02))
        assert child.kill().returncode == -signal.SIGKILL
    begun.append(len(scripted.log))
    evaluate(*grid("killed"))

    digests = [asked.digest for asked in scripted.log]
    assert len(set(digests)) == calls
    for start, stop in pairwise(begun):
        again = set(digests[start:stop]) & set(digests[stop:])
        assert len(again) <= CONCURRENCY  # none but those in flight when it was killed
    assert max(Counter(digests[begun[-1] :]).values()) == 1
    assert answers(tmp_path / "killed") == answers(tmp_path / "undisturbed")
    assert scores(evaluate, tmp_path / "killed") == scores(evaluate, tmp_path / "undisturbed")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a finished run lies, as soon as there is one."""
    return tmp_path_factory.mktemp("grid") / "run"


@pytest.fixture
def run(evaluate: Evaluate, scripted: ScriptedProvider, kept: Path, tmp_path: Path) -> Path:
    """A finished run of Mary by two methods; for the tests after the first, a copy of it."""
    folder = tmp_path / "run"
    if not kept.exists():
        some = ("--methods", "none,prompt", "--repeats", "2")
        evaluate("grid", *MARY, *some, "-o", str(folder))
        shutil.copytree(folder, kept)
    return shutil.copytree(kept, folder, dirs_exist_ok=True)


def test_a_finished_grid_asks_nothing_and_says_so(
    evaluate: Evaluate, scripted: ScriptedProvider, run: Path
) -> None:
    asked = len(scripted.log)
    some = ("--methods", "none,prompt", "--repeats", "2")
    told = evaluate("grid", *MARY, *some, "-o", str(run), "--json")
    said = json.loads(told.stdout)
    assert len(scripted.log) == asked
    assert (said["answers"], said["asked"], said["usage"]["calls"]) == (60, 0, 0)
    assert {cell["method"]: cell["answers"] for cell in said["cells"]} == {"none": 30, "prompt": 30}
    assert "scripted, prompt, mary-jones: 30 answers" in told.stderr


def test_more_can_be_added_later_and_only_that_is_asked(
    evaluate: Evaluate, scripted: ScriptedProvider, run: Path
) -> None:
    asked = len(scripted.log)
    some = ("--methods", "prompt,rag", "--repeats", "2")
    evaluate("grid", *MARY, *some, "-o", str(run))
    assert len(scripted.log) - asked == 30
    assert Counter(r.method for r in answers(run)) == {"none": 30, "prompt": 30, "rag": 30}


def test_a_run_begun_in_another_way_is_left_alone(evaluate: Evaluate, run: Path) -> None:
    before = answers(run)
    told = evaluate("grid", *MARY, "--seed", "7", "-o", str(run), code=1)
    assert "begun with another seed" in " ".join(told.stderr.split())
    assert answers(run) == before


def test_of_two_processes_on_one_folder_the_second_is_told(
    evaluate: Evaluate, scripted: ScriptedProvider, tmp_path: Path
) -> None:
    scripted.seconds = 5
    command = ("grid", *MARY, "--methods", "none", "-o", str(tmp_path / "run"))
    child = evaluate.start(*command)
    end = time.monotonic() + 30
    while not scripted.log and time.monotonic() < end:
        time.sleep(0.02)
    told = evaluate(*command, code=1)
    child.kill()
    assert "Another process is at work" in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr


def test_a_model_that_goes_away_ends_it_clearly_and_loses_nothing(
    evaluate: Evaluate, scripted: ScriptedProvider, tmp_path: Path
) -> None:
    command = ("grid", *MARY, "--methods", "none", "-o", str(tmp_path / "run"))
    scripted.breaks_after = 20
    told = evaluate(*command, code=1)
    assert "openai-chat:scripted" in told.stderr
    assert "Traceback" not in told.stderr
    kept = len(answers(tmp_path / "run"))
    assert 20 - CONCURRENCY <= kept <= 20
    scripted.breaks_after = None
    scripted.log.clear()
    evaluate(*command)
    assert len(answers(tmp_path / "run")) == 45
    assert len(scripted.log) <= 45 - kept


def test_a_person_without_memories_is_not_asked_as_if_there_were_none(
    evaluate: Evaluate, scripted: ScriptedProvider, two: Path, tmp_path: Path
) -> None:
    (two / "anna-jones" / "memories.jsonl").unlink()
    told = evaluate("grid", *TWO, "-o", str(tmp_path / "run"), code=1)
    assert "simulacra memory build anna-jones" in told.stderr
    assert not scripted.log


def test_all_are_those_with_a_questionnaire_and_the_others_are_named(
    evaluate: Evaluate, scripted: ScriptedProvider, two: Path, tmp_path: Path
) -> None:
    (two / "anna-jones" / "questionnaire.yaml").unlink()
    some = ("--methods", "none", "--repeats", "1", "-o", str(tmp_path / "run"))
    told = evaluate("grid", *MODEL, *some)
    assert "Anna Jones has no questionnaire: left out." in told.stderr
    asked = {record.character for record in answers(tmp_path / "run")}
    assert asked == {folder.name for folder in shipped_folder().iterdir() if folder.is_dir()}
    told = evaluate("grid", *MODEL, *some, "--characters", "anna-jones", code=1)
    assert "questionnaire" in told.stderr


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
def test_wrong_usage_ends_with_2(evaluate: Evaluate, arguments: tuple[str, ...], said: str) -> None:
    assert said in evaluate(*arguments, code=2).stderr


def test_a_folder_without_a_run_is_said_to_be_one(evaluate: Evaluate, tmp_path: Path) -> None:
    told = evaluate("report", str(tmp_path), code=1)
    assert "holds no run" in " ".join(told.stderr.split())


def test_a_report_in_every_form(evaluate: Evaluate, run: Path, tmp_path: Path) -> None:
    def report(*arguments: str) -> str:
        return evaluate("report", str(run), *arguments).stdout

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
