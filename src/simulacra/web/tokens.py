"""Tokens of pages: who sent this form, and who may come in.

A browser gets a random cookie that only this site can read back (``HttpOnly``,
``SameSite=Strict``). Each page bears a token made of that cookie and a secret of this installation,
another one every time; forms and htmx calls bring it back, which no foreign page can.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from simulacra.errors import StorageError

SECRET = "web.key"


class Tokens:
    """Makes and checks tokens with a secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def kept_in(cls, folder: Path) -> Tokens:
        """With the secret of an installation, drawn when there is none: pages outlive a restart.

        Raises:
            StorageError: the folder can't be written.
        """
        path = folder / SECRET
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                secret = path.read_bytes()
            else:
                secret = secrets.token_bytes(32)
                with os.fdopen(new, "wb") as file:
                    file.write(secret)
        except OSError as error:
            raise StorageError(
                f"{path} can't be used: {error.strerror}.", "Set SIMULACRA_DATA to another folder."
            ) from error
        if len(secret) < 32:
            raise StorageError(f"{path} holds no whole secret.", "Delete it, and start again.")
        return cls(secret)

    def form(self, browser: str) -> str:
        """A token for one page of a browser."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._mark('form', browser, nonce)}"

    def is_form(self, token: str, browser: str) -> bool:
        """Whether a token was made for that browser."""
        nonce, _, mark = token.partition(".")
        return bool(browser) and _same(mark, self._mark("form", browser, nonce))

    def pass_for(self, key: str) -> str:
        """What a browser shows instead of the key once it has signed in with it."""
        return self._mark("pass", key, "")

    def is_pass(self, shown: str, key: str) -> bool:
        """Whether a browser has signed in with this key."""
        return _same(shown, self.pass_for(key))

    def _mark(self, kind: str, about: str, nonce: str) -> str:
        text = f"{kind}\0{about}\0{nonce}".encode()
        return hmac.new(self._secret, text, sha256).hexdigest()


def same_key(given: str, key: str) -> bool:
    """Whether a key is the right one, in a time that says nothing about it."""
    return _same(sha256(given.encode()).hexdigest(), sha256(key.encode()).hexdigest())


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
