"""Whatever is sent, by the API's own description: nothing breaks."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from served import MARY, application, serving

from simulacra.settings import Settings

REFUSED = ("n", "stop", "tools", "functions", "response_format", "logprobs", "modalities", "audio")


def meant(case: Any) -> None:
    """Let a case be about somebody who is there, and say something."""
    path = cast("dict[str, str]", case.path_parameters)
    path.update({name: MARY for name in ("slug", "id") if name in path})
    sent: Any = case.body
    if isinstance(sent, dict):
        sent = cast("dict[str, Any]", sent)
        sent["model"] = f"{MARY}:none"
        for refused in REFUSED:
            sent.pop(refused, None)
        before = [m for m in sent.get("messages", []) if isinstance(m.get("content"), str)]
        texts = [m for m in before if m["role"] in ("system", "user", "assistant")]
        sent["messages"] = [*texts, {"role": "user", "content": "Hello"}]


def checks() -> list[Any]:
    checked: Any = import_module("schemathesis.specs.openapi.checks")  # its types are not all known
    return [
        import_module("schemathesis.checks").not_a_server_error,
        checked.status_code_conformance,
        checked.content_type_conformance,
        checked.response_schema_conformance,
    ]


def test_every_operation_answers_as_described_and_never_breaks(tmp_path: Path) -> None:
    import schemathesis  # takes seconds, of every process that looks for tests

    all_checks = checks()
    settings = Settings(workspace=tmp_path, data=tmp_path, cache=tmp_path)
    answered: dict[str, set[int]] = {}
    with serving(application(settings)) as address:
        schema: Any = schemathesis.openapi.from_url(f"{address}/openapi.json")
        for found in schema.get_all_operations():
            operation = found.ok()

            @bounded(
                max_examples=20,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            )
            @given(case=operation.as_strategy(), known=st.booleans())
            def asked(case: Any, *, known: bool) -> None:
                if known:
                    meant(case)
                answer = case.call_and_validate(checks=all_checks)
                answered.setdefault(case.operation.label, set()).add(answer.status_code)

            asked()
    assert len(answered) == 11
    for label in ("GET /api/people/{slug}", "GET /v1/models/{id}", "POST /v1/chat/completions"):
        assert 200 in answered[label]
    assert all(status != 421 for statuses in answered.values() for status in statuses)


def test_a_stream_is_described_beside_the_whole_answer(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, data=tmp_path, cache=tmp_path)
    described = application(settings).openapi()["paths"]["/v1/chat/completions"]["post"]
    assert set(described["responses"]["200"]["content"]) == {
        "application/json",
        "text/event-stream",
    }
