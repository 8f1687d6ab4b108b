"""The plain pages of the way in, written by the server: no script, fit for a phone."""

import html
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from dashboards.serving.answers import hash_source
from pipelines.access.people import Person, PersonRole

# The colours of .streamlit/config.toml.
STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1b2630;
  font: 16px/1.5 "Source Sans Pro", "Source Sans", system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 3rem 1rem; }
main.wide { max-width: 46rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.5rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; }
p { margin: .5rem 0; }
form.box { border: 1px solid #d5dce2; border-radius: .3rem; padding: 1rem; }
label { display: block; font-size: .9rem; margin: 0 0 .25rem; }
input[type=text], input[type=password] { width: 100%; font: inherit; color: inherit;
  padding: .55rem .7rem; margin: 0 0 1rem; background: #f3f6f8;
  border: 1px solid #8a97a3; border-radius: .3rem; }
button, a.button { display: inline-block; font: inherit; cursor: pointer;
  padding: .5rem .9rem; min-height: 2.75rem; border: 1px solid #8a97a3;
  border-radius: .3rem; background: #fff; color: #1b2630; text-decoration: none; }
button.first { background: #0072b2; border-color: #0072b2; color: #fff; }
button:hover, a.button:hover { border-color: #0072b2; color: #0072b2; }
button.first:hover { background: #00598c; color: #fff; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
.told { padding: .7rem 1rem; margin: 0 0 1rem; border-radius: .3rem;
  background: #e8f1f7; color: #003e63; }
.told.wrong { background: #fbeee6; color: #8a2f00; }
.note { color: #5a646d; font-size: .9rem; }
.code { font-family: ui-monospace, monospace; }
ul.codes { columns: 2; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .5rem .5rem 0; vertical-align: middle;
  border-bottom: 1px solid #d5dce2; }
.scroll { overflow-x: auto; }
img.qr { display: block; width: 14rem; height: 14rem; margin: 1rem 0; }
"""
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {hash_source(STYLE.encode())}",
        "img-src data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    # A form sent under 'no-referrer' would not say where it comes from.
    "referrer-policy": "same-origin",
}
ASKED = {"autocapitalize": "none", "spellcheck": "false", "required": "required"}


def page(
    title: str, *parts: str, status: int = 200, is_wide: bool = False
) -> HTMLResponse:
    """Return a whole page of parts that are HTML already."""
    width = ' class="wide"' if is_wide else ""
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{html.escape(title)} - EHR Warehouse</title><style>{STYLE}</style>"
        f"</head><body><main{width}>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(text, status, HEADERS)


def escaped(text: str) -> str:
    """Return a text as part of a page."""
    return html.escape(text)


def heading(text: str, level: int = 1) -> str:
    """Return a heading."""
    return f"<h{level}>{html.escape(text)}</h{level}>"


def told(text: str, *, is_wrong: bool = False) -> str:
    """Return a message to the person, read out at once; nothing if there is none."""
    if not text:
        return ""
    kind, role = ("told wrong", "alert") if is_wrong else ("told", "status")
    return f'<p class="{kind}" role="{role}">{html.escape(text)}</p>'


def note(text: str) -> str:
    """Return a paragraph in small print."""
    return f'<p class="note">{html.escape(text)}</p>'


def hidden(name: str, value: str) -> str:
    """Return a field that travels with a form."""
    return f'<input type="hidden" name="{name}" value="{html.escape(value)}">'


def field(name: str, label: str, kind: str = "text", **attributes: str) -> str:
    """Return a labelled field."""
    written = "".join(
        f' {key}="{html.escape(value)}"' for key, value in (ASKED | attributes).items()
    )
    return (
        f'<label for="{name}">{html.escape(label)}</label>'
        f'<input type="{kind}" id="{name}" name="{name}"{written}>'
    )


def button(label: str, kind: str = "", **attributes: str) -> str:
    """Return a button that sends its form."""
    written = "".join(
        f' {key}="{html.escape(value)}"' for key, value in attributes.items()
    )
    return (
        f'<button class="{kind}" type="submit"{written}>{html.escape(label)}</button>'
    )


def form(action: str, *parts: str, is_box: bool = False) -> str:
    """Return a form that is sent to one of our addresses."""
    kind = ' class="box"' if is_box else ""
    return f'<form method="post" action="{action}"{kind}>{"".join(parts)}</form>'


def persona_buttons(people: Sequence[Person], wanted: str) -> str:
    """Return one button per persona, in the order of the roles."""
    roles = list(PersonRole)
    ordered = sorted(people, key=lambda person: roles.index(person.role))
    buttons = (
        button(
            person.role.title,
            id=f"persona_{person.user_id}",
            name="user_id",
            value=person.user_id,
            title=person.display_name,
        )
        for person in ordered
    )
    row = f'<div class="row">{"".join(buttons)}</div>'
    return form("/sign-in/persona", hidden("next", wanted), row)


def link(label: str, address: str, query: Mapping[str, str] | None = None) -> str:
    """Return a link that looks like a button."""
    whole = f"{address}?{urlencode(query)}" if query else address
    return f'<a class="button" href="{html.escape(whole)}">{html.escape(label)}</a>'
