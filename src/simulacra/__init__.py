"""Virtual people with a whole life behind them: make them, talk with them, measure them.

An implementation of *Human Simulacra* (Xie et al.). Data flows one way, from who a person is, to
what they lived, to what they remember, to how they answer:
``characters → biography → memory → cognition``.
"""

from importlib.metadata import version

__version__ = version("simulacra")
