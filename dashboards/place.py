"""Where somebody was when the session ended: whose chart, and which form of it.

Kept among the person's drafts for an hour, and led to once, by the next sign-in.
"""

import time
from collections.abc import Mapping
from typing import Any

from pipelines.access.drafts import forget_draft, keep_draft, kept_draft
from pipelines.access.people import Person
from pipelines.settings import Settings

PATIENT = "patient_key"
# The name under which drafts keep it.
PLACE = "(place)"
KEPT_SECONDS = 3600
# What is chosen to come to a form: a menu, a part of it, the entry that it is about.
MENUS = frozenset({"writing", "desk", "account", "own_request", "own_contact"})
PARTS, ENTRIES = "_what", "entry|"


def keep_place(settings: Settings, person: Person, state: Mapping[str, Any]) -> None:
    """Keep where a person is, if that is more than a page."""
    chosen = {
        name: value
        for name, value in state.items()
        if _leads_to_a_form(str(name)) and isinstance(value, str)
    }
    patient_key = state.get(PATIENT)
    if patient_key is not None:
        chosen[PATIENT] = int(patient_key)
    if chosen:
        place = {"chosen": chosen, "at": int(time.time())}
        keep_draft(settings, person, PLACE, place)


def place_of(settings: Settings, person: Person) -> dict[str, Any]:
    """Return, once, what a person had open when the session ended just now."""
    place = kept_draft(settings, person, PLACE)
    if place is None:
        return {}
    forget_draft(settings, person, PLACE)
    is_recent = time.time() - place["at"] < KEPT_SECONDS
    return place.get("chosen", {}) if is_recent else {}


def _leads_to_a_form(name: str) -> bool:
    return name in MENUS or name.endswith(PARTS) or name.startswith(ENTRIES)
