"""The only room that imports SQLAlchemy: sessions and what they gained."""

from simulacra.storage.sessions import Session, Sessions

__all__ = ["Session", "Sessions"]
