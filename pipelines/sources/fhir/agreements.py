"""Insurances and consents."""

from pipelines.sources.fhir.elements import (
    begins,
    code_of,
    ends,
    first,
    id_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.resources import (
    Consent,
    ConsentProvision,
    Coverage,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

# Scopes of consent, HL7's consentscope.
SCOPES = {"research": "research", "patient-privacy": "sharing"}
NO_SCOPE = "A consent about neither research nor privacy."
NOT_DECIDED = "A consent that is a draft, proposed or rejected."
DECIDED = {"active", "inactive", "entered-in-error"}


def coverage_rows(coverage: Coverage) -> Rows:
    """Yield the insurance."""
    payer = first(coverage.payor)
    named = {code_of(each.type): each for each in coverage.class_}
    plan, group = named.get("plan"), named.get("group")
    yield (
        "coverages",
        {
            "source_patient_id": id_of(coverage.beneficiary),
            "payer_id": id_of(payer),
            "payer_name": payer.display if payer else None,
            "plan_name": (plan.name or plan.value) if plan else None,
            "plan_type_code": code_of(coverage.type) or words(coverage.type),
            "member_number": coverage.subscriber_id,
            "group_number": group.value if group else None,
            "subscriber_name": coverage.subscriber.display
            if coverage.subscriber
            else None,
            "subscriber_relationship_code": code_of(coverage.relationship),
            "priority_number": None if coverage.order is None else str(coverage.order),
            "status_code": coverage.status,
            "started_at": begins(coverage.period),
            "ended_at": ends(coverage.period),
        },
    )


def consent_rows(consent: Consent) -> Rows:
    """Yield the decision; what is not said to be permitted is denied.

    One that is inactive is withdrawn, or it would hold for ever.

    Raises:
        LeftOutError: it is about something else, or nobody decided it.
    """
    scope = SCOPES.get(code_of(consent.scope) or "")
    if scope is None:
        raise LeftOutError(NO_SCOPE)
    if consent.status not in DECIDED:
        raise LeftOutError(NOT_DECIDED)
    provision = consent.provision or ConsentProvision()
    to = next((a.reference for a in provision.actor if a.reference), None)
    yield (
        "consents",
        {
            "source_patient_id": id_of(consent.patient),
            "scope_code": scope,
            "decision_code": "permit" if provision.type == "permit" else "deny",
            "recipient_name": to.display if to else None,
            "is_deleted": "false" if consent.status == "active" else "true",
            "started_at": begins(provision.period) or consent.date_time,
            "ended_at": ends(provision.period),
        },
    )


TABLES = (table(Coverage, coverage_rows), table(Consent, consent_rows))
