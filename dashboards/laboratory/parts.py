"""What the laboratory's forms share."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.forms.fields import Field
from dashboards.forms.form import Form, Subject
from dashboards.forms.memory import untold_result
from dashboards.writing.parts import forget_entries
from pipelines.record.actions.failures import ActionError


def lab_form(
    who: tuple[int, str],
    name: str,
    doing: str,
    done: str,
    fields: Sequence[Field],
    save: Callable[[dict[str, Any]], object],
    **more: Any,
) -> Form:
    """Return a form about a patient, by key and in words."""
    return Form(
        name=name,
        doing=doing,
        done=done,
        fields=fields,
        save=save,
        subject=Subject(*who),
        refresh=forget_entries,
        **more,
    )


def told(part: Callable[[], None]) -> None:
    """Show a part of a page; what cannot be read is told in a sentence.

    Above it stands what was saved by a form that is no longer there: an entry that has
    gone on is another one, and one that is done with or withdrawn has no form.
    """
    above = st.container()
    try:
        part()
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))
    if result := untold_result():
        above.success(plain(result))
