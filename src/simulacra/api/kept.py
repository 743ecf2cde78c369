"""What takes long to make is made once and kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The last ``most`` things that were asked for, by key.

    Whoever asks for a thing while it is being made waits for the same one. What failed is not
    kept: the next to ask has it made again.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, asyncio.Task[T]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The thing of this key, made if it is not there."""
        task = self._made.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._made[key] = asyncio.create_task(make())
        self._made.move_to_end(key)
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return await asyncio.shield(task)  # who goes away does not stop it for the others


class Locks:
    """One lock a key, there as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    def of(self, key: Hashable) -> _Turnstile:
        """``async with locks.of(key):`` is inside one at a time."""
        return _Turnstile(self._held, key)

    def __len__(self) -> int:
        """How many keys are held or waited for."""
        return len(self._held)


class _Turnstile:
    def __init__(self, held: dict[Hashable, tuple[asyncio.Lock, int]], key: Hashable) -> None:
        self._held, self._key = held, key

    async def __aenter__(self) -> None:
        lock, count = self._held.get(self._key, (asyncio.Lock(), 0))
        self._held[self._key] = lock, count + 1
        try:
            await lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._held[self._key][0].release()
        self._leave()

    def _leave(self) -> None:
        lock, count = self._held.pop(self._key)
        if count > 1:
            self._held[self._key] = lock, count - 1
