import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from benchmarks.answers import prose
from benchmarks.provider import BLOCK, MESSAGE_TOKENS, Provider
from benchmarks.tokens import tokens
from benchmarks.traffic import Speed, Traffic, steps
from pydantic import BaseModel

CHAT = "/v1/chat/completions"


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


@pytest.fixture
def provider() -> Provider:
    return Provider(Speed(latency=False))


@pytest.fixture
async def http(provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(provider.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        yield client


async def test_an_inner_answer_is_40_tokens_and_its_usage_says_so(
    http: httpx.AsyncClient,
) -> None:
    answer = (await http.post(CHAT, json=body(prose(100, 1)))).json()
    assert len(tokens(answer["choices"][0]["message"]["content"])) == 40
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] == 40
    assert answer["usage"]["prompt_tokens"] == 100 + MESSAGE_TOKENS


async def test_a_streamed_reply_is_80_tokens_one_an_event_with_the_usage_last(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post(CHAT, json=body("Hello!", stream=True))
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    events = [json.loads(line) for line in lines[:-1]]
    deltas = [event["choices"][0]["delta"] for event in events if event["choices"]]
    written = [delta["content"] for delta in deltas if delta]
    assert len(written) == 80
    assert len(tokens("".join(written))) == 80
    assert events[-1]["usage"]["completion_tokens"] == 80


async def test_an_answer_is_cut_at_max_tokens(http: httpx.AsyncClient, provider: Provider) -> None:
    answer = (await http.post(CHAT, json=body("Hello!", max_completion_tokens=7))).json()
    assert answer["choices"][0]["finish_reason"] == "length"
    assert provider.calls[0].output_tokens == 7


async def test_a_schema_answer_validates_and_its_schema_is_read(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    class Thought(BaseModel):
        thought: str
        knows: bool

    wanted = {"type": "json_schema", "json_schema": {"schema": Thought.model_json_schema()}}
    answer = (await http.post(CHAT, json=body("Hello!", response_format=wanted))).json()
    Thought.model_validate_json(answer["choices"][0]["message"]["content"])
    assert 38 <= provider.calls[0].output_tokens <= 42
    assert provider.calls[0].input_tokens > MESSAGE_TOKENS + 20


async def test_a_shared_prefix_is_counted_in_blocks_and_cached_only_when_switched_on(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    fixed = prose(100, 1)
    for speed in (Speed(latency=False), Speed(latency=False, prefix_cache=True)):
        await http.put("/speed", content=speed.model_dump_json())
        await http.delete("/cache")
        for number in (2, 3):
            await http.post(CHAT, json=body(f"{fixed}\n{number} {prose(50, number)}"))
    known = (100 + MESSAGE_TOKENS) // BLOCK * BLOCK
    assert [call.shared_tokens for call in provider.calls] == [0, known, 0, known]
    assert [call.cached_tokens for call in provider.calls] == [0, 0, 0, known]


async def test_a_prefix_in_the_middle_of_a_prompt_is_not_shared(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    await http.post(CHAT, json=body(prose(200, 1)))
    await http.post(CHAT, json=body("Well.\n" + prose(200, 1)))
    assert provider.calls[1].shared_tokens == 0


async def test_a_prompt_still_being_read_is_not_in_the_cache(http: httpx.AsyncClient) -> None:
    await http.put("/speed", content=Speed(prefix_cache=True, write=10_000).model_dump_json())
    text = prose(100, 1)
    await asyncio.gather(*(http.post(CHAT, json=body(text)) for _ in range(3)))
    calls = (await http.get("/stats")).json()
    assert [call["cached_tokens"] for call in calls] == [0, 0, 0]


async def test_calls_at_once_are_one_step_and_calls_in_turn_are_many(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    await http.put("/speed", content=Speed(write=10_000).model_dump_json())
    await asyncio.gather(*(http.post(CHAT, json=body("Hello!")) for _ in range(3)))
    await http.post(CHAT, json=body("Hello!"))
    seen = Traffic.of(provider.calls)
    assert (seen.calls, seen.steps, seen.in_flight) == (4, 2, 3)
    assert seen.output_tokens == 160
    assert steps([]) == 0


async def test_time_is_the_latency_plus_reading_plus_writing() -> None:
    speed = Speed()
    assert speed.reading(1800) == pytest.approx(0.5)
    assert speed.writing(80) == pytest.approx(80 / 60)
    still = Speed(latency=False)
    assert (still.reading(1800), still.writing(80)) == (0, 0)


async def test_clearing_the_counters_keeps_the_cache(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    await http.post(CHAT, json=body(prose(200, 1)))
    await http.delete("/stats")
    assert provider.calls == []
    await http.post(CHAT, json=body(prose(200, 1)))
    assert provider.calls[0].shared_tokens > 0


@pytest.mark.parametrize("bad", ["no JSON", "{}", json.dumps({"messages": [{"content": 1}]})])
async def test_a_request_that_is_none_is_refused_and_not_counted(
    http: httpx.AsyncClient, provider: Provider, bad: str
) -> None:
    assert (await http.post(CHAT, content=bad)).status_code == 400
    assert provider.calls == []
