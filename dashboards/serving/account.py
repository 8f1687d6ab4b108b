"""One's own account: open sessions, each to be ended, and the code generator."""

import html
from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.serving import pages
from dashboards.serving.desk import FORBIDDEN, OUR_WORDS, SEE_OTHER, Desk, fields_of
from dashboards.serving.generator import code_form, enrolment, recovery_page
from pipelines.access.confirming import Proof, confirm_identity
from pipelines.access.people import Person
from pipelines.access.second_factor import (
    enrol,
    is_enrolled,
    new_recovery_codes,
    offer_secret,
)
from pipelines.access.sessions import (
    OpenSession,
    end_open_session,
    open_sessions,
    sign_out_everywhere,
)

HERE = "/account"


class Account(Desk):
    """The page about one's own sign-in; the gate has seen who asks."""

    def routes(self) -> list[Route]:
        """Return the addresses of the page and of what it does."""
        return [
            Route(HERE, self.show, methods=["GET"]),
            Route(f"{HERE}/end", self.end, methods=["POST"]),
            Route(f"{HERE}/everywhere", self.leave_everywhere, methods=["POST"]),
            Route(f"{HERE}/generator", self.ask, methods=["GET"]),
            Route(f"{HERE}/generator", self.offer, methods=["POST"]),
            Route(f"{HERE}/code", self.take, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the person's sessions and what more they can do."""
        person = _person(request)
        sessions = await self._run(open_sessions, person, self._token(request))
        has_generator = await self._run(is_enrolled, person)
        return pages.page(
            "Your account",
            pages.heading("Your account"),
            f"<p>{pages.escaped(person.display_name)}</p>",
            pages.heading("Open sessions", 2),
            _session_table(sessions),
            _ways(has_generator=has_generator),
            is_wide=True,
        )

    async def end(self, request: Request) -> Response:
        """End one of the person's own sessions."""
        typed = await fields_of(request)
        try:
            session_id = UUID(typed.get("session_id", ""))
        except ValueError:
            return RedirectResponse(HERE, SEE_OTHER)
        await self._run(end_open_session, _person(request), session_id)
        return RedirectResponse(HERE, SEE_OTHER)

    async def leave_everywhere(self, request: Request) -> Response:
        """End all of them, this one included."""
        await self._run(sign_out_everywhere, _person(request).user_id)
        return RedirectResponse("/sign-in?why=left", SEE_OTHER)

    async def ask(self, _: Request) -> Response:
        """Ask for the password: an open session alone binds no generator."""
        return _password_page("")

    async def offer(self, request: Request) -> Response:
        """Show a new secret to scan, to whoever knows the password."""
        person, typed = _person(request), await fields_of(request)
        try:
            proof = Proof(typed.get("password", ""))
            await self._run(confirm_identity, person, proof)
            address = await self._run(offer_secret, person)
        except OUR_WORDS as error:
            return _password_page(str(error))
        return _generator_page(*enrolment(address), code_form(f"{HERE}/code", HERE))

    async def take(self, request: Request) -> Response:
        """Take the first code of a generator into use; show recovery codes."""
        person, typed = _person(request), await fields_of(request)
        if not await self._run(enrol, person, typed.get("code", "")):
            problem = "The code is wrong. Begin again, and scan the new picture."
            return _password_page(problem)
        return recovery_page(await self._run(new_recovery_codes, person), HERE)


def _password_page(problem: str) -> Response:
    password = pages.field(
        "password",
        "Your password",
        "password",
        autocomplete="current-password",
        autofocus="",
    )
    go_on = pages.button("Go on", "first")
    return _generator_page(
        pages.told(problem, is_wrong=True),
        pages.form(f"{HERE}/generator", password, go_on, is_box=True),
        f'<div class="row">{pages.link("Back to your account", HERE)}</div>',
        status=FORBIDDEN if problem else 200,
    )


def _generator_page(*parts: str, status: int = 200) -> Response:
    title = "Code generator"
    return pages.page(title, pages.heading(title), *parts, status=status)


def _person(request: Request) -> Person:
    return request.scope["ehr.person"]


def _ways(*, has_generator: bool) -> str:
    everywhere = pages.form(f"{HERE}/everywhere", pages.button("Sign out everywhere"))
    generator = (
        ""
        if has_generator
        else pages.link("Set up a code generator", f"{HERE}/generator")
    )
    back = pages.link("Back to the pages", "/")
    return f'<div class="row">{everywhere}{generator}{back}</div>'


def _session_table(sessions: Sequence[OpenSession]) -> str:
    """Return a person's open sessions, each with a button that ends it."""
    rows = "".join(
        f"<tr><td>{session.started_at:%-d %b %Y, %H:%M}</td>"
        f"<td>{session.last_seen_at:%H:%M}</td><td>{html.escape(session.method)}</td>"
        f"<td>{_end_of(session)}</td></tr>"
        for session in sessions
    )
    head = "<tr><th>Since</th><th>Last used</th><th>By</th><th>This one?</th></tr>"
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _end_of(session: OpenSession) -> str:
    if session.is_this_one:
        return "this session"
    return pages.form(
        "/account/end",
        pages.hidden("session_id", str(session.session_id)),
        pages.button("End"),
    )
