"""Observations, parted by what they are; a panel's components are rows of their own.

The code decides first, then the category, as for Synthea's own files: one code stands
under several categories. An answer that repeats an identifier of the patient becomes an
identity statement whatever its category.
"""

from collections.abc import Iterator

from pipelines.sources.fhir.elements import (
    Coded,
    begins,
    code_of,
    coded,
    first,
    id_of,
    measured,
    number,
    unit_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.parts import (
    Concept,
    Range,
    Ratio,
)
from pipelines.sources.fhir.resources import (
    Observation,
    ReferenceRange,
    Value,
)
from pipelines.sources.observation_lists import (
    FEED_OF_CATEGORY,
    FEED_OF_CODE,
    IDENTITY_CODES,
    REASON_OF_CODE,
)
from pipelines.sources.one_by_one import LeftOutError, RefusedError, Row, Rows

NO_FEED = "Neither its code nor its category is in the lists of this adapter."
GROUPS = "Groups others: their values come as observations of their own."
EXCLUDED = "excluded"
NO_RANGE = ReferenceRange()


def observation_rows(observation: Observation) -> Rows:
    """Yield the observation and its components, each that belongs into a feed.

    Raises:
        LeftOutError: none does.
        RefusedError: nothing says what was observed.
    """
    if observation.code is None:
        msg = "Observation.code is missing"
        raise RefusedError(msg)
    of_patient = {
        "source_patient_id": id_of(observation.subject),
        "encounter_id": id_of(observation.encounter),
    }
    is_taken, why = False, GROUPS
    for place, concept, value, text in parts_of(observation):
        what = coded(concept, "LOINC", "SNOMED-CT")
        try:
            feed = feed_of(observation, what.code)
        except LeftOutError as reason:
            why = str(reason)
            continue
        is_taken = True
        row = ROWS[feed](observation, value, text, what)
        row |= of_patient
        row["record_id"] = f"{observation.id}|{place}" if place else observation.id
        yield feed, row
    if not is_taken:
        raise LeftOutError(why)


def parts_of(
    observation: Observation,
) -> Iterator[tuple[int, Concept | None, Value, str | None]]:
    """Yield what has a value: the observation as 0, its components from 1 on.

    Each with its value as text. An observation without value, components and members
    says that it has none.
    """
    text = value_text(observation)
    if text is not None or not (observation.component or observation.has_member):
        yield 0, observation.code, observation, text
    for place, component in enumerate(observation.component, start=1):
        yield place, component.code, component, value_text(component)


def feed_of(observation: Observation, code: str | None) -> str:
    """Return the feed that an observation of this code belongs to.

    Raises:
        LeftOutError: to none.
    """
    if code in IDENTITY_CODES:
        return "identity_statements"
    feed = FEED_OF_CODE.get(code or "")
    if feed is None:
        categories = (each.code for c in observation.category for each in c.coding)
        named = (FEED_OF_CATEGORY.get((each or "").lower()) for each in categories)
        feed = next((each for each in named if each), EXCLUDED)
    if feed == EXCLUDED:
        raise LeftOutError(REASON_OF_CODE.get(code or "", NO_FEED))
    return feed


def value_text(value: Value) -> str | None:
    """Return a value as text, whatever its type; None where there is none."""
    found = measured(value.value_quantity)
    if found is None:
        found = words(value.value_codeable_concept)
    if found is None:
        found = value.value_string
    return _rarer_text(value) if found is None else found


def _rarer_text(value: Value) -> str | None:
    found = (
        _yes_or_no(value.value_boolean),
        None if value.value_integer is None else str(value.value_integer),
        _between(value.value_range),
        _of_each_other(value.value_ratio),
        value.value_date_time,
        value.value_time,
        begins(value.value_period),
    )
    return next((each for each in found if each is not None), None)


def _yes_or_no(value: bool | None) -> str | None:  # noqa: FBT001 - the value itself
    return None if value is None else str(value).lower()


def _of_each_other(ratio: Ratio | None) -> str | None:
    if ratio is None:
        return None
    return f"{measured(ratio.numerator) or ''}:{measured(ratio.denominator) or ''}"


def _between(span: Range | None) -> str | None:
    if span is None:
        return None
    low, high = measured(span.low), measured(span.high)
    if low and high:
        return f"{low} - {high}"
    return f">={low}" if low else f"<={high}"


def _seen_at(observation: Observation) -> str | None:
    return (
        observation.effective_date_time
        or observation.effective_instant
        or begins(observation.effective_period)
    )


def _unit(value: Value) -> str | None:
    quantity = value.value_quantity
    if quantity is None and value.value_range is not None:
        quantity = value.value_range.low or value.value_range.high
    return unit_of(quantity)


def _lab_result(
    observation: Observation, value: Value, text: str | None, what: Coded
) -> Row:
    reference = first(value.reference_range) or NO_RANGE
    quantity = value.value_quantity
    is_number = quantity is not None and not quantity.comparator
    specimen = observation.specimen
    return {
        "order_id": id_of(first(observation.based_on)),
        "specimen_id": id_of(specimen),
        "specimen_name": specimen.display if specimen else None,
        "test_code": what.code,
        "code_system": what.system,
        "test_name": what.name,
        "value_text": text,
        # Without a comparator the text is the number, in the digits that it came in.
        "value_number": text if is_number and quantity.value is not None else None,
        "unit": _unit(value),
        "reference_low": number(reference.low.value) if reference.low else None,
        "reference_high": number(reference.high.value) if reference.high else None,
        "reference_text": reference.text,
        "laboratory_flag": code_of(first(value.interpretation)),
        "status_code": observation.status,
        "comment_text": _comment(observation, value),
        "practitioner_id": id_of(first(observation.performer)),
        "collected_at": _seen_at(observation),
        "resulted_at": observation.issued,
    }


def _comment(observation: Observation, value: Value) -> str | None:
    """Return the notes, and why there is no value."""
    if not observation.note and value.data_absent_reason is None:
        return None
    notes = [each.text for each in observation.note if each.text]
    if absent := words(value.data_absent_reason):
        notes.append(absent)
    return "\n".join(notes) or None


def _measured(
    observation: Observation, value: Value, text: str | None, what: Coded
) -> Row:
    return {
        "observation_code": what.code,
        "code_system": what.system,
        "observation_name": what.name,
        "value_text": text,
        "unit": _unit(value),
        "measured_at": _seen_at(observation),
    }


def _social(
    observation: Observation, value: Value, text: str | None, what: Coded
) -> Row:
    row = _measured(observation, value, text, what)
    row["value_code"] = code_of(value.value_codeable_concept)
    row["observed_at"] = row.pop("measured_at")
    return row


def _answer(
    observation: Observation, value: Value, text: str | None, what: Coded
) -> Row:
    return {
        "question_code": what.code,
        "code_system": what.system,
        "question_name": what.name,
        "answer_text": text,
        "unit": _unit(value),
        "answered_at": _seen_at(observation),
    }


def _statement(
    observation: Observation, _value: Value, text: str | None, what: Coded
) -> Row:
    return {
        "question_code": what.code,
        "question_name": what.name,
        "statement_text": text,
        "stated_at": _seen_at(observation),
    }


def _condition(
    observation: Observation, _value: Value, _text: str | None, what: Coded
) -> Row:
    return {
        "condition_code": what.code,
        "code_system": what.system,
        "condition_name": what.name,
        "recorded_at": _seen_at(observation),
    }


ROWS = {
    "lab_results": _lab_result,
    "vital_signs": _measured,
    "social_history": _social,
    "questionnaire_responses": _answer,
    "identity_statements": _statement,
    "conditions": _condition,
}

TABLES = (table(Observation, observation_rows),)
