"""OpenAI's own client talks with Mary as it would with any model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator

import httpx2
import openai
import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel
from served import MARY, application, body, serving

from simulacra.api.people import People
from simulacra.errors import ModelUnavailableError
from simulacra.inference import ChatModel, ScriptedCall
from simulacra.settings import Settings

HELLO = "My number is number 7"
CHAT = "/v1/chat/completions"


@pytest.fixture
def address(settings: Settings) -> Generator[str]:
    with serving(application(settings)) as address:
        yield address


@pytest.fixture
async def mary(address: str) -> AsyncGenerator[openai.AsyncOpenAI]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield openai.AsyncOpenAI(
            base_url=f"{address}/v1", api_key="none", http_client=http, max_retries=0
        )


async def test_everybody_is_a_model_by_every_method(mary: openai.AsyncOpenAI) -> None:
    names = [model.id async for model in mary.models.list()]
    wanted = ["", ":macm", ":rag", ":prompt", ":none"]
    assert [name for name in names if name.startswith(MARY)] == [MARY + end for end in wanted]
    assert (await mary.models.retrieve(f"{MARY}:rag")).id == f"{MARY}:rag"


async def test_an_answer_comes_whole_with_usage_and_disclosure(mary: openai.AsyncOpenAI) -> None:
    answer = await mary.chat.completions.create(
        model=MARY, messages=[{"role": "user", "content": HELLO}]
    )
    assert answer.choices[0].message.content == "I heard 7."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens_details
    assert answer.usage.completion_tokens_details.reasoning_tokens
    assert answer.model_extra
    assert "fiction" in answer.model_extra["simulacra"]["disclosure"]
    assert "trace" not in answer.model_extra["simulacra"]


async def test_an_answer_comes_word_by_word_and_last_its_usage(mary: openai.AsyncOpenAI) -> None:
    stream = await mary.chat.completions.create(
        model=f"{MARY}:prompt",
        messages=[{"role": "user", "content": HELLO}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert [word for word in words if word] == ["I ", "heard ", "7."]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == 4


async def test_an_unknown_model_is_not_found_and_a_near_one_is_named(
    mary: openai.AsyncOpenAI,
) -> None:
    for name, word in (("mary-jnes", "mary-jones"), (f"{MARY}:telepathy", "macm")):
        with pytest.raises(openai.NotFoundError, match=word) as told:
            await mary.chat.completions.create(
                model=name, messages=[{"role": "user", "content": HELLO}]
            )
        assert told.value.code == "model_not_found"
        with pytest.raises(openai.NotFoundError):
            await mary.models.retrieve(name)


async def test_pictures_are_refused_with_the_field_that_has_them(mary: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="only text") as told:
        await mary.chat.completions.create(
            model=MARY,
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "Look!"},
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
                    ],
                }
            ],
        )
    assert told.value.param == "messages.0.content"


async def test_a_failure_within_a_stream_is_an_error_and_never_an_answer(
    settings: Settings,
) -> None:
    def gone(_: ScriptedCall) -> Exception:
        return ModelUnavailableError("The model is gone.", "Wait.")

    with serving(application(settings, gone)) as address:
        async with httpx2.AsyncClient(trust_env=False) as http:
            mary = openai.AsyncOpenAI(
                base_url=f"{address}/v1", api_key="none", http_client=http, max_retries=0
            )
            asked = body(HELLO)
            with pytest.raises(openai.InternalServerError, match="gone"):
                await mary.post(CHAT.removeprefix("/v1"), body=asked, cast_to=object)
            stream = await mary.chat.completions.create(
                model=MARY, messages=[{"role": "user", "content": HELLO}], stream=True
            )
            with pytest.raises(openai.APIError, match="gone"):
                [chunk async for chunk in stream]


async def test_words_are_sent_while_the_model_still_writes(settings: Settings) -> None:
    heard = threading.Event()

    async def paced(_: list[ModelMessage], __: AgentInfo) -> AsyncGenerator[str]:
        yield "First, "
        assert await asyncio.to_thread(heard.wait, 20)
        yield "and last."

    model = ChatModel("paced", FunctionModel(stream_function=paced))
    with serving(application(settings, model=model)) as address:
        async with httpx2.AsyncClient(trust_env=False) as http:
            asked = body(HELLO, stream=True, model=f"{MARY}:none")
            async with http.stream("POST", address + CHAT, json=asked, timeout=20) as answer:
                lines: list[str] = []
                async for line in answer.aiter_lines():
                    lines.append(line)
                    if "First, " in line:
                        heard.set()
    assert "and last." in "".join(lines)
    assert lines[-2] == "data: [DONE]"


async def test_who_leaves_in_the_middle_holds_nobody_up_and_is_not_kept(
    settings: Settings,
) -> None:
    left = threading.Event()

    async def endless(_: list[ModelMessage], __: AgentInfo) -> AsyncGenerator[str]:
        if left.is_set():
            yield "Hello again."
            return
        try:
            for _number in range(2000):
                yield "word "
                await asyncio.sleep(0.01)
        finally:
            left.set()

    app = application(settings, model=ChatModel("paced", FunctionModel(stream_function=endless)))
    with serving(app) as address:
        async with httpx2.AsyncClient(trust_env=False) as http:
            asked = body(HELLO, stream=True, user="ann", model=f"{MARY}:none")
            async with http.stream("POST", address + CHAT, json=asked, timeout=20) as answer:
                async for line in answer.aiter_lines():
                    if "word " in line:
                        break
            assert await asyncio.to_thread(left.wait, 10)
            again = body(HELLO, user="ann", model=f"{MARY}:none")
            answer = await http.post(address + CHAT, json=again, timeout=20)
    assert answer.json()["choices"][0]["message"]["content"] == "Hello again."
    people: People = app.state.people
    assert [session.turns for session in people.sessions.list()] == [1]
