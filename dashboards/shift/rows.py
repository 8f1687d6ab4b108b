"""What the marts have of medicines and doses, row by row."""

from datetime import datetime
from typing import Any

import pandas as pd

from dashboards.shift.medicines import Ordered, Recorded, amount_words
from dashboards.writing.tellers import dosage_words


def ordered_of_row(row: Any) -> Ordered:
    """Return a medicine of the marts."""
    return Ordered(
        patient_key=int(row.patient_key),
        key=row.prescription_key,
        drug_name=row.drug_name or "Medicine not named",
        drug_code=row.drug_code,
        dosage=dosage_words(row._asdict()),
        frequency_text=row.frequency_text,
        doses_per_day=None if pd.isna(row.doses_per_day) else float(row.doses_per_day),
        is_as_needed=row.is_as_needed is not pd.NA and bool(row.is_as_needed),
        started_at=_moment(row.started_at),
        ended_at=_moment(row.ended_at),
        is_running=bool(row.is_active),
    )


def recorded_of_row(row: Any) -> Recorded:
    """Return a dose of the marts."""
    return Recorded(
        patient_key=int(row.patient_key),
        key=row.administration_key,
        prescription_key=row.prescription_key,
        drug_name=row.drug_name,
        drug_code=row.drug_code,
        status=row.status_code,
        amount=amount_words(row.dose_text, row.dose_unit),
        reason=row.reason_name or "",
        who=row.performer_name or "",
        scheduled_at=_moment(row.scheduled_at),
        at=row.administered_at.to_pydatetime(),
    )


def _moment(value: Any) -> datetime | None:
    return None if pd.isna(value) else value.to_pydatetime()
