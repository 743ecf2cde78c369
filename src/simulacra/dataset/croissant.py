"""Croissant 1.0: what is in an exported data set, for programs (Akhtar et al., 2024)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from simulacra.dataset.manifest import Digest
from simulacra.dataset.tables import ABOUT, COLUMNS, Kind

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
ENCODINGS = {"parquet": "application/x-parquet", "jsonl": "application/jsonlines"}

_KINDS: dict[Kind, str] = {
    "text": "sc:Text",
    "number": "sc:Integer",
    "share": "sc:Float",
    "texts": "sc:Text",
    "numbers": "sc:Integer",
}
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(
    *,
    name: str,
    description: str,
    version: str,
    published: date,
    files: Mapping[str, Digest],
    formats: Sequence[str],
) -> dict[str, Any]:
    """The metadata of the tables, read from the first of ``formats``; ``files`` by path."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": description,
        "license": LICENCE_URL,
        "version": version,
        "datePublished": published.isoformat(),
        "creator": {"@type": "sc:Organization", "name": "The Simulacra project"},
        "citeAs": f"The Simulacra project: {name}, version {version}, {published.year}",
        "inLanguage": "en",
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "contentSize": f"{digest.bytes} B",
                "encodingFormat": ENCODINGS[path.rpartition(".")[2]],
                "sha256": digest.sha256,
            }
            for path, digest in files.items()
        ],
        "recordSet": [_records(table, formats[0]) for table in COLUMNS],
    }


def _records(table: str, form: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": ABOUT[table],
        "field": [_field(table, column, kind, form) for column, kind in COLUMNS[table].items()],
    }


def _field(table: str, column: str, kind: Kind, form: str) -> dict[str, Any]:
    field = {
        "@type": "cr:Field",
        "@id": f"{table}/{column}",
        "name": column,
        "dataType": _KINDS[kind],
        "source": {"fileObject": {"@id": f"{table}.{form}"}, "extract": {"column": column}},
    }
    return field | ({"repeated": True} if kind in ("texts", "numbers") else {})
