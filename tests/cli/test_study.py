from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Generator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from command_line import Simulacra
from scripted_provider import ScriptedProvider, scripted_provider
from tests.evaluation.made_studies import do

from simulacra.settings import Settings
from simulacra.storage import Studies

MARY = ("study", "create", "--character", "mary-jones")


@pytest.fixture(scope="module")
def asked() -> Generator[ScriptedProvider]:
    """A provider that answers as somebody with a will: the same to the same request."""
    with scripted_provider() as provider:
        plain = provider.answer

        def answer(body: bytes) -> dict[str, Any]:
            found, digest = plain(body), sha256(body).hexdigest()[:6]
            match json.loads(body).get("response_format"):
                case {"json_schema": {"schema": {"properties": {"motive": _}}}}:
                    parts = ("motive", "emotion", "approach", "behaviour")
                    said: dict[str, Any] = {p: f"I say {p} {digest}." for p in parts}
                case {"json_schema": {"schema": {"properties": {"text": _, **rest}}}} if not rest:
                    said = {"text": f"They write {digest}."}
                case {"json_schema": {"schema": {"properties": {"score": _}}}}:
                    said = {"score": 2.5}
                case _:
                    return found
            found["choices"][0]["message"]["content"] = json.dumps(said)
            return found

        provider.seconds = 0
        provider.answer = answer  # pyright: ignore[reportAttributeAccessIssue]
        yield provider


@pytest.fixture(autouse=True)
def _asks(simulacra: Simulacra, asked: ScriptedProvider) -> None:
    simulacra.environ["OPENAI_BASE_URL"] = asked.base_url


def create(simulacra: Simulacra, *arguments: str) -> dict[str, Any]:
    return json.loads(simulacra(*MARY, *arguments, "--json").stdout)


def links(simulacra: Simulacra, study: str, *arguments: str) -> list[str]:
    said = simulacra("study", "invite", study, *arguments, "--base-url", "https://x.example/")
    return [line.partition(": ")[2] for line in said.stdout.splitlines()]


def judged(study: str, found: list[str]) -> None:
    """Four people do all that they are to do."""
    studies = Studies(Settings.read().data / "studies.db")
    tokens = [link.rpartition("/")[2] for link in found]
    for token in tokens:
        do(studies, studies.desk(token), 1, lambda task: f"Text {task.place}, <b>, “ä”, \n2.")
    for number, token in enumerate(tokens):
        do(studies, studies.desk(token), 2, lambda task, n=number: (task.place + n) % 11 / 2)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data with the study that was made lies, as soon as it was."""
    return tmp_path_factory.mktemp("study") / "data"


@pytest.fixture
def made(simulacra: Simulacra, kept: Path) -> str:
    """A study made by the command; for the tests after the first, a copy of it."""
    data = Settings.read().data
    if kept.exists():
        shutil.copytree(kept, data)
        (study,) = Studies(data / "studies.db").list()
        return study.id
    id_ = create(simulacra, "--methods", "prompt,macm", "--scenarios", "2", "--seed", "3")["id"]
    shutil.copytree(data, kept)
    return id_


def test_a_study_is_made_in_one_command_with_responses_and_traces(
    simulacra: Simulacra, made: str
) -> None:
    studies = Studies(Settings.read().data / "studies.db")
    study = studies.get(made)
    assert (study.character, study.model, study.seed) == (
        "mary-jones",
        "openai-chat:simulated",
        3,
    )
    assert len(study.responses) == 4
    assert all(one.parts for one in study.responses)
    assert study.prompts["scenario form"]
    assert "python" in study.versions
    traces = studies.traces(study)
    assert len(traces) == 4
    macm = traces[study.scenarios[0].id, "macm"]
    assert macm.memories
    assert [step.phase for step in macm.steps][-1] == "respond"
    assert study.scenarios[0].text in macm.steps[-1].user
    assert "My best friend" in macm.steps[-1].user


def test_the_same_seed_draws_the_same_scenarios_and_asks_all_methods_alike(
    simulacra: Simulacra,
) -> None:
    first = create(simulacra, "--scenarios", "2", "--methods", "prompt", "--seed", "1")
    again = create(simulacra, "--scenarios", "2", "--methods", "prompt", "--seed", "1")
    assert first["scenarios"] == again["scenarios"]
    assert first["id"] != again["id"]
    studies = Studies(Settings.read().data / "studies.db")
    assert studies.get(first["id"]).responses == studies.get(again["id"]).responses


def test_a_study_that_was_broken_off_goes_on_and_pays_for_no_call_twice(
    simulacra: Simulacra, asked: ScriptedProvider
) -> None:
    arguments = ("--scenarios", "3", "--methods", "prompt,rag", "--seed", "77")
    before = len(asked.log)
    asked.breaks_after = before + 4
    simulacra(*MARY, *arguments, "--concurrency", "1", code=1)
    asked.breaks_after = None
    paid = {one.digest for one in asked.log[before : before + 4]}
    assert len(paid) == 4
    again = len(asked.log)
    create(simulacra, *arguments)
    assert not paid & {one.digest for one in asked.log[again:]}
    assert len(asked.log) - again == 2


def test_every_judge_gets_a_link_that_works_until_it_is_revoked(
    simulacra: Simulacra, made: str
) -> None:
    found = links(simulacra, made)
    assert len(found) == len(set(found)) == 4
    assert all(link.startswith("https://x.example/j/") for link in found)
    (another,) = links(simulacra, made, "--judges", "1", "--role", "story")
    assert Studies(Settings.read().data / "studies.db").desk(another.rpartition("/")[2])
    simulacra("study", "revoke", made, "5")
    status = json.loads(simulacra("study", "status", made, "--json").stdout)
    assert [judge["role"] for judge in status["judges"]] == ["blind"] * 2 + ["story"] * 3
    assert [judge["revoked"] for judge in status["judges"]] == [False] * 4 + [True]
    (renewed,) = links(simulacra, made, "--again", "1")
    assert renewed not in found
    assert not set(json.dumps(status).split('"')) & {link.rpartition("/")[2] for link in found}


def test_status_says_how_far_everybody_is(simulacra: Simulacra, made: str) -> None:
    assert "Nobody is invited" in simulacra("study", "status").stdout
    judged(made, links(simulacra, made))
    status = json.loads(simulacra("study", "status", made, "--json").stdout)
    assert status["stage_2_open"]
    assert status["judges"][2]["stage_2"] == {"state": "finished", "done": 8, "of": 8}
    assert "8/8" in simulacra("study", "status", made).stdout


def test_an_export_has_every_judgement_with_all_that_is_known_of_it(
    simulacra: Simulacra, made: str, tmp_path: Path
) -> None:
    judged(made, links(simulacra, made))
    for ending in ("csv", "parquet", "json"):
        simulacra("study", "export", made, "--to", str(tmp_path / f"all.{ending}"))
    with (tmp_path / "all.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 4 + 2 * 2 + 2 * 8 + 2 * 4
    assert {row["judged_by"] for row in rows} == {"person"}
    assert {row["task"] for row in rows} == {"describe", "write", "fit", "likeness"}
    assert {row["method"] for row in rows if row["task"] == "fit"} == {"prompt", "macm"}
    assert {"judge", "role", "stage", "scenario", "at", "place", "score"} <= rows[0].keys()
    assert rows[0]["text"] == "Text 1, <b>, “ä”, \n2."
    parquet: Any = import_module("pyarrow.parquet")
    assert parquet.read_table(tmp_path / "all.parquet").num_rows == len(rows)
    whole = json.loads((tmp_path / "all.json").read_text())
    assert len(whole["judgements"]) == len(rows)
    assert "salt" not in whole["study"]
    assert whole["judges"][0]["marks"].keys() == {"finished-1", "finished-2"}


def test_a_report_is_table_3_in_every_form(simulacra: Simulacra, made: str, tmp_path: Path) -> None:
    judged(made, links(simulacra, made))
    found = json.loads(simulacra("study", "report", made, "--json").stdout)
    (panel,) = found["studies"][0]["panels"]
    assert panel["panel"] == "people"
    for method in panel["methods"]:
        average = method["matching"]["average"] + method["similarity"]["average"]
        assert method["final"] == pytest.approx(average)
        assert 0 <= method["final"] <= found["studies"][0]["possible"] == 20
    text = simulacra("study", "report", made, "--format", "markdown").stdout
    assert "Description Matching: Judge 3" in text
    assert "ICC(2,k)" in text
    assert "does not compare" in text
    latex = tmp_path / "report.tex"
    simulacra("study", "report", made, "--format", "latex", "-o", str(latex))
    assert r"\multicolumn{3}{c}{Description Matching}" in latex.read_text()
    scores = simulacra("study", "report", made, "--format", "csv").stdout
    assert scores.splitlines()[0].startswith("source,study,character,model,judged_by")
    assert "Mary Jones" in simulacra("study", "report", made).stdout
    simulacra("study", "report", made, "--figure", str(tmp_path / "f.svg"))
    assert "judged by people" in (tmp_path / "f.svg").read_text()


def test_five_scenarios_stand_beside_the_papers_rows(simulacra: Simulacra) -> None:
    study = create(simulacra, "--methods", "prompt", "--scenarios", "5")["id"]
    judged(study, links(simulacra, study))
    text = simulacra("study", "report", study, "--format", "markdown").stdout
    assert "| paper: macm | 17.50 | 18.00 | 17.75 | 20.50 | 21.50 | 21.00 | 38.75 |" in text
    assert "points of 25 + 25 = 50" in text


def test_a_pilot_is_judged_by_a_model_and_is_marked_as_such_everywhere(
    simulacra: Simulacra, asked: ScriptedProvider, made: str, tmp_path: Path
) -> None:
    judged(made, links(simulacra, made))
    pilot = ("study", "pilot", made, "--judge-model", "openai-chat:judge")
    assert json.loads(simulacra(*pilot, "--json").stdout)["missing"] == 0
    before = len(asked.log)
    simulacra(*pilot)
    assert len(asked.log) == before
    panels = json.loads(simulacra("study", "report", made, "--json").stdout)["studies"][0]["panels"]
    assert [panel["panel"] for panel in panels] == ["people", "openai-chat:judge"]
    assert panels[1]["methods"][0]["final"] == 10  # the simulated provider always says 2.5
    assert panels[0]["methods"][0]["final"] != 10
    assert "no measure of what people" in simulacra("study", "report", made).stdout.replace(
        "\n", " "
    )
    simulacra("study", "export", made, "--to", str(tmp_path / "all.csv"))
    with (tmp_path / "all.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    by_model = [row for row in rows if row["judged_by"] == "model"]
    assert len(by_model) == len(rows) / 2
    assert {row["judge_model"] for row in by_model} == {"openai-chat:judge"}
    assert {int(row["judge"]) for row in by_model} == {5, 6, 7, 8}


def test_a_pilot_is_one_command(simulacra: Simulacra) -> None:
    study = create(
        simulacra,
        *("--methods", "prompt,macm", "--scenarios", "1", "--judge-model", "openai-chat:judge"),
    )["id"]
    status = json.loads(simulacra("study", "status", study, "--json").stdout)
    assert [judge["stage_2"]["state"] for judge in status["judges"]] == ["finished"] * 4


def test_a_closed_study_invites_nobody(simulacra: Simulacra, made: str) -> None:
    simulacra("study", "close", made)
    assert "closed" in simulacra("study", "invite", made, code=1).stderr
    assert "closed" in simulacra("study", "status", made).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "--character", "nobody"), 1, "no character"),
        (("create", "--character", "mary-jones", "--methods", "magic"), 2, "magic"),
        (("create", "--character", "mary-jones", "--scenarios", "99"), 1, "99 scenarios"),
        (("create", "--character", "mary-jones", "--scenario-file", "no.yaml"), 1, "no.yaml"),
        (("report", "zzz"), 1, "study status"),
        (("export", "zzz", "--to", "x.doc"), 1, ".csv, .parquet or .json"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_mend(
    simulacra: Simulacra, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in simulacra("study", *arguments, code=code).stderr


def test_nobody_has_judged_yet(simulacra: Simulacra, made: str, tmp_path: Path) -> None:
    assert "study invite" in simulacra("study", "report", made, code=1).stderr
    links(simulacra, made)
    text = simulacra("study", "report", made).stdout
    assert "0 of 24" in text.replace("\n", " ")
    failed = simulacra("study", "export", made, "--to", str(tmp_path / "x.csv"), code=1)
    assert "Nothing was judged" in failed.stderr
