"""Suite of ``imaging_reports``: the text is protected, only its length is judged."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, one_of, required
from expectations.time_rules import happened

STATUSES = ("preliminary", "final", "corrected", "cancelled")

SUITE = suite(
    "imaging_reports",
    required("status_code", "A preliminary reading must not be taken for the last."),
    required("reported_at", "A change is told from the order of the reports."),
    identifier("encounter_id"),
    identifier("study_id"),
    identifier("order_id"),
    identifier("modality_code"),
    identifier("practitioner_id"),
    identifier("author_name"),
    free_text("report_text"),
    free_text("impression_text"),
    holds_no_identifier("procedure_name"),
    holds_no_identifier("body_site_name"),
    one_of("status_code", STATUSES, "In another status it does not count as final."),
    happened("reported_at"),
    mostly_filled("report_text", 0.9, "A report without findings says nothing."),
)
