"""Diagnostic reports: of imaging as reports, of a laboratory as what groups results."""

from pipelines.sources.fhir.elements import code_of, coded, first, id_of
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.resources import (
    DiagnosticReport,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

GROUPS_RESULTS = "Groups results, which come as observations of their own."
NO_TEXT = "A report without words."
IMAGING = {"RAD", "RUS", "CT", "NMR", "NMS", "VUS", "XRC", "OUS", "CUS", "imaging"}


def report_rows(report: DiagnosticReport) -> Rows:
    """Yield a report of imaging; one of a laboratory is told by its results."""
    if not IMAGING & {code_of(each) for each in report.category}:
        raise LeftOutError(GROUPS_RESULTS)
    if not report.conclusion:
        raise LeftOutError(NO_TEXT)
    yield (
        "imaging_reports",
        {
            "source_patient_id": id_of(report.subject),
            "encounter_id": id_of(report.encounter),
            "study_id": id_of(first(report.imaging_study)),
            "order_id": id_of(first(report.based_on)),
            "procedure_name": coded(report.code).name,
            "impression_text": report.conclusion,
            "status_code": report.status,
            "practitioner_id": id_of(first(report.performer)),
            "reported_at": report.issued or report.effective_date_time,
        },
    )


TABLES = (table(DiagnosticReport, report_rows),)
