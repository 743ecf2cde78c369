"""OpenAI's chat completions: a model's name is a person's, and a chat is a conversation with her.

The list of messages is the conversation: what was said before is remembered again, without asking
a model, and nothing is stored. With ``X-Session``, or with ``user`` and one new message alone, a
stored session goes on, with all it has become memories of. ``docs/api.md`` says it to users.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from simulacra.api.chat import AskedWrongError, ChatRequest, Heard
from simulacra.api.errors import openai_error, status_of
from simulacra.api.openai_views import ChatCompletion, Failed, ModelList, ModelView, Usage
from simulacra.api.people import People, Talk, method_of
from simulacra.characters import Character
from simulacra.cognition import DISCLOSURE, METHODS, Method, Phase, Said, Turn
from simulacra.errors import CharacterNotFoundError, SettingsError, SimulacraError

Events = AsyncGenerator[Phase | Said | Turn]

_FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failed, "description": "it makes no sense"},
    401: {"model": Failed, "description": "the server's key is missing"},
    403: {"model": Failed, "description": "a filter did not let it pass"},
    404: {"model": Failed, "description": "there is no such model or session"},
    408: {"model": Failed, "description": "the request did not come in time"},
    413: {"model": Failed, "description": "more than 1 MiB"},
    421: {"model": Failed, "description": "the server does not go by this name"},
    422: {"model": Failed, "description": "the person's files do not validate"},
    429: {"model": Failed, "description": "too many requests; see Retry-After"},
    502: {"model": Failed, "description": "the language model failed"},
    503: {"model": Failed, "description": "the language model or the storage can't be had"},
}

_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "one event; a chunk of the answer, an error, or [DONE]",
    "properties": {"data": {"type": "string", "contentMediaType": "application/json"}},
    "required": ["data"],
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the answer; with `stream` its chunks as events, the last of them [DONE]",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}

router = APIRouter(prefix="/v1", tags=["openai"], responses=_FAILURES)


@router.get("/models")
async def list_models(request: Request) -> ModelList:
    """Everybody by slug and by `slug:method`."""
    everybody = (await _people(request).cast.everybody()).people
    return ModelList(
        data=[_view(character, name) for character in everybody for name in _names(character)]
    )


@router.get("/models/{id}")
async def get_model(
    request: Request,
    id: Annotated[str, Path(max_length=300, description="a slug, or slug:method")],  # noqa: A002
) -> ModelView:
    """One of them."""
    character, _ = await _whom(_people(request), id)
    return _view(character, id)


@router.post("/chat/completions", response_model=ChatCompletion, responses=_STREAM)
async def complete(
    request: Request,
    asked: ChatRequest,
    x_session: Annotated[
        str | None, Header(max_length=200, description="a session's id, or: new")
    ] = None,
    x_simulacra_trace: Annotated[bool, Header(description="as simulacra.trace")] = False,
) -> Response:
    """Say something to a person; the answer comes whole or as a stream of events."""
    asked.refuse_what_makes_no_sense()
    trace = asked.simulacra.trace or x_simulacra_trace
    reply = await _begin(_people(request), asked, x_session, trace=trace)
    headers = {"X-Session": reply.session} if reply.session else {}
    if asked.stream:
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        events = reply.chunks(usage=usage)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)
    return JSONResponse(await reply.whole(), headers=headers)


@dataclass
class Reply:
    """An answer in the making."""

    model: str
    character: Character
    events: Events
    session: str = ""
    trace: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    async def whole(self) -> dict[str, Any]:
        """The answer as one object."""
        async with aclosing(self.events) as events:
            async for event in events:
                if isinstance(event, Turn):
                    message = {"role": "assistant", "content": event.response, "refusal": None}
                    choice = {
                        "index": 0,
                        "message": message,
                        "logprobs": None,
                        "finish_reason": _finish(event),
                    }
                    return self._object(
                        "chat.completion", [choice], event, usage=Usage.of(event).model_dump()
                    )
        raise AssertionError("a turn ends with itself")  # pragma: no cover

    async def chunks(self, *, usage: bool) -> AsyncGenerator[str]:
        """The answer as server-sent events; what the person does meanwhile comes as comments.

        An error comes as an event of its own: then the stream ends without ``[DONE]``.
        """
        empty = {"usage": None} if usage else {}
        yield self._chunk({"role": "assistant", "content": ""}, **empty)
        try:
            async with aclosing(self.events) as events:
                async for event in events:
                    match event:
                        case Phase(name=name):
                            yield f": {name}\n\n"
                        case Said(text=text):
                            yield self._chunk({"content": text}, **empty)
                        case Turn():
                            yield self._chunk({}, finish=_finish(event), turn=event, **empty)
                            if usage:
                                whole = Usage.of(event).model_dump()
                                yield _event(self._object(_CHUNK, [], usage=whole))
        except SimulacraError as error:
            yield _event(openai_error(status_of(error), str(error)))
            return
        yield "data: [DONE]\n\n"

    def _chunk(
        self,
        delta: dict[str, Any],
        *,
        finish: str | None = None,
        turn: Turn | None = None,
        **more: Any,
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(self._object(_CHUNK, [choice], turn, **more))

    def _object(
        self, kind: str, choices: list[dict[str, Any]], turn: Turn | None = None, **more: Any
    ) -> dict[str, Any]:
        extension: dict[str, Any] = {
            "disclosure": DISCLOSURE.format(name=self.character.name),
            "session": self.session or None,
        }
        if turn:
            extension |= {"method": turn.method, "model": turn.model, "seconds": turn.seconds}
            if self.trace:
                extension["trace"] = turn.trace.model_dump(mode="json")
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "choices": choices,
            "system_fingerprint": f"simulacra-{version('simulacra')}",
            **more,
            "simulacra": extension,
        }


_CHUNK = "chat.completion.chunk"


async def _begin(people: People, asked: ChatRequest, session: str | None, *, trace: bool) -> Reply:
    """See who is meant and which conversation goes on; what can be wrong is wrong here."""
    character, method = await _whom(people, asked.model)
    heard = Heard.of(asked.messages)
    talk = Talk(
        method=method,
        partner=asked.simulacra.partner,
        directions=heard.directions,
        seed=asked.turn_seed,
        tuning=asked.tuning,
    )
    how = method or "macm"
    stored = ""
    if session == "new":
        begun = await people.begin(character.slug, method=how, partner=talk.partner, seed=talk.seed)
        stored = begun.id
    elif session:
        found = await people.session(session)
        if found.character != character.slug:
            raise AskedWrongError(
                f"Session {session} is with {found.character}.", "Name the same person.", "model"
            )
        stored = found.id
    elif asked.user and not heard.before:
        stored = (await people.called(asked.user, character.slug, how)).id
    if stored:
        events: Events = people.turn(stored, heard.now, talk)
    else:
        person = await people.simulacrum(character, how, talk)
        for stimulus, response in heard.before:
            person.relive(stimulus, response)
        events = person.stream(heard.now)
    return Reply(asked.model, character, events, stored, trace)


async def _whom(people: People, model: str) -> tuple[Character, Method | None]:
    """The person and, where it is said, the method that a model's name means."""
    name, colon, method = model.partition(":")
    character = await people.cast.get(name)
    try:
        return character, method_of(method) if colon else None
    except SettingsError as error:
        raise CharacterNotFoundError(
            f"There is no model {model!r}. {error.what}", error.mend
        ) from error


def failed(error: SimulacraError) -> JSONResponse:
    """What a client of OpenAI's is told of an error of ours."""
    status, param, code = status_of(error), None, None
    if isinstance(error, AskedWrongError):
        param, code = error.param or None, "unsupported_value"
    elif isinstance(error, CharacterNotFoundError):
        param, code = "model", "model_not_found"
    return JSONResponse(openai_error(status, str(error), param=param, code=code), status)


def _people(request: Request) -> People:
    return request.app.state.people


def _names(character: Character) -> list[str]:
    return [character.slug, *(f"{character.slug}:{method}" for method in reversed(METHODS))]


def _view(character: Character, name: str) -> ModelView:
    created = int((character.folder / "character.yaml").stat().st_mtime)
    return ModelView(id=name, created=created, name=character.name)


def _finish(turn: Turn) -> str:
    cut = any(note.startswith("respond") and "cut off" in note for note in turn.trace.notes)
    return "length" if cut else "stop"


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
