"""What generation leaves behind in a text: remarks of the writer's, not of the story's.

The list is maintained: whoever meets a new one adds its pattern and a test.
"""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"\bhere(?:'s| is| are) (?:the|an?|your|my|some) (?:\w+,? ){0,3}"
     r"(?:expanded|revised|rewritten|extended|updated|improved|possible)\b", "an announcement"),
    (r"\bhere(?:'s| is) (?:the|your|an?) (?:\w+ ){0,2}(?:version|paragraph|continuation|chapter)\b",
     "an announcement"),
    (r"^(?:sure|certainly|of course|absolutely)[,!.:] (?:here|i can|i'll|i will|let me)\b",
     "an answer to whoever asked for the text"),
    (r"^sure[,!]", "an answer to whoever asked for the text"),
    (r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b", "a disclaimer"),
    (r"\bi(?:'m| am) (?:sorry|afraid),? but i (?:can(?:no|')t|am unable|could not)\b", "a refusal"),
    (r"\bi can(?:no|')t (?:create|generate|provide|fulfil|assist with|write) (?:\w+ ){0,2}"
     r"(?:content|text|story|request|that|this)\b", "a refusal"),
    (r"\blife description\b|\bthe (?:provided|given|above|original) (?:text|paragraph|passage|"
     r"biography|profile|content)\b", "talk about the text itself"),
    (r"\b(?:expanded|revised|rewritten|extended) (?:version|paragraph|passage|text|content)\b",
     "talk about the text itself"),
    (r"\[(?:insert|name|your|add|placeholder|todo|date|place|character)\b[^\]]*\]",
     "a placeholder"),
    (r"\{\{?\s*\w+\s*\}?\}|<\|\w+\|>|</?(?:s|think|story|paragraph|output|answer)>",
     "a template mark"),
    (r"\b(?:chapter|story|text) continues\b|\(continued\)|\bto be continued\b", "a seam"),
    (r"^\W*chapter title\s*:|^\W*(?:paragraph|scene|section|part) \d+\s*[:.]",
     "a heading in the text"),
    (r"\bword count\b|\(\d[\d,]* words\)", "a word count"),
    (r"\bTODO\b|\bFIXME\b|\bTBD\b|\bXXX\b|\blorem ipsum\b", "a note to oneself"),
    (r"^\W*(?:note|summary|revision|content|thinking|emotion|output|response)\s*:", "a label"),
    (r"\*\*[^*]+\*\*|```|^\s*[-*•] |^\s*#{1,6} ", "a mark of Markdown"),
    (r"\b(?:i )?hope (?:this|that|it|you) (?:helps|works for you|meets your|find this"
     r"|enjoy(?:ed)? (?:this|the|it))\b|\bwould you like me to\b"
     r"|\bis there anything else (?:you|i can)\b",
     "an offer of help"),
    (r"^(?:please )?note that\b|^\W*disclaimer\b|\bthis is a (?:fictional|hypothetical) "
     r"(?:story|account|character|biography|example)\b", "a remark to the reader"),
    (r"\bbased on the (?:\w+ ){0,2}(?:information|details|attributes|profile|notes)\b"
     r"|\b(?:the|your) (?:user|prompt|instructions?) (?:says?|asks?|asked|provided|gave|wants?)\b"
     r"|\bthis (?:passage|biography|narrative|expansion|version|paragraph) (?:describes|shows"
     r"|captures|highlights|maintains|keeps|adds|provides|reflects|illustrates|tells)\b",
     "talk about the text itself"),
    (r"\bi(?:'m| am) (?:unable|not able) to (?:assist|help|comply|fulfil|write|create|generate"
     r"|continue|provide)\b|\bi can(?:no|')t (?:assist|comply|help you) with\b"
     r"|\b(?:violates?|against) (?:my|the|our) (?:\w+ )?(?:guidelines|polic(?:y|ies))\b",
     "a refusal"),
    (r"^\W*(?:title|biography|story|profile|user|assistant|system|human|ai|answer|expanded text"
     r"|life story|name)\s*:", "a label"),
    (r"^\W*chapter (?:\d+|[ivxl]+|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:[:.—-]|$)"
     r"|^\W*the end\W*$|^\W*(?:prologue|epilogue)\W*$", "a heading in the text"),
    (r"\bfeel free to (?:ask|let me know)\b|\blet me know if\b.*\b(?:changes|revis\w+|further)\b",
     "an offer of help"),
)  # fmt: skip

_LEFTOVERS = tuple(
    (re.compile(p, re.MULTILINE | (0 if "TODO" in p else re.IGNORECASE)), what)
    for p, what in _PATTERNS
)


def leftovers(text: str) -> list[tuple[str, str]]:
    """Remarks in a text: what each is, and its words (at most 60 characters); usually none."""
    found: list[tuple[str, str]] = []
    for pattern, what in _LEFTOVERS:
        if match := pattern.search(text):
            found.append((what, text[match.start() : match.end() + 40].strip()[:60]))
    return found
