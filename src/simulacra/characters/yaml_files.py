"""YAML files that validate against a model, each error with the line of its key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from simulacra.characters.files import FileProblemsError, Problem, read_text

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover - PyYAML without its C part is slower, not different
    from yaml import SafeLoader

MAX_YAML_BYTES = 2_000_000

ModelT = TypeVar("ModelT", bound=BaseModel)


class _Dumper(yaml.SafeDumper):
    """Writes tuples as lists, and every text so that it reads back the same."""


def _represent_tuple(dumper: yaml.SafeDumper, value: tuple[Any, ...]) -> yaml.Node:
    return dumper.represent_list(value)


def _represent_text(_: yaml.SafeDumper, value: str) -> yaml.Node:
    # Only double quotes keep Unicode's own line breaks; the dumper does not see to that.
    style = '"' if set(value) & set("\x85\u2028\u2029") else None
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(tuple, _represent_tuple)
_Dumper.add_representer(str, _represent_text)


def dump_yaml(model: BaseModel) -> str:
    """The model as YAML, keys in the model's order; ``read_yaml`` reads it back the same."""
    return yaml.dump(
        model.model_dump(mode="python", exclude_none=True),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )


def read_yaml(path: Path, model: type[ModelT]) -> ModelT:
    """Read and validate a YAML file.

    Raises:
        FileProblemsError: every problem found, each with its line where the YAML can be read.
    """
    text = read_text(path, MAX_YAML_BYTES)
    root: yaml.Node | None = None
    try:
        root = yaml.compose(text, Loader=SafeLoader)
        repeated = [
            Problem(path, line, f"the key {key!r} stands twice.", "Remove one of the two.")
            for key, line in _repeated_keys(root)
        ]
        if repeated:
            raise FileProblemsError(repeated)
        return model.model_validate(yaml.load(text, Loader=SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, ValidationError):
            problems = [_validation_problem(path, root, model, e) for e in error.errors()]
        else:
            problems = [_syntax_problem(path, error)]
        raise FileProblemsError(problems) from error


def line_in(path: Path, location: Sequence[int | str]) -> int:
    """The line of a key or list item, given by the steps to it, in a file that was read before."""
    return _line_of(yaml.compose(read_text(path, MAX_YAML_BYTES), Loader=SafeLoader), location)


def _syntax_problem(path: Path, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    return Problem(
        path,
        mark.line + 1 if isinstance(mark, yaml.Mark) else None,
        f"this is no valid YAML: {reason}.",
        "Mend the line or the one before it; put quotes around texts with ': ' or a leading sign.",
    )


def _repeated_keys(root: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Keys that stand twice in one mapping (YAML itself would take the last in silence)."""
    seen_nodes: set[int] = set()
    open_nodes = [root] if root is not None else []
    while open_nodes:
        node = open_nodes.pop()
        if id(node) in seen_nodes:
            continue
        seen_nodes.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in keys:
                        yield key.value, key.start_mark.line + 1
                    keys.add(key.value)
                open_nodes.append(value)
        elif isinstance(node, yaml.SequenceNode):
            open_nodes.extend(node.value)


def _line_of(root: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line of the deepest key of ``location`` that is in the file."""
    line, node = 1, root
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                break
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _validation_problem(
    path: Path, root: yaml.Node | None, model: type[BaseModel], error: Any
) -> Problem:
    location: tuple[int | str, ...] = error["loc"]
    where = ".".join(str(step) for step in location)
    line = _line_of(root, location)
    if error["type"] == "missing":
        return Problem(path, line, f"the key {where!r} is missing.", "Add it.")
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), _known_keys(model), n=1)
        mend = f"Did you mean {near[0]!r}?" if near else "Remove it."
        return Problem(path, line, f"unknown key {where!r}.", mend)
    message = str(error["msg"]).removeprefix("Value error, ")
    return Problem(
        path, line, f"{where}: {message}." if where else f"{message}.", "Mend the value."
    )


def _known_keys(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    models: list[dict[str, Any]] = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in models for key in part.get("properties", {})})
