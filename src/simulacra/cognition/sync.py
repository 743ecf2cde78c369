"""One sync door for scripts: coroutines run on one loop of their own, in a thread.

The loop stays, so that connections of one call can serve the next.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="simulacra", daemon=True).start()
    return loop


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and return what it returns; also from within another loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()
