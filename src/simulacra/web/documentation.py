"""A page of the API's operations, made of its OpenAPI description; nothing from outside."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response

from simulacra.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
async def operations(request: Request) -> Response:
    """List all operations with their parameters and answers."""
    description = cast("dict[str, Any]", request.app.openapi())
    return page(request, "operations.html", operations=list(_operations(description)))


def _operations(description: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry an operation: method, path, what it does, parameters, body, answers."""
    found: list[dict[str, Any]] = []
    for path, methods in cast("dict[str, dict[str, Any]]", description["paths"]).items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "fields": _fields(body.get("schema", {}), description),
                    "answers": operation.get("responses", {}),
                }
            )
    return found


def _fields(schema: dict[str, Any], description: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a request's body."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    known = description.get("components", {}).get("schemas", {}).get(name, {})
    return [
        {
            "name": field,
            "required": field in known.get("required", []),
            "description": about.get("description", ""),
        }
        for field, about in known.get("properties", {}).items()
    ]
