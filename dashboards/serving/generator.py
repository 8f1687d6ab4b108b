"""A code generator's secret, its codes, and the codes for its loss, on our pages."""

import html
from collections.abc import Sequence
from urllib.parse import parse_qsl

import segno
from starlette.responses import HTMLResponse

from dashboards.serving import pages


def code_form(action: str, wanted: str) -> str:
    """Return a form that asks for a code."""
    return pages.form(
        action,
        pages.hidden("next", wanted),
        pages.field(
            "code",
            "Code of your generator, or a recovery code",
            autocomplete="one-time-code",
            autofocus="",
        ),
        pages.button("Go on", "first"),
        is_box=True,
    )


def enrolment(address: str) -> list[str]:
    """Return the parts of a page that shows a new secret."""
    secret = dict(parse_qsl(address.partition("?")[2]))["secret"]
    return [
        "<p>Scan this picture with a code generator, then type the code that it "
        "shows: your account then needs a code beside the password.</p>",
        _picture_of(address),
        f'<p class="note">Or type this secret: <span class="code">{secret}</span></p>',
    ]


def recovery_page(codes: Sequence[str], wanted: str) -> HTMLResponse:
    """Return the page that shows recovery codes, this once."""
    return pages.page(
        "Recovery codes",
        pages.heading("Keep these codes"),
        "<p>Each of them lets you in once, should you lose the code generator. They "
        "are not shown again.</p>",
        _recovery_list(codes),
        f'<div class="row">{pages.link("Go on", wanted)}</div>',
    )


def _picture_of(address: str) -> str:
    """Return a code generator's address as a picture to scan."""
    drawn = segno.make(address, error="m").png_data_uri(scale=6)
    return f'<img class="qr" alt="Scan with a code generator" src="{drawn}">'


def _recovery_list(codes: Sequence[str]) -> str:
    """Return recovery codes to write down."""
    items = "".join(f'<li class="code">{html.escape(code)}</li>' for code in codes)
    return f'<ul class="codes">{items}</ul>'
