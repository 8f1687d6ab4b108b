"""The SQL of a patient's medicines over time: selects from the marts, no rule."""

from dashboards.chart.statements import PATIENT
from dashboards.glass.statements import HIDDEN
from dashboards.statements import FRESHNESS_OF_PATIENT

# What both kinds of courses tell of their order.
OF_ORDER = """
        history.drug_name,
        history.strength_text,
        history.dose_text,
        history.dose_unit,
        history.frequency_text,
        history.route_code,
        history.reason_name,
        history.change_reason_name,
        history.is_inpatient_order,
        history.is_status_stopped,
        history.started_at,
        history.ended_at,
        history.replaced_at,
        history.encounter_ended_at,
        history.supply_ends_at,
        ingredient.daily_dose,
        ingredient.daily_dose_unit,
        ingredient.refusal_code,
        ingredient.is_as_needed,
        active.prescription_key is not null as is_active
"""
OF_ACTIVE = """
    left join marts.fct_active_medications as active
        on history.patient_key = active.patient_key
        and history.prescription_key = active.prescription_key
"""
# Statements are put together from these constants alone.
# ruff: noqa: S608
# A dispense has the dose of the order that it is of.
TAKEN = f"""
    select
        taken.patient_key,
        taken.prescription_key,
        taken.ingredient_name,
        taken.exposure_kind_code,
        taken.taken_from,
        taken.taken_until,
        exposure.is_counted,
        exposure.supply_days,
        changes.change_code,
        changes.change_percent,
        {OF_ORDER}
    from marts.fct_medications_taken as taken
    inner join marts.fct_medication_exposures as exposure
        on taken.patient_key = exposure.patient_key
        and taken.exposure_kind_code = exposure.exposure_kind_code
        and taken.exposure_key = exposure.exposure_key
        and taken.ingredient_name = exposure.ingredient_name
    left join marts.fct_medication_history as history
        on taken.patient_key = history.patient_key
        and taken.prescription_key = history.prescription_key
    left join marts.fct_prescription_ingredients as ingredient
        on taken.patient_key = ingredient.patient_key
        and taken.prescription_key = ingredient.prescription_key
        and taken.ingredient_name = ingredient.ingredient_name
    left join marts.fct_dose_changes as changes
        on taken.exposure_kind_code = 'order'
        and taken.patient_key = changes.patient_key
        and taken.prescription_key = changes.prescription_key
        and taken.ingredient_name = changes.ingredient_name
    {OF_ACTIVE}
    where taken.patient_key = %(patient_key)s and taken.known_until is null
    order by taken.taken_from, taken.taken_key, taken.ingredient_name
"""
# What the marts reckon no course of: no ingredient known, no date, or no medicine.
WITHOUT_COURSE = f"""
    select
        history.patient_key,
        history.prescription_key,
        ingredient.ingredient_name,
        ingredient.drug_kind_code,
        source.as_of,
        {OF_ORDER}
    from marts.fct_medication_history as history
    inner join marts.fct_prescription_ingredients as ingredient
        on history.patient_key = ingredient.patient_key
        and history.prescription_key = ingredient.prescription_key
    left join raw.source_as_of as source
        on history.source_system = source.source_system
    {OF_ACTIVE}
    where history.patient_key = %(patient_key)s
        and not history.is_never_given
        and (
            history.started_at is null
            or ingredient.ingredient_name is null
            or ingredient.drug_kind_code <> 'medicine'
        )
    order by history.started_at, history.prescription_key
"""
ADMINISTRATIONS = """
    select
        doses.patient_key,
        coalesce(of_order.ingredient_name, of_drug.ingredient_name) as ingredient_name,
        doses.drug_name,
        doses.dose_text,
        doses.dose_unit,
        doses.status_code,
        doses.reason_name,
        doses.is_given,
        doses.administered_at
    from marts.fct_administrations as doses
    left join marts.fct_prescription_ingredients as of_order
        on doses.patient_key = of_order.patient_key
        and doses.prescription_key = of_order.prescription_key
    left join marts.dim_drug_ingredients as of_drug
        on of_order.ingredient_name is null
        and of_drug.drug_key = coalesce(
            case
                when doses.code_system = 'RxNorm' then 'RxNorm:' || doses.drug_code
            end,
            'name:' || lower(doses.drug_name)
        )
    where doses.patient_key = %(patient_key)s
    order by doses.administered_at, doses.administration_key
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
# Dispenses that no day is covered by, as nobody says how long they last.
WITHOUT_DAYS = """
    select
        patient_key,
        ingredient_name,
        cast(date_part('year', starts_on) as integer) as calendar_year,
        count(*) as dispenses_count
    from marts.fct_medication_exposures
    where patient_key = %(patient_key)s
        and exposure_kind_code = 'dispense'
        and not is_inpatient_order
        and supply_days is null
    group by patient_key, ingredient_name, date_part('year', starts_on)
"""
OF_MEDICINES = {
    "patient": PATIENT,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
    "taken": TAKEN,
    "without_course": WITHOUT_COURSE,
    "administrations": ADMINISTRATIONS,
    "alerts": ALERTS,
    "adherence": ADHERENCE,
    "covered": COVERED,
    "stays": STAYS,
    "without_days": WITHOUT_DAYS,
}
