"""Measurements, each beside the reference implementation's traffic on the same simulated provider.

``python -m benchmarks`` runs all of them, ``python -m benchmarks.turn`` (``construction``,
``overhead``, ``retrieval``, ``embedded``) one alone.
"""
