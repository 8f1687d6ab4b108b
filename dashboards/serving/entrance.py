"""The way in by name and password, or as a persona; and the way out."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.serving import pages
from dashboards.serving.answers import logged
from dashboards.serving.asking import START, own_path
from dashboards.serving.desk import (
    BROKEN,
    FORBIDDEN,
    OUR_WORDS,
    SEE_OTHER,
    Desk,
    fields_of,
)
from pipelines.access.people import Person
from pipelines.access.sessions import cookie_name, live_person, sign_out
from pipelines.access.sign_in import personas, sign_in, sign_in_as_persona
from pipelines.settings import Settings

WHY = {
    "ended": "Your session has ended. Please sign in again.",
    "left": "You have signed out.",
}


class Entrance(Desk):
    """The sign-in page."""

    def routes(self) -> list[Route]:
        """Return the addresses of the way in and out."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", self.enter, methods=["POST"]),
            Route("/sign-in/persona", self.enter_as_persona, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the form; who is signed in goes on to where they wanted to."""
        wanted = own_path(request.query_params.get("next", START))
        if await self._run(live_person, self._token(request)):
            return RedirectResponse(wanted, SEE_OTHER)
        why = WHY.get(request.query_params.get("why", ""), "")
        return await self._form(wanted, pages.told(why))

    async def enter(self, request: Request) -> Response:
        """Sign in with name and password."""
        typed = await fields_of(request)
        user_id, password = typed.get("user_id", "").strip(), typed.get("password", "")
        return await self._tried(request, typed, sign_in, user_id, password)

    async def enter_as_persona(self, request: Request) -> Response:
        """Sign in with one click, where everything is for show."""
        typed = await fields_of(request)
        user_id = typed.get("user_id", "")
        return await self._tried(request, typed, sign_in_as_persona, user_id)

    async def leave(self, request: Request) -> Response:
        """End the session and forget its cookie."""
        await self._run(sign_out, self._token(request))
        answer = RedirectResponse("/sign-in?why=left", SEE_OTHER)
        answer.delete_cookie(cookie_name(self._settings), "/")
        return answer

    async def _tried(
        self, request: Request, typed: dict[str, str], way: Callable, *values: str
    ) -> Response:
        """Answer a try to sign in; a session that was there before is ended."""
        wanted = own_path(typed.get("next", START))
        try:
            signed_in = await self._run(way, *values)
        except OUR_WORDS as error:
            words = pages.told(str(error), is_wrong=True)
            return await self._form(wanted, words, FORBIDDEN)
        except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
            words = f"This could not be done. Error number {logged(error)}."
            return await self._form(wanted, pages.told(words, is_wrong=True), BROKEN)
        await self._run(sign_out, self._token(request))
        return self._let_in(signed_in, wanted)

    async def _form(self, wanted: str, words: str, status: int = 200) -> HTMLResponse:
        people = await self._run(personas)
        return pages.page(
            "Sign in",
            pages.heading("EHR Warehouse"),
            words,
            _password_form(wanted),
            _provider_part(self._settings, wanted),
            *_persona_part(people, wanted),
            status=status,
        )


def _password_form(wanted: str) -> str:
    return pages.form(
        "/sign-in",
        pages.hidden("next", wanted),
        pages.field("user_id", "User name", autocomplete="username", autofocus=""),
        pages.field(
            "password", "Password", "password", autocomplete="current-password"
        ),
        pages.button("Sign in", "first"),
        is_box=True,
    )


def _provider_part(settings: Settings, wanted: str) -> str:
    if not settings.has_oidc:
        return ""
    link = pages.link(settings.oidc_name, "/sign-in/provider", {"next": wanted})
    return f'<div class="row">{link}</div>'


def _persona_part(people: list[Person], wanted: str) -> list[str]:
    if not people:
        return []
    return [
        pages.heading("Demonstration", 2),
        pages.note(
            "Anybody who reaches this page can enter: load no real patients here. "
            "Enter with one click as:"
        ),
        pages.persona_buttons(people, wanted),
    ]
