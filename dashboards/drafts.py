"""What the person signed in typed into a form and did not save, across time-outs.

A form keeps its values when they change, asks for them when it opens, and forgets them
once they are saved.
"""

from collections.abc import Mapping
from typing import Any

from dashboards import session
from pipelines.access.drafts import forget_draft, keep_draft, kept_draft


def keep(form_name: str, values: Mapping[str, Any]) -> None:
    """Keep what was typed: text, numbers, dates, times, and lists of them.

    A form about one patient has the patient's key in its name.
    """
    keep_draft(session.settings(), session.person(), form_name, values)


def kept(form_name: str) -> dict[str, Any] | None:
    """Return what was kept, in the types it was kept in; None if nothing was."""
    return kept_draft(session.settings(), session.person(), form_name)


def forget(form_name: str) -> None:
    """Forget what was kept, once it is saved or thrown away."""
    forget_draft(session.settings(), session.person(), form_name)
