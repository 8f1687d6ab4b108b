"""Download: the own record to take away, made when it is asked for."""

from collections.abc import Callable

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence, told_failure
from pipelines.access.people import Person
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.own_fhir import download_fhir
from pipelines.record.actions.own_pdf import download_pdf
from pipelines.settings import Settings

MADE, PROBLEM = "own_download", "own_download_problem"
FILES: dict[str, tuple[str, str, str, Callable[[Settings, Person], bytes]]] = {
    "pdf": ("To read (PDF)", "health-record.pdf", "application/pdf", download_pdf),
    "fhir": (
        "For another system (FHIR R4)",
        "health-record.json",
        "application/fhir+json",
        download_fhir,
    ),
}


def show_download() -> None:
    """Offer both files; each is made by a click and handed over by the next."""
    for kind, (label, *_) in FILES.items():
        st.button(f"Make: {label}", key=f"make_{kind}", on_click=_make, args=(kind,))
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(plain(problem))
    kind, content = st.session_state.get(MADE, (None, b""))
    if kind is not None:
        label, file_name, mime, _ = FILES[kind]
        st.success("It is ready. That it was made is written down.")
        st.download_button(
            f"Download: {label}", content, file_name=file_name, mime=mime
        )


def _make(kind: str) -> None:
    if session.check() is None:  # a click runs before the page looks
        return
    st.session_state.pop(MADE, None)
    try:
        content = FILES[kind][3](session.settings(), session.person())
    except ActionError as error:
        st.session_state[PROBLEM] = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[PROBLEM] = told_failure(error)
    else:
        st.session_state[MADE] = (kind, content)
