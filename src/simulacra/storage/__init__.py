"""The only room that imports SQLAlchemy: sessions and what they gained, studies and judgements."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.storage.sessions import Session, Sessions, Unanswered
    from simulacra.storage.studies import Invitation, Studies
    from simulacra.storage.studies_judging import Desk
    from simulacra.storage.studies_status import StudyStatus, study_status

__all__ = [
    "Desk",
    "Invitation",
    "Session",
    "Sessions",
    "Studies",
    "StudyStatus",
    "Unanswered",
    "study_status",
]

_HOMES = {
    "sessions": ("Session", "Sessions", "Unanswered"),
    "studies": ("Invitation", "Studies"),
    "studies_judging": ("Desk",),
    "studies_status": ("StudyStatus", "study_status"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
