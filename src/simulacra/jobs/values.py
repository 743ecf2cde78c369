"""Step values as text: pickled, compressed, and read back without running anybody's code.

A pickle may call whatever it names. Only data classes of this program and of registered kinds of
work, and a few harmless ones of the standard library and numpy, are let in, so that looking at
somebody else's ``jobs.db`` is safe.
"""

from __future__ import annotations

import base64
import io
import pickle
import zlib
from dataclasses import dataclass, is_dataclass
from enum import Enum
from importlib import import_module

from simulacra.errors import JobError, SimulacraError

_HARMLESS = {
    "builtins": {"complex", "bytearray", "range", "slice", "set", "frozenset"},
    "collections": {"OrderedDict", "defaultdict", "deque", "Counter"},
    "copyreg": {"_reconstructor"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "pathlib": {"Path", "PosixPath", "PurePosixPath", "PureWindowsPath", "WindowsPath"},
    "uuid": {"UUID"},
}
_trusted = {"simulacra"}


def trust(module: str) -> None:
    """Let in the classes of a module that holds a kind of work."""
    _trusted.add(module)


@dataclass(frozen=True)
class Unreadable:
    """What stands for a stored value that can't be read back: never taken for the value itself."""

    why: str


class StoredError(JobError):
    """An error as it is stored: what happened and the mend, and of which class it was."""

    def __init__(self, what: str, mend: str = "", kind: str = "SimulacraError") -> None:
        super().__init__(what, mend)
        self.kind = kind

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.what, self.mend, self.kind)


class UnkeptError(JobError):
    """A value can't be stored."""


def pack(value: object) -> str:
    """Turn a value into text; errors are stored as a ``StoredError``, whatever they hold.

    Raises:
        UnkeptError: the value can't be pickled, or could not be read back.
    """
    if isinstance(value, BaseException):
        value = _failure(value)
    try:
        text = base64.b64encode(zlib.compress(pickle.dumps(value, protocol=5), 6)).decode("ascii")
    except Exception as error:  # objects raise what they like when they can't be pickled
        raise _unkept(value, error) from error
    back = unpack(text)
    if isinstance(back, Unreadable):
        raise _unkept(value, back.why)
    return text


def unpack(text: str) -> object:
    """Return the value, or ``Unreadable`` where it can't be had with this version's classes."""
    try:
        return _Reader(io.BytesIO(zlib.decompress(base64.b64decode(text)))).load()
    except Exception as error:  # a changed class may raise anything at all
        return Unreadable(f"{type(error).__name__}: {error}")


class _Reader(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> object:
        if global_name in _HARMLESS.get(module_name, ()):
            return getattr(import_module(module_name), global_name)
        if module_name in _trusted or module_name.split(".")[0] == "simulacra":
            found: object = import_module(module_name)
            for part in global_name.split("."):
                found = getattr(found, part)
            # A module also holds what it imported, and classes that act when they are made.
            if isinstance(found, type) and found.__module__ == module_name and _is_data(found):
                return found
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not let in")


def _is_data(found: type) -> bool:
    from pydantic import BaseModel

    plain = (BaseModel, BaseException, Enum, dict, list, set, str, tuple)
    return is_dataclass(found) or issubclass(found, plain)


def _failure(error: BaseException) -> StoredError:
    if isinstance(error, StoredError):
        return error
    kind = type(error).__name__
    if isinstance(error, SimulacraError):
        return StoredError(error.what, error.mend, kind)
    return StoredError(f"{kind}: {error}", "", kind)


def _unkept(value: object, why: object) -> UnkeptError:
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    return UnkeptError(
        f"a value of the type {name} can't be kept ({why}).",
        "A defect of the program: steps give plain data, models or dataclasses of it.",
    )
