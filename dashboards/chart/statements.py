"""The SQL of a patient's chart: selects from the marts, no rule, no arithmetic."""

from dashboards.chart.record_statements import RECORD_STATEMENTS
from dashboards.glass.statements import HIDDEN
from dashboards.reconciling.statements import OF_LIST
from dashboards.reported.statements import INCIDENTS_OF_DATA, REPORTED
from dashboards.risk.statements import RISK
from dashboards.statements import FRESHNESS_OF_PATIENT
from dashboards.worklist.patient_statements import (
    OPEN_FINDINGS_OF_PATIENT,
    ROWS_OF_PATIENT,
)
from dashboards.worklist.rejected_statements import REJECTED_OF_PATIENT

PATIENT = """
    select
        patient.patient_key,
        patient.sex_code,
        patient.birth_date,
        patient.birth_year,
        patient.is_deceased,
        patient.deceased_at,
        patient.language_code,
        patient.source_system,
        source.as_of
    from marts.dim_patients as patient
    left join raw.source_as_of as source
        on patient.source_system = source.source_system
    where patient.patient_key = %(patient_key)s
"""
PROBLEMS = """
    select
        condition_name,
        condition_code,
        is_active,
        started_at,
        ended_at,
        count(*) over (
            partition by condition_name, is_active
        ) as mentions_count
    from marts.fct_conditions
    where patient_key = %(patient_key)s and not is_refuted
    order by is_active desc, started_at desc nulls last, condition_name collate "C"
"""
ALLERGIES = """
    select
        coalesce(substance_name, 'Substance of code ' || substance_code)
            as substance_name,
        category_code,
        criticality_code,
        reaction_1_name,
        reaction_1_severity_code,
        reaction_2_name,
        reaction_2_severity_code,
        is_active,
        started_at
    from marts.fct_allergies
    where patient_key = %(patient_key)s and not is_refuted
    order by is_active desc, criticality_code = 'high' desc nulls last,
        substance_name collate "C"
"""
# Of one result, whether it stands in the mart of current results or of versions. What
# could be told in the analyte's reference unit is told in it, with its limits, so that
# it stands with the others; beside it what was delivered.
RESULT_COLUMNS = """
        patient_key,
        lab_result_key,
        reading_hash,
        coalesce(converted_analyte_code, analyte_code) as analyte_code,
        test_name,
        specimen_name,
        organism_name,
        antibiotic_name,
        susceptibility_code,
        coalesce(collected_at, resulted_at) as collected_at,
        value_text,
        coalesce(converted_value_number, value_number) as value_number,
        comparator,
        coalesce(converted_comparator_number, comparator_number) as comparator_number,
        coalesce(converted_unit, unit) as unit,
        coalesce(converted_unit, comparable_unit, unit) as comparable_unit,
        coalesce(value_number, comparator_number) as delivered_number,
        unit as delivered_unit,
        conversion_code,
        case when conversion_code = 'converted' then converted_reference_low
            else reference_low end as reference_low,
        case when conversion_code = 'converted' then converted_reference_high
            else reference_high end as reference_high,
        reference_text,
        case when conversion_code = 'converted' then converted_default_low
            else default_low end as default_low,
        case when conversion_code = 'converted' then converted_default_high
            else default_high end as default_high,
        default_range_name,
        default_range_source_code,
        laboratory_flag,
        displayed_flag,
        displayed_flag_source,
        indeterminate_reason,
        default_indeterminate_reason,
        result_status_code,
        is_usable,
        comment_text
"""
RESULTS = f"""
    select {RESULT_COLUMNS}
    from marts.fct_lab_results
    where patient_key = %(patient_key)s
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""  # noqa: S608 - put together from constants
ACKNOWLEDGEMENTS = """
    select
        lab_result_key,
        is_current_reading,
        person_name,
        comment_text,
        acknowledged_at,
        to_char(acknowledged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            as acknowledged_instant
    from marts.fct_acknowledgements
    where patient_key = %(patient_key)s
"""
MEDICINES = """
    select
        history.prescription_key,
        history.drug_name,
        history.strength_text,
        history.dose_text,
        history.dose_unit,
        history.frequency_text,
        history.route_code,
        history.reason_name,
        history.change_reason_name,
        history.is_inpatient_order,
        history.is_infusion_component,
        history.is_never_given,
        history.started_at,
        history.ended_at,
        history.replaced_at,
        history.supply_ends_at,
        history.encounter_ended_at,
        active.prescription_key is not null as is_active,
        source.as_of
    from marts.fct_medication_history as history
    left join marts.fct_active_medications as active
        on history.patient_key = active.patient_key
        and history.prescription_key = active.prescription_key
    left join raw.source_as_of as source
        on history.source_system = source.source_system
    where history.patient_key = %(patient_key)s
    order by history.started_at, history.prescription_key
"""
# What holds on the source's today, and what held until lately; several orders of one
# pair are one line. It holds since it began after more than a month without it: an
# order that follows another is no new alert. Whoever prescribed in spite of it said why
# in the words of a list.
MEDICATION_ALERTS = """
    with
    -- A patient of several sources takes what any of them says, until today.
    today as (
        select coalesce(max(source.as_of), now()) as as_of
        from raw.source_as_of as source
        where source.source_system in (
            select source_system
            from marts.fct_medication_history
            where patient_key = %(patient_key)s
        )
    ),
    begun as (
        select
            alerts.alert_kind_code,
            alerts.severity_code,
            alerts.first_ingredient_name,
            alerts.second_ingredient_name,
            alerts.subject_name,
            alerts.mechanism_name,
            alerts.effect_name,
            alerts.source_name,
            alerts.number_value,
            alerts.began_at,
            alerts.ended_at,
            alerts.known_until,
            today.as_of,
            alerts.known_until is null and alerts.ended_at > today.as_of as is_holding,
            max(alerts.ended_at) over (
                partition by
                    alerts.known_until is null,
                    alerts.alert_kind_code,
                    alerts.severity_code,
                    alerts.first_ingredient_name,
                    alerts.second_ingredient_name,
                    alerts.subject_name
                order by alerts.began_at, alerts.ended_at
                rows between unbounded preceding and 1 preceding
            ) as ended_before
        from marts.fct_medication_alerts as alerts
        cross join today
        where alerts.patient_key = %(patient_key)s
            and alerts.began_at <= today.as_of
    ),
    lines as (
        select
            alert_kind_code,
            severity_code,
            first_ingredient_name,
            second_ingredient_name,
            subject_name,
            mechanism_name,
            effect_name,
            source_name,
            bool_or(is_holding) as is_holding,
            coalesce(
                max(number_value) filter (where is_holding), max(number_value)
            ) as number_value,
            min(began_at) filter (where is_holding) as began_at,
            extract(
                epoch from max(began_at) filter (
                    where known_until is null
                        and (
                            ended_before is null
                            or began_at > ended_before + interval '30 days'
                        )
                )
            )::bigint as holds_since_second,
            max(ended_at) filter (where known_until is null) as ended_at,
            max(known_until) filter (
                where known_until > now() - interval '30 days'
                    and ended_at > as_of - interval '30 days'
            ) as known_until,
            max(as_of) - interval '30 days' as gone_since
        from begun
        group by 1, 2, 3, 4, 5, 6, 7, 8
    ),
    reasons as (
        select
            unnest(string_to_array(alerts_overridden, ',')) as alert_code,
            override_reason_name,
            started_at
        from marts.fct_medication_history
        where patient_key = %(patient_key)s and alerts_overridden is not null
    )
    select
        lines.*,
        given.override_reason_name,
        given.started_at as overridden_at
    from lines
    left join lateral (
        select reasons.override_reason_name, reasons.started_at
        from reasons
        where reasons.alert_code in (
            lines.alert_kind_code || ':' || lines.first_ingredient_name
            || '+' || coalesce(
                lines.second_ingredient_name, lower(lines.subject_name)
            ),
            lines.alert_kind_code || ':' || lower(lines.subject_name)
            || '+' || lines.first_ingredient_name
        )
        order by reasons.started_at desc
        limit 1
    ) as given on true
    where lines.is_holding
        or lines.ended_at > lines.gone_since
        or lines.known_until is not null
    order by
        array_position(
            array['contraindicated', 'major', 'moderate', 'minor'],
            lines.severity_code
        ),
        lines.alert_kind_code,
        lines.first_ingredient_name,
        lines.second_ingredient_name,
        lines.subject_name
"""
VISITS = """
    select
        visit.encounter_class_code,
        visit.encounter_type_name,
        visit.reason_name,
        visit.service_name,
        visit.location_name,
        visit.discharge_disposition_name,
        visit.is_inpatient,
        visit.is_emergency,
        visit.is_open,
        visit.started_at,
        visit.ended_at,
        practitioner.practitioner_name,
        practitioner.specialty_name
    from marts.fct_encounters as visit
    left join marts.dim_practitioners as practitioner
        on visit.practitioner_key = practitioner.practitioner_key
    where visit.patient_key = %(patient_key)s and not visit.is_part_of_stay
    order by visit.started_at desc, visit.encounter_key
"""
VITAL_SIGNS = """
    select
        vital_sign_key,
        coalesce(vital_sign_name, observation_name) as vital_sign_name,
        coalesce(standard_number, value_number) as value_number,
        case
            when standard_number is not null then standard_unit
            else coalesce(unit_ucum, unit)
        end as unit,
        value_text,
        measured_at
    from marts.fct_vital_signs
    where patient_key = %(patient_key)s and measured_at is not null
    order by measured_at, vital_sign_key
"""
EARLY_WARNING = """
    select
        total_points,
        band_code,
        not_computed_reason,
        missing_text,
        respiration_points,
        saturation_points,
        oxygen_points,
        systolic_points,
        pulse_points,
        consciousness_points,
        temperature_points,
        measured_at
    from marts.fct_early_warning_scores
    where patient_key = %(patient_key)s
    order by measured_at, early_warning_score_key
"""
MEASURES = """
    select
        measure_code,
        measure_name,
        value_number,
        unit,
        class_name,
        is_lasting,
        caution_code,
        not_computed_reason,
        inputs_text,
        rule_name,
        measured_at
    from marts.fct_derived_measures
    where patient_key = %(patient_key)s
    order by measured_at desc, measure_name collate "C", derived_measure_key
"""
TRENDS = """
    select
        analyte_code,
        unit,
        material_code,
        result_count,
        last_value,
        slope_per_year,
        slope_low_per_year,
        slope_high_per_year,
        slope_missing_reason,
        baseline_value,
        baseline_count,
        baseline_missing_reason,
        change_from_baseline_percent,
        reference_change_percent,
        reference_change_source,
        is_significant_change,
        time_in_range_share,
        time_in_range_days,
        forecast_value,
        forecast_low,
        forecast_high,
        forecast_at,
        first_collected_at,
        last_collected_at
    from marts.fct_result_trends
    where patient_key = %(patient_key)s
    order by analyte_code collate "C", unit collate "C", material_code collate "C"
"""
CHART_STATEMENTS = {
    "patient": PATIENT,
    "problems": PROBLEMS,
    "allergies": ALLERGIES,
    "results": RESULTS,
    "acknowledgements": ACKNOWLEDGEMENTS,
    "risk": RISK,
    "open_rows": ROWS_OF_PATIENT,
    "open_findings": OPEN_FINDINGS_OF_PATIENT,
    "rejected": REJECTED_OF_PATIENT,
    "medicines": MEDICINES,
    "medication_alerts": MEDICATION_ALERTS,
    "visits": VISITS,
    "vital_signs": VITAL_SIGNS,
    "early_warning": EARLY_WARNING,
    "measures": MEASURES,
    "trends": TRENDS,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
    "reported": REPORTED,
    "incidents": INCIDENTS_OF_DATA,
    **OF_LIST,
    **RECORD_STATEMENTS,
}
