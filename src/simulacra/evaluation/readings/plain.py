"""An answer as plain text: without thoughts, marks of Markdown and JSON around it."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, cast

END = 4000
"""Characters of a long answer's beginning, and of its end, that are read.

An answer comes first or last; and a model that goes round in circles costs no time to read.
"""

_TAGS = r"think|thinking|thought|reasoning|scratchpad|reflection"
_THOUGHTS = re.compile(rf"<({_TAGS})>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHTS_END = re.compile(rf"\A.*</(?:{_TAGS})>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z_|]{1,20}/?>", re.IGNORECASE)
_LATEX = re.compile(r"\\(?:boxed|text|textbf|mathbf|mathrm)\s*\{([^{}]*)\}")
_FENCE = re.compile(r"```\w*")
_MARKS = re.compile(r"[*`_]|^[ \t]*#+\s", re.MULTILINE)
_KEYS = ("final_answer", "answer", "answers", "choice", "choices", "selected", "selection",
         "option", "letter", "letters", "response", "result")  # fmt: skip


def plain(answer: str) -> str:
    """The answer's own words.

    Thoughts between tags are gone (also those that were cut off, or whose opening tag was), so are
    tags, LaTeX boxes and marks of Markdown. Of a JSON object the value of its answer is kept, of
    one without such a key the lines ``key: value``; of a JSON list its parts, a line each. Of a
    very long answer only beginning and end are left (``END``).
    """
    text = unicodedata.normalize("NFKC", answer).replace("’", "'").replace("‘", "'")
    text = _THOUGHTS_END.sub("", _THOUGHTS.sub("", text))
    text = _FENCE.sub("", text).strip()
    if (value := _json_in(text)) is not None:
        text = _spoken(value)
    if len(text) > 2 * END:
        head, tail = text[:END].rsplit(None, 1)[0], text[-END:].split(None, 1)[-1]
        text = f"{head}\n…\n{tail}"
    for _ in range(2):
        text = _LATEX.sub(r" \1 ", text)
    text = _MARKS.sub("", _TAG.sub("", text))
    return unicodedata.normalize("NFC", text).strip()


def _json_in(text: str) -> Any:
    """The first JSON object in a text, or a list that is all of it; ``None`` without one."""
    start = text.find("{")
    if start < 0:
        start = 0 if text.startswith("[") else -1
    if start < 0:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if value or value is False else None


def _spoken(value: Any) -> str:
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        folded = {key.casefold(): part for key, part in parts.items()}
        for key in _KEYS:
            if key in folded:
                return _spoken(folded[key])
        return "\n".join(f"{key}: {_spoken(part)}" for key, part in parts.items())
    if isinstance(value, list):
        return "\n".join(_spoken(part) for part in cast("list[Any]", value))
    return "" if value is None else str(value)
