"""The second step of signing in: a code, and before the first one a generator."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.serving import pages
from dashboards.serving.asking import START, own_path
from dashboards.serving.desk import FORBIDDEN, OUR_WORDS, SEE_OTHER, Desk, fields_of
from dashboards.serving.generator import code_form, enrolment, recovery_page
from pipelines.access.second_factor import (
    is_enrolled,
    new_recovery_codes,
    offer_secret,
)
from pipelines.access.sessions import waiting_person
from pipelines.access.sign_in import finish_with_code


class SecondStep(Desk):
    """The page that asks for the code."""

    def routes(self) -> list[Route]:
        """Return the addresses of the second step."""
        return [
            Route("/sign-in/code", self.show, methods=["GET"]),
            Route("/sign-in/code", self.enter, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Ask for the code; who has no generator yet gets one."""
        wanted = own_path(request.query_params.get("next", START))
        return await self._form(request, wanted, "")

    async def enter(self, request: Request) -> Response:
        """Finish signing in with a code; the first one brings recovery codes."""
        typed = await fields_of(request)
        wanted, token = own_path(typed.get("next", START)), self._token(request)
        person = await self._run(waiting_person, token)
        was_enrolled = person and await self._run(is_enrolled, person)
        try:
            signed_in = await self._run(finish_with_code, token, typed.get("code", ""))
        except OUR_WORDS as error:
            return await self._form(request, wanted, str(error))
        if was_enrolled:
            return self._let_in(signed_in, wanted)
        codes = await self._run(new_recovery_codes, signed_in.person)
        return self._with_cookie(recovery_page(codes, wanted), signed_in.token)

    async def _form(
        self, request: Request, wanted: str, problem: str
    ) -> HTMLResponse | RedirectResponse:
        person = await self._run(waiting_person, self._token(request))
        if person is None:
            return RedirectResponse("/sign-in?why=ended", SEE_OTHER)
        parts = [pages.told(problem, is_wrong=True)]
        if not await self._run(is_enrolled, person):
            parts += enrolment(await self._run(offer_secret, person))
        return pages.page(
            "Code",
            pages.heading("One more step"),
            *parts,
            code_form("/sign-in/code", wanted),
            status=FORBIDDEN if problem else 200,
        )
