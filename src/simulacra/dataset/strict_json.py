"""JSON from strangers: of sane size and depth, without keys that stand twice, without scripts."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, cast

MAX_BYTES = 8_000_000
MAX_DEPTH = 40

_SCRIPT = re.compile(
    r"<\s{0,9}/?\s{0,9}(?:script|iframe|object|embed)\b|\bjavascript\s{0,9}:|data:text/html"
    r"|<[^<>]{1,400}\son\w{3,30}\s{0,9}=",
    re.IGNORECASE,
)


def parse(data: bytes) -> Any:
    """What a JSON text holds.

    Raises:
        ValueError: too large, no UTF-8, no JSON, a key that stands twice, nested too deeply, a
            text that is no Unicode or holds a script; the message says where.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data):,} bytes are more than {MAX_BYTES:,}")
    try:
        value = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_number
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg}, line {error.lineno}") from None
    _check(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice")
    return made


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _check(value: Any) -> None:
    """Walk through all of it, without recursion."""
    open_: list[tuple[str, int, Any]] = [("", 0, value)]
    while open_:
        where, depth, part = open_.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested too deeply at {where[:60]}")
        if isinstance(part, dict):
            for key, inner in cast("dict[str, Any]", part).items():
                open_ += [(f"{where}.{key}".lstrip("."), depth + 1, inner), (where, depth, key)]
        elif isinstance(part, list):
            items = cast("list[Any]", part)
            open_ += [(f"{where}[{i}]", depth + 1, inner) for i, inner in enumerate(items)]
        elif isinstance(part, str):
            _check_text(where, part)


def _check_text(where: str, text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(f"the text at {where[:60]!r} is no Unicode")
    if _SCRIPT.search(text):
        raise ValueError(f"the text at {where[:60]!r} holds a script")
