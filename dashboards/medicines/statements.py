"""The SQL of a patient's medicines over time: selects from the marts, no rule."""

from dashboards.chart.statements import PATIENT
from dashboards.glass.statements import HIDDEN
from dashboards.statements import FRESHNESS_OF_PATIENT

# Each mart is read by itself and put together in memory: joined in the database, what
# row-level security hides from the planner makes it loop over all rows of everybody.
TAKEN = """
    select
        patient_key,
        exposure_key,
        prescription_key,
        ingredient_name,
        exposure_kind_code,
        taken_from,
        taken_until
    from marts.fct_medications_taken
    where patient_key = %(patient_key)s and known_until is null
    order by taken_from, taken_key, ingredient_name
"""
EXPOSURES = """
    select
        patient_key,
        exposure_key,
        exposure_kind_code,
        ingredient_name,
        is_counted,
        supply_days,
        starts_on,
        is_inpatient_order
    from marts.fct_medication_exposures
    where patient_key = %(patient_key)s
"""
ORDERS = """
    select
        history.patient_key,
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
        history.is_never_given,
        history.is_status_stopped,
        history.started_at,
        history.ended_at,
        history.replaced_at,
        history.encounter_ended_at,
        history.supply_ends_at,
        source.as_of,
        history.prescription_key in (
            select active.prescription_key
            from marts.fct_active_medications as active
            where active.patient_key = %(patient_key)s
        ) as is_active
    from marts.fct_medication_history as history
    left join raw.source_as_of as source
        on history.source_system = source.source_system
    where history.patient_key = %(patient_key)s
    order by history.started_at, history.prescription_key
"""
INGREDIENTS = """
    select
        patient_key,
        prescription_key,
        ingredient_name,
        drug_kind_code,
        daily_dose,
        daily_dose_unit,
        refusal_code,
        is_as_needed
    from marts.fct_prescription_ingredients
    where patient_key = %(patient_key)s
"""
DOSE_CHANGES = """
    select
        patient_key,
        prescription_key,
        ingredient_name,
        change_code,
        change_percent
    from marts.fct_dose_changes
    where patient_key = %(patient_key)s
"""
DRUG_KEY = """
        coalesce(
            case when code_system = 'RxNorm' then 'RxNorm:' || drug_code end,
            'name:' || lower(drug_name)
        )
"""
# Statements are put together from these constants alone.
# ruff: noqa: S608
ADMINISTRATIONS = f"""
    select
        patient_key,
        prescription_key,
        {DRUG_KEY} as drug_key,
        drug_name,
        status_code,
        reason_name,
        is_given,
        administered_at
    from marts.fct_administrations
    where patient_key = %(patient_key)s
    order by administered_at, administration_key
"""
# For doses that follow no order.
DRUGS = f"""
    select drug_key, ingredient_name
    from marts.dim_drug_ingredients
    where drug_key in (
        select {DRUG_KEY}
        from marts.fct_administrations
        where patient_key = %(patient_key)s
    )
"""
# Orders of one pair that follow each other are one alert.
ALERTS = """
    select
        patient_key,
        alert_kind_code,
        severity_code,
        first_ingredient_name,
        second_ingredient_name,
        subject_name,
        effect_name,
        source_name,
        number_value,
        lower(span) as began_at,
        upper(span) as ended_at
    from (
        select
            patient_key,
            alert_kind_code,
            severity_code,
            first_ingredient_name,
            second_ingredient_name,
            subject_name,
            effect_name,
            source_name,
            max(number_value) as number_value,
            unnest(range_agg(tstzrange(began_at, ended_at))) as span
        from marts.fct_medication_alerts
        where patient_key = %(patient_key)s
            and known_until is null
            and began_at < ended_at
        group by
            patient_key,
            alert_kind_code,
            severity_code,
            first_ingredient_name,
            second_ingredient_name,
            subject_name,
            effect_name,
            source_name
    ) as merged
    order by
        array_position(
            array['contraindicated', 'major', 'moderate', 'minor'], severity_code
        ),
        lower(span) desc,
        alert_kind_code,
        first_ingredient_name collate "C",
        second_ingredient_name collate "C"
"""
ADHERENCE = """
    select
        patient_key,
        measure_kind_code,
        measure_name,
        ineligible_reason_code,
        calendar_year,
        fills_count,
        days_in_period,
        days_covered,
        inpatient_days,
        proportion_of_days_covered,
        adherent_percent,
        is_adherent,
        is_eligible,
        period_starts_on,
        period_ends_on
    from marts.fct_medication_adherence
    where patient_key = %(patient_key)s
    order by
        calendar_year desc, measure_kind_code collate "C", measure_name collate "C"
"""
COVERED = """
    select
        patient_key,
        measure_kind_code,
        measure_name,
        calendar_year,
        interval_number,
        fills_count,
        days_count,
        starts_on,
        ends_on
    from marts.fct_medication_covered_intervals
    where patient_key = %(patient_key)s
    order by calendar_year, measure_kind_code, measure_name, interval_number
"""
STAYS = """
    select patient_key, admitted_at, discharged_at
    from marts.fct_inpatient_stays
    where patient_key = %(patient_key)s and discharged_at is not null
    order by admitted_at
"""
OF_MEDICINES = {
    "patient": PATIENT,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
    "taken": TAKEN,
    "exposures": EXPOSURES,
    "orders": ORDERS,
    "ingredients": INGREDIENTS,
    "dose_changes": DOSE_CHANGES,
    "administrations": ADMINISTRATIONS,
    "drugs": DRUGS,
    "alerts": ALERTS,
    "adherence": ADHERENCE,
    "covered": COVERED,
    "stays": STAYS,
}
