"""Choosing a file: for which source, of what form, and what it would do."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence, told_failure
from pipelines.record.actions.examination import Examination
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.upload_example import (
    upload_columns,
    upload_sample,
    upload_template,
)
from pipelines.record.actions.uploading import MOST_BYTES, examine, upload_sources

EXAMINATION = "upload_examination"
PROBLEM = "upload_problem"
# A new key empties the field: the bytes live on in the examination alone.
TURN = "upload_turn"
SAMPLE_NAME = "sample.csv"


def chosen_examination() -> Examination | None:
    """Return the file that is being looked at, if any."""
    return st.session_state.get(EXAMINATION)


def put_away() -> None:
    """Forget the file that is being looked at."""
    st.session_state.pop(EXAMINATION, None)


def show_choice() -> None:
    """Ask for a source and a file; examine the file as soon as it is there."""
    sources = upload_sources(session.settings(), session.person())
    if not sources:
        st.info(
            "No source delivers here yet. Ask a data engineer to load the first file."
        )
        return
    source = _source(sources)
    turn = st.session_state.get(TURN, 0)
    file = st.file_uploader(
        f"File of laboratory results, CSV, up to {MOST_BYTES >> 20} MB",
        type=["csv", "gz"],
        key=f"upload_{turn}",
    )
    if file is not None:
        st.session_state[TURN] = turn + 1
        _look_at(file.name, file.getvalue(), source)
        st.rerun()
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(plain(problem))
    _show_examples(source)


def _source(sources: list[str]) -> str:
    if len(sources) == 1:
        st.caption(f"For the source {plain(sources[0])}.")
        return sources[0]
    return st.selectbox("Source that the results are from", sources, key="source")


def _look_at(name: str, content: bytes, source: str) -> None:
    """Examine a file and keep what was found, or why it could not be."""
    put_away()
    try:
        with st.spinner("Looking at every row"):
            st.session_state[EXAMINATION] = examine(
                session.settings(), session.person(), name, content, source
            )
    except ActionError as error:
        st.session_state[PROBLEM] = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[PROBLEM] = told_failure(error)


def _show_examples(source: str) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Download the template",
            upload_template(),
            file_name="lab_results.csv",
            mime="text/csv",
            type="tertiary",
        )
        if session.settings().is_open_for_demonstration:
            st.button(
                "Try a sample",
                key="sample",
                on_click=_try_sample,
                args=(source,),
                type="tertiary",
                help="A file about patients of this demonstration. Nothing is kept "
                "unless you submit it.",
            )
    with st.expander("What the file must look like"):
        _show_columns()


def _try_sample(source: str) -> None:
    if session.check() is None:  # a click runs before the page looks
        return
    try:
        content = upload_sample(session.settings(), session.person(), source)
    except ActionError as error:
        st.session_state[PROBLEM] = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[PROBLEM] = told_failure(error)
    else:
        _look_at(SAMPLE_NAME, content, source)


def _show_columns() -> None:
    st.markdown(
        "UTF-8, a comma between fields, a header line, a line end after every row. "
        "Leave out columns that you do not have; leave a field empty where nothing is "
        "known. The same record id again is a correction."
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Column": column.name,
                    "Needed": "yes" if column.is_required else "",
                    "Meaning": column.meaning,
                    "Form": column.type,
                    "Example": column.example,
                }
                for column in upload_columns()
            ]
        ),
        hide_index=True,
    )
