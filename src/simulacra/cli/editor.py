"""The user's own editor, for a file."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from simulacra.errors import SimulacraError


def open_editor(path: Path) -> None:
    """Open a file in ``$VISUAL`` or ``$EDITOR`` and wait until the editor is closed.

    Raises:
        SimulacraError: no editor is named, it can't be started, or it failed.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not named:
        raise SimulacraError("No editor is set.", "Set EDITOR, for instance: export EDITOR=nano")
    try:
        ended = subprocess.run([*shlex.split(named), str(path)], check=False)
    except (OSError, ValueError) as error:
        raise SimulacraError(
            f"The editor {named!r} can't be started: {error}.", "Set EDITOR to one that can."
        ) from error
    if ended.returncode:
        raise SimulacraError(
            f"The editor {named!r} ended with {ended.returncode}.", f"The text is in {path}."
        )
