"""PNG files as the chunks they are made of; their pixels are never unpacked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk, to ``IEND``.

    Raises:
        ValueError: no PNG, a chunk cut off, a wrong checksum, no ``IHDR`` first, no ``IEND``.
    """
    if not data.startswith(SIGNATURE):
        raise ValueError("it is no PNG image")
    place = len(SIGNATURE)
    while place < len(data):
        if place + 12 > len(data):
            raise ValueError("it is cut off")
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            raise ValueError("it is cut off")
        content = data[place + 8 : end]
        if zlib.crc32(kind + content) != struct.unpack_from(">I", data, end)[0]:
            raise ValueError(f"the checksum of its part {kind!r} is wrong")
        if (kind == b"IHDR") != (place == len(SIGNATURE)):
            raise ValueError("its header is not where it should be")
        yield kind, content
        if kind == b"IEND":
            return
        place = end + 4
    raise ValueError("it is cut off")


def texts(data: bytes) -> dict[str, bytes]:
    """The plain texts (``tEXt``) of a PNG image by keyword, in lower case.

    Compressed texts (``zTXt``, ``iTXt``) are not read: a small one can unpack to gigabytes, and no
    version of the character card knows them.

    Raises:
        ValueError: the image is not sound, or a keyword stands twice.
    """
    found: dict[str, bytes] = {}
    for kind, content in chunks(data):
        if kind != b"tEXt":
            continue
        keyword, _, text = content.partition(b"\0")
        name = keyword.decode("latin-1").lower()
        if name in found:
            raise ValueError(f"its text {name!r} stands twice")
        found[name] = text
    return found


def with_texts(image: bytes, texts: Mapping[str, bytes]) -> bytes:
    """The image with texts put before its pixels."""
    parts: list[bytes] = [SIGNATURE]
    for kind, content in chunks(image):
        parts.append(_chunk(kind, content))
        if kind == b"IHDR":
            parts += [_chunk(b"tEXt", k.encode("latin-1") + b"\0" + t) for k, t in texts.items()]
    return b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
