from __future__ import annotations

import doctest

import numpy as np
import pytest
from pydantic import BaseModel

from simulacra.errors import MalformedAnswerError, ModelError, RateLimitedError
from simulacra.inference import HashEmbedder, Prompt, Sampling, ScriptedCall, ScriptedModel
from simulacra.inference import prompt as prompt_module
from simulacra.inference import scripted as scripted_module

ASK, PLAIN = Prompt("You are Mary.", "Hello!"), Sampling()


class Age(BaseModel):
    age: int


def test_the_examples_in_the_docstrings_run() -> None:
    for module in (scripted_module, prompt_module):
        result = doctest.testmod(module)
        assert result.attempted > 0
        assert result.failed == 0


async def test_answers_come_in_order_and_running_out_is_an_error() -> None:
    model = ScriptedModel(["One.", Age(age=3), {"age": 4}, RateLimitedError("Too many.")])
    assert (await model.write(ASK, PLAIN)).value == "One."
    assert (await model.fill(ASK, Age, PLAIN)).value.age == 3
    assert (await model.fill(ASK, Age, PLAIN)).value.age == 4
    with pytest.raises(RateLimitedError):
        await model.write(ASK, PLAIN)
    with pytest.raises(ModelError, match="no answer left for call 5"):
        await model.write(ASK, PLAIN)


async def test_a_function_sees_prompt_and_schema() -> None:
    def script(call: ScriptedCall) -> str | BaseModel:
        return Age(age=len(call.user)) if call.schema is Age else call.system

    model = ScriptedModel(script)
    assert (await model.write(ASK, PLAIN)).value == "You are Mary."
    assert (await model.fill(ASK, Age, PLAIN)).value.age == 6
    assert [call.schema for call in model.calls] == [None, Age]


async def test_a_text_is_streamed_word_by_word() -> None:
    async with ScriptedModel(["It rained  all day.\n"]).stream(ASK, PLAIN) as stream:
        pieces = [piece async for piece in stream]
    assert len(pieces) == 4
    assert "".join(pieces).strip() == stream.answer.value == "It rained  all day."


async def test_usage_counts_every_call_of_a_form() -> None:
    model = ScriptedModel(["no", {"age": "old"}, {"age": 1}])
    assert (await model.fill(ASK, Age, PLAIN)).usage.calls == 3
    with pytest.raises(MalformedAnswerError):
        await ScriptedModel(["no"] * 3).fill(ASK, Age, PLAIN)


async def test_related_texts_are_nearer_for_the_hash_embedder() -> None:
    embedder = HashEmbedder()
    rows = await embedder.embed(["She loves the forest", "the forests she loved", "tax law", ""])
    assert rows.shape == (4, embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3
    assert (await embedder.embed([])).shape == (0, embedder.dimensions)
    assert (
        rows
        == await HashEmbedder().embed(
            ["She loves the forest", "the forests she loved", "tax law", ""]
        )
    ).all()
