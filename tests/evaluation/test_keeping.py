from __future__ import annotations

from pathlib import Path

import pytest

from simulacra.characters import Journal
from simulacra.errors import EmptyAnswerError
from simulacra.evaluation.keeping import keeping
from simulacra.inference import Prompt, Sampling, ScriptedModel

ASKED = Prompt("You are Mary.", "Who are you?")


async def test_an_answer_is_paid_once(tmp_path: Path) -> None:
    model = ScriptedModel(["Mary."])
    for _ in range(2):  # as in two processes, one after the other
        kept = keeping(model, Journal(tmp_path / "calls.jsonl"))
        assert (await kept.write(ASKED, Sampling())).value == "Mary."
    assert len(model.calls) == 1


async def test_nothing_is_not_kept_as_an_answer(tmp_path: Path) -> None:
    model = ScriptedModel(["", "Mary."])
    kept = keeping(model, Journal(tmp_path / "calls.jsonl"))
    with pytest.raises(EmptyAnswerError):
        await kept.write(ASKED, Sampling())
    assert (await kept.write(ASKED, Sampling())).value == "Mary."
