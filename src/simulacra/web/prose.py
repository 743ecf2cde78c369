"""Text as people wrote it, for pages: escaped, with the emphasis that Markdown means."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*(?![\w*])")


def prose(text: str) -> Markup:
    """A paragraph with ``*words*`` in italics; everything else stands as it is written."""
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", str(escape(text.strip()))))
