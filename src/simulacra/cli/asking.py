"""Questions at a terminal, answered with a line each."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

from simulacra.cli.show import console


def at_terminal() -> bool:
    """Whether somebody can be asked: both input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> str | None:
    """Ask for a line; ``None`` where the input has ended (Ctrl-D)."""
    with suppress(ImportError):  # where there is one, the line can be edited
        import_module("readline")
    try:
        return input(f"{question} ").strip()
    except EOFError:
        print()
        return None


def yes(question: str, *, default: bool) -> bool:
    """Ask for yes or no; Enter and the end of input take the default."""
    while True:
        answer = (ask(f"{question} [{'Y/n' if default else 'y/N'}]") or "").casefold()
        if not answer:
            return default
        if answer in ("y", "yes", "n", "no"):
            return answer.startswith("y")
        console().print("Say y or n.")
