"""Pages for people who would rather look and click: FastAPI, Jinja and htmx, nothing from outside.

``app.py`` puts together what ``simulacra serve`` serves, the API too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.web.app import create_app
    from simulacra.web.rendering import page
    from simulacra.web.security import Protection

__all__ = ["Protection", "create_app", "page"]

_HOMES = {"app": ("create_app",), "rendering": ("page",), "security": ("Protection",)}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
