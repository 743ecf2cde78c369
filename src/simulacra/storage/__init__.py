"""The only room that imports SQLAlchemy: sessions and what they gained."""
