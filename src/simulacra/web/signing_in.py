"""Signing in with the server's key, where it has one: then pages need it no more."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from simulacra.web.rendering import page
from simulacra.web.security import PASS, Protection, allow_try
from simulacra.web.tokens import Tokens, same_key

router = APIRouter()


@router.get("/sign-in")
async def form(request: Request) -> Response:
    """Ask for the key."""
    return page(request, "sign_in.html", wrong=False)


@router.post("/sign-in")
async def sign_in(request: Request, key: Annotated[str, Form(max_length=500)]) -> Response:
    """Look at the key; the right one leaves a cookie and leads to everybody."""
    protection: Protection = request.app.state.protection
    tokens: Tokens = request.app.state.tokens
    allow_try(request)
    if protection.key is None or not same_key(key, protection.key):
        return page(request, "sign_in.html", wrong=True, status_code=401)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        PASS,
        tokens.pass_for(protection.key),
        httponly=True,
        samesite="strict",
        secure=protection.https,
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget the key in this browser."""
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(PASS, httponly=True, samesite="strict")
    return answer
