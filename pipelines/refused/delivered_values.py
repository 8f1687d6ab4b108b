"""Which texts waiting rows have in a column of codes or units, and how many each.

In a line whose fields slipped, a name may stand in a column of codes. So a text shows
only where rows of several patients have it; of all others the count is told. Where the
patient's own column slipped, too, rows of one patient look like those of several: the
number of a patient of the source never shows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.key_check import check_keyring
from pipelines.access.masking import LOOKS_LIKE_AN_IDENTIFIER
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.corrections import Corrections, read_corrections
from pipelines.refused.deciding import ADAPTERS, run_of
from pipelines.refused.mapping import correctable_columns
from pipelines.refused.rereading import Made, by_file, made_again
from pipelines.refused.selection import Selection, groups_of
from pipelines.refused.waiting_rows import read_waiting
from pipelines.settings import Settings
from pipelines.sources.naming import RECORD

MOST_ROWS = 5_000
FEWEST_PATIENTS = 3
LONGEST_SHOWN = 40
# The operational record numbers its patients by their keys, which have 63 bits.
MOST_KEYS = 2**63
KNOWN = "select patient_key from identity.patient_key where patient_key = any(%s)"


@dataclass(frozen=True)
class DeliveredValue:
    """A text of a source in a column of a feed, and how many waiting rows have it.

    ``text`` is None for all that may not be shown, taken together.
    """

    source_system: str
    feed: str
    column: str
    text: str | None
    rows: int


def delivered_values(settings: Settings, selection: Selection) -> list[DeliveredValue]:
    """Return the texts of the first rows that wait and match, the most frequent first.

    A text that a correction in force stands in for is none of them.
    """
    rows_of: Counter[tuple[str, str, str, str]] = Counter()
    patients_of: defaultdict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for source, feed, column, text, patient in _texts(settings, selection):
        rows_of[source, feed, column, text] += 1
        patients_of[source, feed, column, text].add(patient)
    frequent = {
        (source, text)
        for (source, _, _, text), patients in patients_of.items()
        if _may_be_shown(text) and len(patients) >= FEWEST_PATIENTS
    }
    frequent -= _numbers_of_patients(settings, frequent)
    shown, hidden = [], Counter()
    for (*place, text), rows in rows_of.most_common():
        patients = len(patients_of[*place, text])
        if (place[0], text) in frequent and patients >= FEWEST_PATIENTS:
            shown.append(DeliveredValue(*place, text, rows))
        else:
            hidden[tuple(place)] += rows
    kept_back = [DeliveredValue(*place, None, rows) for place, rows in hidden.items()]
    return shown + kept_back


def _may_be_shown(text: str) -> bool:
    return len(text) <= LONGEST_SHOWN and not LOOKS_LIKE_AN_IDENTIFIER.search(text)


def _numbers_of_patients(
    settings: Settings, texts: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return which texts of sources are numbers that the source gives its patients."""
    keyring = load_keyring(settings.keys_folder)
    key_of = {
        each: patient_key_of(keyring.patient_digest(*each))
        for each in texts
        if each[0] != RECORD
    }
    own = {each: int(each[1]) for each in texts - set(key_of) if each[1].isdecimal()}
    key_of |= {each: key for each, key in own.items() if key < MOST_KEYS}
    with connect(settings, Role.LOADER) as connection:
        keys = {key for (key,) in connection.execute(KNOWN, (list(key_of.values()),))}
    return {each for each, key in key_of.items() if key in keys}


def _texts(
    settings: Settings, selection: Selection
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield source, feed, column, text and patient of each row and coded column."""
    keyring = load_keyring(settings.keys_folder)
    left = MOST_ROWS
    with connect(settings, Role.LOADER) as connection:
        check_keyring(connection, keyring)
        for group in groups_of(connection, selection):
            adapter = ADAPTERS.get(group.adapter)
            if adapter is None or group.held_delivery is not None or not left:
                continue
            run = run_of(settings, adapter, group.source_system)
            corrections = read_corrections(connection, group.source_system)
            rows = read_waiting(connection, group.row_ids[:left])
            left -= len(rows)
            for file in by_file(rows):
                for made in made_again(file, run, corrections):
                    for place in _coded(made, corrections):
                        yield group.source_system, *place


def _coded(made: Made, corrections: Corrections) -> Iterator[tuple[str, str, str, str]]:
    """Yield feed, column, text and patient of each waiting row and coded column."""
    frame = made.frame[[placed.position for placed in made.placed]]
    corrected = corrections.values.get(made.feed, {})
    for column in correctable_columns(made.feed):
        if column in frame.columns and "source_patient_id" in frame.columns:
            pairs = frame.select(column, "source_patient_id").cast(pl.String)
            for text, patient in pairs.drop_nulls().iter_rows():
                if text not in corrected.get(column, {}):
                    yield made.feed, column, text, patient
