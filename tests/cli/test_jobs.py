"""Long work from the command line: listed, shown, cancelled, done by a worker."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any, Protocol

import pytest

from simulacra.biography.steps import Steps
from simulacra.cli import main
from simulacra.errors import ModelUnavailableError
from simulacra.inference import Answer, Usage
from simulacra.jobs import Jobs, Report, work
from simulacra.settings import Settings


@work("greet")
async def greet(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    async def call() -> Answer[str]:
        return Answer("Hello.", Usage(1, 20, 0, 3), 0.2)

    await steps("say hello", call)
    if request["word"] == "fail":
        raise ModelUnavailableError("Nobody answers.", "Call again.")
    return {"state": request["word"]}


class Command(Protocol):
    """``simulacra …`` in this process; gives what it said."""

    def __call__(self, *arguments: str, code: int = 0) -> str: ...


@pytest.fixture
def simulacra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["simulacra", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said
        return said.err + said.out

    return run


@pytest.fixture
def jobs(settings: Settings) -> dict[str, str]:
    """Three jobs, by subject: one failed, one waiting, one queued; their ids."""

    async def begin() -> dict[str, str]:
        async with Jobs.open(settings) as jobs:
            with pytest.raises(ModelUnavailableError):
                await jobs.run("greet", "mary", {"word": "fail"})
            await jobs.run("greet", "haley", {"word": "waiting"})
            await jobs.enqueue("greet", "sara", {"word": "Good morning."})
            return {job.subject: job.id for job in await jobs.list()}

    return asyncio.run(begin())


def test_jobs_are_listed_latest_first_with_what_they_took(
    simulacra: Command, jobs: dict[str, str]
) -> None:
    listed = json.loads(simulacra("jobs", "list", "--json"))
    assert [(job["subject"], job["state"]) for job in listed] == [
        ("sara", "queued"),
        ("haley", "waiting"),
        ("mary", "failed"),
    ]
    assert listed[2]["id"] == jobs["mary"]
    assert listed[2]["steps"] == 1
    assert listed[2]["usage"] == {
        "calls": 1,
        "input_tokens": 20,
        "cached_tokens": 0,
        "output_tokens": 3,
    }
    assert (listed[2]["error"], listed[2]["mend"]) == ("Nobody answers.", "Call again.")
    assert "waiting for you" in simulacra("jobs", "list", "--subject", "haley")


def test_a_job_is_shown_with_its_steps(simulacra: Command, jobs: dict[str, str]) -> None:
    shown = json.loads(simulacra("jobs", "show", jobs["mary"][:5], "--json"))
    (step,) = shown["step_list"]
    assert (step["name"], step["run"], step["error"]) == ("say hello", 1, None)
    assert step["seconds"] >= 0
    text = simulacra("jobs", "show", jobs["mary"])
    assert "say hello" in text
    assert "Nobody answers." in text
    assert "Call again." in text


def test_a_job_is_cancelled_once(simulacra: Command, jobs: dict[str, str]) -> None:
    assert "is cancelled" in simulacra("jobs", "cancel", jobs["sara"])
    assert "is cancelled:" in simulacra("jobs", "cancel", jobs["sara"], code=1)
    assert "nosuch" in simulacra("jobs", "cancel", "nosuch", code=1)


def test_a_worker_does_what_is_queued(simulacra: Command, jobs: dict[str, str]) -> None:
    (done,) = json.loads(simulacra("worker", "--json"))
    assert (done["id"], done["state"]) == (jobs["sara"], "finished")
    assert done["result"] == {"state": "Good morning."}
    assert "Nothing is left" in simulacra("worker")


def test_a_worker_that_does_not_know_the_work_fails(
    simulacra: Command, jobs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulacra.jobs.registry._WORKS", {})
    said = simulacra("worker", code=1)
    assert f"Job {jobs['sara']}" in said
    assert "no long work of the kind 'greet'" in said


def test_without_the_extra_the_command_to_install_it_is_said() -> None:
    code = "import sys; sys.modules['dbos'] = None; from simulacra.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "jobs", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install 'simulacra[jobs]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_does_not_load_dbos() -> None:
    code = (
        "import sys, simulacra.jobs; sys.argv = ['simulacra', 'jobs', '--help']\n"
        "from simulacra.cli import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(str('dbos' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cancel" in done.stdout
    assert done.stderr.strip() == "False"
