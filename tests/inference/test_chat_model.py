from __future__ import annotations

import asyncio
import pickle
import time

import pytest
from pydantic import BaseModel

from inference.provider import Reply, provider
from simulacra.errors import (
    EmptyAnswerError,
    MalformedAnswerError,
    ModelRejectedError,
    ModelUnavailableError,
    RateLimitedError,
    TruncatedAnswerError,
)
from simulacra.inference import Prompt, Sampling, Stream, Usage

pytestmark = pytest.mark.usefixtures("real_models")
ASK = Prompt("You are Mary.", "Hello!")
PLAIN = Sampling()


class Mood(BaseModel):
    """How she feels."""

    word: str
    strength: float


async def drain(stream: Stream) -> str:
    async with stream:
        return "".join([piece async for piece in stream])


async def test_an_answer_comes_with_its_tokens() -> None:
    async with provider(Reply("  Hello.\n")) as server:
        answer = await server.model().write(ASK, PLAIN)
    assert (answer.value, answer.usage) == ("Hello.", Usage(1, 20, 12, 4))


async def test_the_fixed_part_of_a_prompt_goes_first() -> None:
    async with provider(Reply()) as server:
        await server.model().write(ASK, PLAIN)
    roles = [(m["role"], m["content"]) for m in server.requests[0]["messages"]]
    assert roles == [("system", "You are Mary."), ("user", "Hello!")]


async def test_sampling_reaches_the_server() -> None:
    sampling = Sampling(
        0.3, 0.8, 77, seed=5, frequency_penalty=0.2, stop=("\n",), extra={"min_p": 0.1}
    )
    async with provider(Reply()) as server:
        await server.model().write(ASK, sampling)
    sent = server.requests[0]
    limit = sent.get("max_tokens") or sent.get("max_completion_tokens")
    assert (sent["temperature"], sent["top_p"], limit, sent["seed"]) == (0.3, 0.8, 77, 5)
    assert (sent["frequency_penalty"], sent["stop"], sent["min_p"]) == (0.2, ["\n"], 0.1)


@pytest.mark.parametrize(
    "trouble", [Reply(status=429), Reply(status=500), Reply(status=503), Reply(drop=True)]
)
async def test_passing_trouble_is_waited_out(trouble: Reply) -> None:
    async with provider(trouble, trouble, Reply("At last.")) as server:
        assert (await server.model().write(ASK, PLAIN)).value == "At last."
        assert len(server.requests) == 3


async def test_retry_after_is_honoured() -> None:
    start = time.perf_counter()
    async with provider(Reply(status=429, headers="Retry-After: 1\r\n"), Reply()) as server:
        await server.model().write(ASK, PLAIN)
    assert time.perf_counter() - start >= 1.0


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, RateLimitedError), (500, ModelUnavailableError), (502, ModelUnavailableError)],
)
async def test_lasting_trouble_is_a_typed_error(status: int, error: type[Exception]) -> None:
    async with provider(Reply(status=status)) as server:
        with pytest.raises(error):
            await server.model(retries=2).write(ASK, PLAIN)
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refused_request_is_not_repeated(status: int) -> None:
    async with provider(Reply(status=status)) as server:
        with pytest.raises(ModelRejectedError, match="the provider's own words"):
            await server.model().write(ASK, PLAIN)
        assert len(server.requests) == 1


async def test_silence_is_a_typed_error() -> None:
    async with provider(Reply(hang=5)) as server:
        with pytest.raises(ModelUnavailableError, match="in time"):
            await server.model(retries=1, timeout=0.1).write(ASK, PLAIN)
        assert len(server.requests) == 2


async def test_no_server_is_a_typed_error() -> None:
    async with provider(Reply()) as server:
        model = server.model(retries=1)
    with pytest.raises(ModelUnavailableError, match="connection"):
        await model.write(ASK, PLAIN)


async def test_an_empty_answer_is_no_answer() -> None:
    async with provider(Reply(" \n")) as server:
        with pytest.raises(EmptyAnswerError):
            await server.model().write(ASK, PLAIN)
        with pytest.raises(EmptyAnswerError):
            await drain(server.model().stream(ASK, PLAIN))


async def test_a_cut_answer_says_so_and_keeps_what_came() -> None:
    async with provider(Reply("I went to the", finish="length")) as server:
        with pytest.raises(TruncatedAnswerError) as caught:
            await server.model().write(ASK, PLAIN)
        assert pickle.loads(pickle.dumps(caught.value)).answer == "I went to the"
        stream = server.model().stream(ASK, PLAIN)
        with pytest.raises(TruncatedAnswerError):
            await drain(stream)
        assert stream.answer.usage == Usage(1, 20, 12, 4)


async def test_an_answer_that_is_no_json_is_malformed() -> None:
    async with provider(Reply(raw="<html>gateway</html>")) as server:
        with pytest.raises(MalformedAnswerError):
            await server.model().write(ASK, PLAIN)


async def test_a_stream_gives_pieces_then_the_answer() -> None:
    async with provider(Reply("One two three.")) as server:
        stream = server.model().stream(ASK, PLAIN)
        pieces = [piece async for piece in stream]
    answer = stream.answer
    assert (pieces, answer.value) == (["One", " two", " three."], "One two three.")
    assert answer.usage == Usage(1, 20, 12, 4)
    assert answer.first_token_seconds is not None
    assert 0 < answer.first_token_seconds < answer.seconds


async def test_a_stream_that_drops_before_the_first_piece_is_tried_again() -> None:
    drops = Reply(drop=True), Reply(drop_after=0), Reply(status=503)
    async with provider(*drops, Reply("Here I am.")) as server:
        assert await drain(server.model().stream(ASK, PLAIN)) == "Here I am."
        assert len(server.requests) == 4


async def test_a_stream_that_drops_later_is_no_answer() -> None:
    async with provider(Reply("One two three.", drop_after=2)) as server:
        stream = server.model().stream(ASK, PLAIN)
        with pytest.raises(ModelUnavailableError):
            await drain(stream)
        assert stream.text == "One two"
        with pytest.raises(RuntimeError):
            _ = stream.answer
        assert len(server.requests) == 1


async def test_leaving_a_stream_early_closes_the_connection() -> None:
    async with provider(Reply("word " * 2000)) as server:
        async with server.model().stream(ASK, PLAIN) as stream:
            async for _ in stream:
                break
        async with asyncio.timeout(5):
            await server.hung_up.wait()


async def test_a_slow_reader_is_no_time_out() -> None:
    async with provider(Reply("One two three.")) as server:
        stream = server.model(timeout=0.2).stream(ASK, PLAIN)
        async for _ in stream:
            await asyncio.sleep(0.25)
    assert stream.answer.value == "One two three."


async def test_a_form_is_asked_with_its_schema() -> None:
    async with provider(Reply('{"word": "calm", "strength": 0.4}')) as server:
        answer = await server.model().fill(ASK, Mood, PLAIN)
    assert answer.value == Mood(word="calm", strength=0.4)
    assert "strength" in str(server.requests[0]["response_format"])


async def test_a_misfit_is_asked_again_with_the_reason() -> None:
    replies = (
        Reply('{"word": "calm"}'),
        Reply("calm"),
        Reply('```json\n{"word": "calm", "strength": 1}\n```'),
    )
    async with provider(*replies) as server:
        answer = await server.model().fill(ASK, Mood, PLAIN)
    assert (answer.value.strength, answer.usage) == (1.0, Usage(3, 60, 36, 12))
    assert "strength: Field required" in server.requests[1]["messages"][-1]["content"]
    assert server.requests[1]["messages"][-2]["content"] == '{"word": "calm"}'


async def test_three_misfits_are_a_typed_error() -> None:
    async with provider(Reply('{"word": 1}')) as server:
        with pytest.raises(MalformedAnswerError) as caught:
            await server.model().fill(ASK, Mood, PLAIN)
        assert len(server.requests) == 3
    assert caught.value.answer == '{"word": 1}'


async def test_a_cut_form_is_not_asked_again() -> None:
    async with provider(Reply('{"word": "ca', finish="length")) as server:
        with pytest.raises(TruncatedAnswerError):
            await server.model().fill(ASK, Mood, PLAIN)
        assert len(server.requests) == 1


def test_a_model_serves_one_event_loop_after_the_other() -> None:
    async def ask() -> str:
        async with provider(Reply("Again.")) as server:
            return (await server.model().write(ASK, PLAIN)).value

    assert [asyncio.run(ask()), asyncio.run(ask())] == ["Again.", "Again."]
