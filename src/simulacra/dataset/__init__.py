"""The shipped characters as data files; the checker; importers and exporters."""

from simulacra.biography.leftovers import leftovers
from simulacra.dataset.bringing import bring
from simulacra.dataset.check import check, check_formats
from simulacra.dataset.expectations import Expectation, Expectations, read_expectations
from simulacra.dataset.original import Imported, ImportReport, Rejected, import_original
from simulacra.dataset.original_pools import read_original_descriptions
from simulacra.dataset.portrait import portrait_png, portrait_svg
from simulacra.dataset.transfer import export_character, import_character, is_character

__all__ = [
    "Expectation",
    "Expectations",
    "ImportReport",
    "Imported",
    "Rejected",
    "bring",
    "check",
    "check_formats",
    "export_character",
    "import_character",
    "import_original",
    "is_character",
    "leftovers",
    "portrait_png",
    "portrait_svg",
    "read_expectations",
    "read_original_descriptions",
]
