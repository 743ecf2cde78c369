from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.server import Server
from benchmarks.traffic import Speed
from command_line import Simulacra

MARY = ("evaluate", "self-report", "mary-jones", "--method", "prompt")


def report(simulacra: Simulacra, *arguments: str) -> dict[str, Any]:
    return json.loads(simulacra(*arguments, "--json").stdout)


def test_the_self_report_as_json_has_points_and_every_answer(simulacra: Simulacra) -> None:
    found = report(simulacra, *MARY, "--seed", "3")
    assert found["character"] == "mary-jones"
    assert (found["method"], found["model"], found["repeats"]) == (
        "prompt",
        "openai-chat:simulated",
        3,
    )
    assert found["total"] == found["cloze"] + found["single"] + found["multiple"]
    assert found["possible"] == 50
    assert len(found["items"]) == 45
    for item in found["items"]:
        assert {"id", "kind", "question", "options_shown", "answer"} <= item.keys()
        assert set(item["reading"]) == {"said", "unparsed"}
        assert 0 <= item["score"] <= 6
        assert item["expected"]
    unparsed = sum(item["reading"]["unparsed"] is not None for item in found["items"])
    assert found["unparsed"] == unparsed / 3


def test_the_same_command_again_asks_nothing(simulacra: Simulacra, provider: Server) -> None:
    first = report(simulacra, *MARY, "--repeats", "1")
    asked = len(provider.calls())
    assert report(simulacra, *MARY, "--repeats", "1") == first
    assert len(provider.calls()) == asked


def test_a_killed_run_goes_on_and_pays_for_no_finished_answer_twice(
    simulacra: Simulacra, provider: Server, tmp_path: Path
) -> None:
    provider.set_speed(Speed(first_token=0.2, read=1e9, write=1e9))
    try:
        before = len(provider.calls())
        command = (*MARY, "--concurrency", "1", "-o", str(tmp_path / "run"))
        running = simulacra.start(*command)
        answers = tmp_path / "run" / "answers.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (
            answers.exists() and answers.read_text().count("\n") >= 3
        ):
            time.sleep(0.02)
        running.kill()
        kept = answers.read_text().splitlines()[:3]
    finally:
        provider.set_speed(Speed(first_token=0, read=1e9, write=1e9))
    found = report(simulacra, *command)
    assert len(found["items"]) == 45
    assert answers.read_text().splitlines()[:3] == kept
    assert len(provider.settled()) - before <= 45 + 1


def test_a_run_says_how_was_asked_and_is_not_mixed_with_another_way(
    simulacra: Simulacra, tmp_path: Path
) -> None:
    command = (*MARY, "--repeats", "1", "-o", str(tmp_path / "run"))
    shown = simulacra(*command).stdout
    assert "Mary Jones" in shown
    assert all(word in shown for word in ("cloze", "single", "multiple", "total", "unparsed"))
    sheet = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (sheet["way"], sheet["seed"], sheet["repeats"]) == ("free", 0, 1)
    assert sheet["models"] == ["openai-chat:simulated"]
    assert sheet["embedder"] == "hash"
    assert len(sheet["items"]["mary-jones"]) == 15
    assert sheet["prompts"]
    assert {"simulacra", "python"} <= sheet["versions"].keys()
    assert "once for all repeats" in sheet["notes"][0]
    failed = simulacra(*command, "--way", "deliberate", code=1)
    assert "another way" in failed.stderr
    assert "another folder" in failed.stderr


def test_the_personality_test_as_json(simulacra: Simulacra) -> None:
    found = report(
        simulacra,
        *("evaluate", "personality", "mary-jones", "--method", "prompt", "--share", "0.1"),
        *("--way", "deliberate"),
    )
    assert found["asked"] == 64
    assert -1 <= found["tau_b"] <= 1
    assert -1 <= found["tau_b_held_out"] <= 1
    assert sorted(t for tied in found["ranking"] for t in tied) == sorted(found["expected"])
    assert 0 <= found["yes_share"] <= 1


def test_a_share_that_is_none_is_an_error_of_usage(simulacra: Simulacra) -> None:
    failed = simulacra("evaluate", "personality", "mary-jones", "--share", "1.5", code=2)
    assert "--share" in failed.stderr


def test_a_broken_questionnaire_is_named_before_any_model_is_asked(
    simulacra: Simulacra, provider: Server, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    simulacra("characters", "export", "mary-jones", "--to", str(mine / "mary-jones"))
    file = mine / "mary-jones" / "questionnaire.yaml"
    text = file.read_text().replace(
        "answer: [Yellow jacket stings can close up my throat.]", "answer: [Bees.]"
    )
    file.write_text(text)
    asked = len(provider.calls())
    failed = simulacra(*MARY, "--workspace", str(mine), code=1)
    assert "questionnaire.yaml" in failed.stderr
    assert "none of the options" in failed.stderr
    assert len(provider.calls()) == asked


def test_a_model_that_is_not_there_is_a_clear_error(simulacra: Simulacra) -> None:
    simulacra.environ["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1"
    failed = simulacra(*MARY, code=1)
    assert "openai-chat:simulated" in failed.stderr
    assert "Traceback" not in failed.stderr
