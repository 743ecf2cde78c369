"""How answers are read: what a model wrote becomes what it said, or why nobody can tell."""

from simulacra.evaluation.readings.choice import read_choice
from simulacra.evaluation.readings.cloze import read_cloze
from simulacra.evaluation.readings.reading import Reading, Reason
from simulacra.evaluation.readings.yes_no import read_yes_no

__all__ = ["Reading", "Reason", "read_choice", "read_cloze", "read_yes_no"]
