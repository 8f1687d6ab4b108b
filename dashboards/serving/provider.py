"""The way in by the site's own sign-in provider, there and back."""

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.serving import pages
from dashboards.serving.asking import START, own_origin, own_path
from dashboards.serving.desk import FORBIDDEN, OUR_WORDS, SEE_OTHER, Desk
from pipelines.access.provider import MINUTES_AWAY, arrive, depart
from pipelines.access.sessions import cookie_name, sign_out

RETURN = "/sign-in/return"
NOT_HERE = 404


class Provider(Desk):
    """The door that somebody else keeps."""

    def routes(self) -> list[Route]:
        """Return the addresses of the way there and back; none without a provider."""
        if not self._settings.has_oidc:
            return []
        return [
            Route("/sign-in/provider", self.leave, methods=["GET"]),
            Route(RETURN, self.come_back, methods=["GET"]),
        ]

    async def leave(self, request: Request) -> Response:
        """Send somebody to the provider; only their browser remembers why."""
        wanted = own_path(request.query_params.get("next", START))
        way = partial(depart, is_asked_anew="again" in request.query_params)
        address = f"{own_origin(self._settings, request.scope)}{RETURN}"
        try:
            departure = await self._run(way, address, wanted)
        except OUR_WORDS as error:
            return _refused(str(error))
        answer = RedirectResponse(departure.address, SEE_OTHER)
        answer.set_cookie(
            self._memory_name(),
            departure.sealed,
            max_age=MINUTES_AWAY * 60,
            path=RETURN,
            secure=self._settings.has_tls,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def come_back(self, request: Request) -> Response:
        """Let somebody in whom the provider names."""
        sealed = request.cookies.get(self._memory_name(), "")
        try:
            signed_in, wanted = await self._run(
                arrive, dict(request.query_params), sealed
            )
        except OUR_WORDS as error:
            answer: Response = _refused(str(error))
        else:
            await self._run(sign_out, self._token(request))
            answer = self._let_in(signed_in, own_path(wanted))
        answer.delete_cookie(self._memory_name(), RETURN)
        return answer

    def _memory_name(self) -> str:
        return f"{cookie_name(self._settings).removeprefix('__Host-')}_away"


def _refused(words: str) -> Response:
    return pages.page(
        "Sign in",
        pages.heading("EHR Warehouse"),
        pages.told(words, is_wrong=True),
        f'<div class="row">{pages.link("Back to the sign-in", "/sign-in")}</div>',
        status=FORBIDDEN,
    )
