"""What a source may be called; its name stands in every key of its facts."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.sources.adapter import Adapter

RECORD = "operational"  # the source that what people write here comes from
SEPARATOR = ":"  # keys are ``source:record``
# What the name of a folder ``format@source`` may say of its source.
NAME_OF_A_FOLDER = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def is_name_of_a_folder(name: str) -> bool:
    """Return whether a folder of deliveries may name a source so."""
    return NAME_OF_A_FOLDER.fullmatch(name) is not None and name != RECORD


def may_be_uploaded_for(name: str) -> bool:
    """Return whether the upload page may name a source so."""
    return name == RECORD or is_name_of_a_folder(name)


def naming_problem(name: str, adapter: "Adapter") -> str | None:
    """Return why an adapter's source may not be called so, or None.

    Only the operational record and the upload page speak in its name, and only the
    record gives patient keys.
    """
    speaks = adapter.gives_patient_keys or adapter.speaks_for_record
    if speaks != (name == RECORD):
        return f"only what comes from the record of this system is called {RECORD!r}"
    if SEPARATOR in name:
        return f"the name of a source holds no {SEPARATOR!r}: {name!r}"
    return None
