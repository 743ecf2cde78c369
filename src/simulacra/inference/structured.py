"""Answers that fit a schema: how they are asked for, read, and asked for again."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition

from simulacra.errors import AnswerError, EmptyAnswerError, MalformedAnswerError

M = TypeVar("M", bound=BaseModel)


class MisfitError(ValueError):
    """An answer that does not fit; ``reproach`` is what the model is told."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reproach = (
            f"That answer can't be used: {reason}. "
            "Answer once more, with nothing but the JSON object that was asked for."
        )


def parameters(model: Model, schema: type[BaseModel]) -> ModelRequestParameters:
    """Return how to ask for ``schema``: natively where the model can, else in the prompt."""
    native = model.profile.get("supports_json_schema_output", False)
    return ModelRequestParameters(
        output_mode="native" if native else "prompted",
        output_object=OutputObjectDefinition(
            json_schema=_bare(schema.model_json_schema()), name=schema.__name__
        ),
    )


def _bare(schema: Any) -> Any:
    """A JSON schema without titles and descriptions: the prompt says what is meant, once."""
    if isinstance(schema, list):
        return [_bare(item) for item in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _bare(field) for name, field in value.items()}
        if key in ("properties", "$defs")
        else _bare(value)
        for key, value in cast("dict[str, Any]", schema).items()
        if key not in ("title", "description")
    }


def read(text: str, schema: type[M]) -> M:
    """Read an answer; what stands around the outermost braces is ignored.

    Raises:
        MisfitError: it holds no JSON object, or one that does not validate.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise MisfitError("it is empty" if not text else "it holds no JSON object")
    try:
        return schema.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        reasons = [
            f"{'.'.join(map(str, item['loc'])) or 'the object'}: {item['msg']}"
            for item in error.errors()[:5]
        ]
        raise MisfitError("; ".join(reasons)) from error


def malformed(model: str, schema: type[BaseModel], answer: str, misfit: MisfitError) -> AnswerError:
    """Return the error to raise when the last answer did not fit either."""
    if not answer:
        return EmptyAnswerError(f"{model} answered with nothing, three times.", "Ask again.")
    return MalformedAnswerError(
        f"{model} gave no valid {schema.__name__} in three answers: {misfit}.",
        "Ask again, or use a stronger model.",
        answer=answer,
    )
