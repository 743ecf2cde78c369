"""Options that are written KEY=VALUE and may be given several times."""

from __future__ import annotations

from collections.abc import Sequence

import typer


def pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """The values by key, as they were written.

    Raises:
        typer.BadParameter: a text has no key or no ``=``, or a key is given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise typer.BadParameter(f"{option} {text!r}: write ATTRIBUTE=VALUE")
        if key in found:
            raise typer.BadParameter(f"{option} {key} is given twice")
        found[key] = value
    return found
