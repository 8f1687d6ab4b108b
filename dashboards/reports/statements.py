"""The SQL of a patient's reports: selects from the marts, no rule, no arithmetic."""

from dashboards.chart.statements import PATIENT
from dashboards.glass.statements import HIDDEN
from dashboards.statements import FRESHNESS_OF_PATIENT

IMAGING = """
    select
        report.patient_key,
        report.imaging_report_key,
        report.study_key,
        report.modality_code,
        report.procedure_name,
        report.body_site_name,
        report.author_name,
        version.report_status_code,
        report.reported_at,
        report.source_system
    from marts.fct_imaging_reports as report
    left join marts.fct_imaging_report_versions as version
        on report.patient_key = version.patient_key
        and report.imaging_report_key = version.imaging_report_key
        and version.is_current
    where report.patient_key = %(patient_key)s
    order by report.reported_at desc nulls last, report.imaging_report_key
"""
IMAGING_VERSIONS = """
    select
        patient_key,
        imaging_report_key,
        version_number,
        is_current,
        is_closed,
        report_status_code,
        reported_at,
        cast(extract(epoch from version_at) * 1000000 as bigint) as version_instant
    from marts.fct_imaging_report_versions
    where patient_key = %(patient_key)s
    order by imaging_report_key, version_number
"""
STUDIES_WITHOUT_REPORT = """
    select
        study.patient_key,
        study.procedure_name,
        study.modality_name,
        study.modality_code,
        study.body_site_name,
        study.started_at
    from marts.fct_imaging_studies as study
    where study.patient_key = %(patient_key)s
        and not exists (
            select 1
            from marts.fct_imaging_reports as report
            where report.patient_key = study.patient_key
                and report.study_key = study.study_key
        )
    order by study.started_at desc, study.study_key
"""
MICROBIOLOGY = """
    select
        patient_key,
        lab_result_key,
        culture_key,
        version_number,
        is_current,
        is_withdrawn,
        test_name,
        specimen_name,
        organism_name,
        isolate_number,
        antibiotic_name,
        susceptibility_code,
        susceptibility_name,
        value_text,
        unit,
        laboratory_flag,
        displayed_flag,
        result_status_code,
        comment_text,
        collected_at,
        resulted_at,
        known_from
    from marts.fct_microbiology_results
    where patient_key = %(patient_key)s
    order by
        collected_at desc nulls last,
        culture_key,
        organism_name nulls first,
        isolate_number,
        antibiotic_name nulls first,
        lab_result_key,
        version_number
"""
OF_REPORTS = {
    "patient": PATIENT,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
    "imaging": IMAGING,
    "imaging_versions": IMAGING_VERSIONS,
    "studies": STUDIES_WITHOUT_REPORT,
    "microbiology": MICROBIOLOGY,
}
