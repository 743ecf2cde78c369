"""The embedded model: llama.cpp inside this process, served on a free loopback port.

One server serves a process and its children: its address is handed down in the environment. It
ends with the process that started it.
"""

from __future__ import annotations

import atexit
import json
import os
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from simulacra.errors import ModelUnavailableError, WeightsError
from simulacra.inference.catalog import catalog
from simulacra.inference.weights import ensure

if TYPE_CHECKING:
    from simulacra.inference.chat import ChatModel
    from simulacra.settings import Settings

HANDED_DOWN = "SIMULACRA_EMBEDDED_SERVERS"
HEALTH_SECONDS = 3.0

_servers: dict[str, Any] = {}
_lock = Lock()


@dataclass(frozen=True)
class Shape:
    """How an embedded model is run.

    ``slots`` prompts are read and answered side by side, each in a context of ``context`` tokens.
    ``prompt_cache_mib`` is the memory for prompt prefixes of slots that were taken by others.
    """

    slots: int = 1
    context: int = 4096
    threads: int = field(default_factory=lambda: os.cpu_count() or 2)
    batch: int = 512
    prompt_cache_mib: int = 512


def load_embedded(name: str, settings: Settings, why: str = "") -> ChatModel:
    """Return the chat model for a name of the catalog, or pulled before, or a path to a GGUF file.

    Raises:
        WeightsError: the weights can't be found, fetched or read.
        ModelUnavailableError: ``xllamacpp`` is not installed.
    """
    from simulacra.inference.chat import ChatModel
    from simulacra.inference.choice import compatible_model
    from simulacra.inference.failures import Patience

    if not name:
        raise ModelUnavailableError(
            "'embedded:' names no model.", f"Write embedded:NAME, one of {', '.join(catalog())}."
        )
    entry = catalog().get(name)
    if entry is not None and entry.kind != "chat":
        raise ModelUnavailableError(f"{name} is an embedder.", "Use it as --embedder.")
    if name.endswith(".gguf") or "/" in name:
        path = Path(name).expanduser().resolve()
        if not path.is_file():
            raise WeightsError(f"There is no file {path}.", "Check the path after 'embedded:'.")
    else:
        path = ensure(name, settings)[0]
    shape = Shape()
    return ChatModel(
        name=f"embedded:{name}",
        model=compatible_model(path.stem, serve(path, shape) + "/v1", provider="embedded"),
        small=True,
        concurrency=settings.concurrency or shape.slots,
        extra=dict(entry.sampling) if entry else {},
        timeout=settings.timeout,
        patience=Patience(settings.retries),
        chosen_because=why,
    )


def serve(path: Path, shape: Shape) -> str:
    """Return the address of a server for that file: an ancestor's, this process's, or a new one.

    Raises:
        WeightsError: llama.cpp can't read the file.
        ModelUnavailableError: ``xllamacpp`` is not installed.
    """
    key = str(path)
    with _lock:
        handed_down: dict[str, dict[str, Any]] = json.loads(os.environ.get(HANDED_DOWN) or "{}")
        if (known := handed_down.get(key)) and _serves(known["url"], known["pid"], path):
            return known["url"]
        server = _start(path, shape)
        if not _servers:
            atexit.register(_servers.clear)
        _servers[key] = server
        url = str(server.listening_address)
        handed_down[key] = {"url": url, "pid": os.getpid()}
        os.environ[HANDED_DOWN] = json.dumps(handed_down)
        return url


def _start(path: Path, shape: Shape) -> Any:
    # Its threads must not spin while they wait: on a busy machine that costs nine tenths of speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        library: Any = import_module("xllamacpp")
    except ImportError as error:
        raise ModelUnavailableError(
            "The embedded model needs the package xllamacpp, which is not installed.",
            "Install it: pip install 'simulacra[embedded]'.",
        ) from error
    parameters = library.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.stem}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_parallel = shape.slots
    parameters.n_ctx = shape.slots * shape.context
    parameters.n_batch = parameters.n_ubatch = shape.batch
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = shape.threads
    parameters.n_threads_http = shape.slots + 4
    parameters.cache_ram_mib = shape.prompt_cache_mib
    parameters.fit_params = False
    parameters.ui = parameters.endpoint_slots = False
    parameters.verbosity = -1
    try:
        return library.Server(parameters)
    except Exception as error:  # whatever llama.cpp throws comes as a bare exception
        raise WeightsError(
            f"llama.cpp can't run {path}: {str(error).rstrip('.')}.",
            "Check that it is a whole GGUF file and that there is enough memory.",
        ) from error


def _serves(url: str, owner: int, path: Path) -> bool:
    """Whether the server's process lives and it serves this very file."""
    import httpx

    if owner == os.getpid() and str(path) not in _servers:
        return False
    try:
        os.kill(owner, 0)
        answer = httpx.get(f"{url}/v1/models", timeout=HEALTH_SECONDS, trust_env=False)
        return any(model["id"] == path.stem for model in answer.json()["data"])
    except (OSError, httpx.HTTPError, ValueError, KeyError, TypeError):
        return False
