"""What the pages of the way in share: their settings, their cookie, their threads."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.access.audit import AuditError
from pipelines.access.encryption import KeyringError
from pipelines.access.second_factor import SecondFactorError
from pipelines.access.sessions import cookie_name, token_in
from pipelines.access.sign_in import SignedIn, SignInError
from pipelines.settings import Settings

OUR_WORDS = (AuditError, KeyringError, SecondFactorError, SignInError)
FORBIDDEN, SEE_OTHER, BROKEN = 403, 303, 500
# Hashing passwords holds threads: only these, so that the pages stay quick.
HASHING = 4


class Desk:
    """Pages that let people in or out of one installation."""

    def __init__(self, settings: Settings) -> None:
        """Serve the installation of these settings."""
        self._settings = settings
        self._limiter: CapacityLimiter | None = None

    def _let_in(self, signed_in: SignedIn, wanted: str) -> Response:
        """Lead on; who owes a code is asked for it first."""
        if signed_in.owes_code:
            wanted = f"/sign-in/code?{urlencode({'next': wanted})}"
        return self._with_cookie(RedirectResponse(wanted, SEE_OTHER), signed_in.token)

    def _with_cookie(self, answer: Response, token: str) -> Response:
        """Put the token where neither scripts nor other sites come by it."""
        answer.set_cookie(
            cookie_name(self._settings),
            token,
            path="/",
            secure=self._settings.has_tls,
            httponly=True,
            # The way back from a provider is a link from elsewhere.
            samesite="lax" if self._settings.has_oidc else "strict",
        )
        return answer

    def _token(self, request: Request) -> str:
        return token_in(self._settings, request.headers.get("cookie", ""))

    async def _run(self, function: Callable[..., Any], *values: object) -> Any:
        """Return what a function of the database answers for this installation."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(HASHING)
        ask = partial(function, self._settings, *values)
        return await to_thread.run_sync(ask, limiter=self._limiter)


async def fields_of(request: Request) -> dict[str, str]:
    """Return what a form holds; the gate has limited how much that is."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
