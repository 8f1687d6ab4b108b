"""What the lists say of a medicine that is about to be ordered, before it is signed.

What is contraindicated interrupts, and so does a medicine of the very group that the
patient is allergic to (amoxicillin after penicillin: "treat as allergic to the whole
group until tested", Khan 2022). Whoever prescribes says why all the same, once per
patient, alert and prescriber. All else is told and stops nobody.
"""

import time
from dataclasses import dataclass

import streamlit as st

from dashboards import session
from dashboards.chart.medicines import INGREDIENTS, medicine_name
from dashboards.chart.words import capitalised
from dashboards.data import Chart
from dashboards.writing.parts import AT_ONCE, entries_of
from pipelines.access.reading import Query
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import Medicine, is_current

KEPT = "kept_medication_alerts"
KEPT_SECONDS = 30
MOST_TOLD = 5
# Kind and grade; a cross-reaction is major where most who are allergic react.
INTERRUPTING = frozenset({("cross_reaction", "major")})
NOT_ON_THE_LISTS = (
    "This medicine is on none of the lists of medicines: it was checked against no "
    "interaction, no class and no cross-reaction."
)
KINDS = {
    "allergy": "ALLERGY on record",
    "cross_reaction": "Cross-reaction with an allergy",
    "interaction": "Interaction",
    "qt": "QT interval",
    "duplication": "Same class",
    "same_ingredient": "Same ingredient",
}
# The worst first; of one grade, allergies before what is taken.
ALERTS = """
    with
    found as (
        select ingredient_name, drug_key like 'name:%%' as is_by_name
        from marts.dim_drug_ingredients
        where drug_key = any(%(keys)s)
    ),
    -- A code tells more than a name, which stands in where no list has the code.
    proposed as (
        select distinct ingredient_name
        from found
        where not is_by_name or (select bool_and(is_by_name) from found)
    ),
    running as (
        select held.ingredient_name
        from marts.fct_active_medications as active
        inner join marts.fct_prescription_ingredients as held
            on active.patient_key = held.patient_key
            and active.prescription_key = held.prescription_key
        where active.patient_key = %(patient_key)s
            and active.prescription_key <> all(%(ended)s)
            and held.drug_kind_code = 'medicine'
            and held.ingredient_name is not null
        union
        select ingredient_name
        from marts.dim_drug_ingredients
        where drug_key = any(%(saved)s)
    ),
    alerts as (
        select
            warnings.alert_kind_code,
            warnings.severity_code,
            warnings.ingredient_name as first_name,
            warnings.substance_name as second_name,
            warnings.basis_name as mechanism_name,
            warnings.advice_name as effect_name,
            warnings.source_name
        from marts.fct_allergy_warnings as warnings
        inner join proposed using (ingredient_name)
        where warnings.patient_key = %(patient_key)s
        union all
        select
            pairs.alert_kind_code,
            pairs.severity_code,
            proposed.ingredient_name,
            running.ingredient_name,
            coalesce(pairs.mechanism_name, pairs.class_name),
            pairs.effect_name,
            pairs.source_name
        from marts.dim_alerting_pairs as pairs
        inner join proposed
            on proposed.ingredient_name
            in (pairs.first_ingredient_name, pairs.second_ingredient_name)
        inner join running
            on running.ingredient_name
            in (pairs.first_ingredient_name, pairs.second_ingredient_name)
            and running.ingredient_name <> proposed.ingredient_name
        union all
        select
            'same_ingredient', 'moderate', proposed.ingredient_name,
            running.ingredient_name, null, 'taken already', 'this chart'
        from proposed
        inner join running using (ingredient_name)
    )
    select distinct
        alerts.*,
        (select count(*) from proposed) as ingredients_count,
        array_position(
            array['contraindicated', 'major', 'moderate', 'minor'], severity_code
        ) as severity_rank
    from (values (true)) as always
    left join alerts on true
    order by severity_rank nulls last, alert_kind_code, first_name, second_name
"""


@dataclass(frozen=True)
class Alert:
    """One alert about a medicine that is about to be ordered."""

    kind: str
    severity: str
    ingredient: str
    other: str
    mechanism: str
    effect: str
    source: str

    @property
    def code(self) -> str:
        """Return what the alert is about, the same whichever medicine comes first."""
        both = "+".join(sorted({self.ingredient, self.other.casefold()}))
        return f"{self.kind}:{both}".replace(",", " ")

    @property
    def is_interrupting(self) -> bool:
        """Return whether it asks for a reason."""
        is_grave = self.severity == "contraindicated"
        return is_grave or (self.kind, self.severity) in INTERRUPTING

    @property
    def words(self) -> str:
        """Return the alert in a sentence."""
        about = f"{self.ingredient} with {self.other}"
        if self.kind == "same_ingredient":
            about = self.ingredient
        parts = (self.effect, self.mechanism, f"source: {self.source}")
        told = "; ".join(part for part in parts if part)
        return f"{KINDS.get(self.kind, self.kind)}, {self.severity}: {about}. {told}."


@dataclass(frozen=True)
class Checked:
    """What the lists say: whether they know the medicine, and the alerts by gravity."""

    is_known: bool
    alerts: tuple[Alert, ...]

    def interrupting(self, overridden: frozenset[str]) -> tuple[Alert, ...]:
        """Return those that ask for a reason; ``overridden`` have had one."""
        return tuple(
            each
            for each in self.alerts
            if each.is_interrupting and each.code not in overridden
        )

    def told(self, overridden: frozenset[str]) -> list[str]:
        """Return what is said besides, the gravest first and the rest counted."""
        loud = set(self.interrupting(overridden))
        quiet = [each.words for each in self.alerts if each not in loud]
        more = len(quiet) - MOST_TOLD
        told = quiet[:MOST_TOLD] + ([f"and {more} more of lower grade"] * (more > 0))
        return told if self.is_known else [NOT_ON_THE_LISTS, *told]


def check(chart: Chart, medicine: Medicine, besides: Entry | None = None) -> Checked:
    """Return what the lists say of a medicine for a patient.

    What was saved in the last minutes counts as well. ``besides`` is the prescription
    that is changed: it is no second medicine.
    """
    changed = besides.record_id if besides else None
    saved = chart.saved.of("prescriptions")
    ended = [each.key for each in saved if not is_current(each)]
    running = [each for each in saved if is_current(each) and each.record_id != changed]
    asked = {
        "patient_key": chart.patient_key,
        "keys": drug_keys(medicine),
        "ended": [*ended, besides.key] if besides else ended,
        "saved": [key for each in running for key in drug_keys(medicine_of(each))],
    }
    kept_at, kept_for, kept = st.session_state.get(KEPT, (0.0, None, None))
    if kept is None or kept_for != asked or time.monotonic() - kept_at > KEPT_SECONDS:
        kept = _read(chart, asked)
        st.session_state[KEPT] = (time.monotonic(), asked, kept)
    return kept


def overridden_before(chart: Chart) -> frozenset[str]:
    """Return the alerts that the person signed in has given a reason for already.

    What was prescribed by mistake gave none. A reason keeps an alert from interrupting,
    so it counts only if it still stands in the record now.
    """
    kept = _overridden(chart, within=KEPT_SECONDS)
    return _overridden(chart, within=AT_ONCE) if kept else kept


def _overridden(chart: Chart, *, within: float) -> frozenset[str]:
    user_id = session.person().user_id
    return frozenset(
        code
        for each in entries_of(chart, "prescriptions", within)
        if each.changed_by_user_id == user_id and not each.is_entered_in_error
        for code in (each.values["alerts_overridden"] or "").split(",")
        if code
    )


def warnings_of(chart: Chart, entry: Entry) -> list[str]:
    """Return what to consider before a prescription is changed or goes on."""
    checked = check(chart, medicine_of(entry), besides=entry)
    return [each.words for each in checked.interrupting(overridden_before(chart))]


def notes_of(chart: Chart, entry: Entry) -> list[str]:
    """Return what is told besides of a prescription that is changed or goes on."""
    checked = check(chart, medicine_of(entry), besides=entry)
    return checked.told(overridden_before(chart))


def medicine_of(entry: Entry) -> Medicine:
    """Return the medicine of a prescription."""
    names = ("drug_name", "drug_code", "code_system", "strength_text")
    return Medicine(**{name: entry.values[name] for name in names})


def drug_keys(medicine: Medicine) -> list[str]:
    """Return under which keys of dim_drug_ingredients a medicine may stand.

    A name stands for itself, or for each of its ingredients.
    """
    is_coded = (medicine.code_system or "").casefold() == "rxnorm"
    code = [f"RxNorm:{medicine.drug_code}"] if medicine.drug_code and is_coded else []
    name = medicine_name(medicine.drug_name).casefold()
    whole = " ".join((medicine.drug_name or "").casefold().split())
    parts = (part.strip() for part in INGREDIENTS.split(name))
    names = dict.fromkeys((whole, name, *parts))
    return [*code, *(f"name:{each}" for each in names)]


def _read(chart: Chart, asked: dict[str, object]) -> Checked:
    frame = (
        session.reader()
        .read(
            "medication alerts", {"alerts": Query(ALERTS, asked)}, [chart.patient_key]
        )
        .frames["alerts"]
    )
    rows = list(frame.itertuples())
    found = tuple(
        Alert(
            kind=row.alert_kind_code,
            severity=row.severity_code,
            ingredient=row.first_name,
            other=row.second_name or "",
            mechanism=row.mechanism_name or "",
            effect=capitalised(row.effect_name or ""),
            source=row.source_name,
        )
        for row in rows
        if row.alert_kind_code
    )
    return Checked(bool(rows and rows[0].ingredients_count), found)
