{#-
    When the next refill is due follows from all fills of its ingredients: a new order of
    a medicine does not begin without supply. The first fill of an order is no refill.

    Today moves without any new fact, so this table is rebuilt whole each time.
-#}
{{ config(materialized='table', indexes=[{'columns': ['patient_key', 'started_at']}]) }}

with

medications as (

    select * from {{ ref('fct_medication_history') }}
    where not is_never_given and not is_infusion_component

),

active_medications as (

    select * from {{ ref('fct_active_medications') }}

),

plain_phrases as (

    select * from {{ ref('plain_phrases') }}

),

ingredients as (

    select * from {{ ref('fct_prescription_ingredients') }}

),

refills as (

    select * from {{ ref('fct_refills') }}

),

next_refills as (

    select
        ingredients.patient_key,
        ingredients.prescription_key,
        min(refills.next_fill_due_on) as next_refill_on,
        bit_or(refills.sensitivity) as sensitivity
    from ingredients
    inner join refills
        on
            ingredients.patient_key = refills.patient_key
            and ingredients.ingredient_name = refills.ingredient_name
    group by ingredients.patient_key, ingredients.prescription_key

)

select
    -- keys
    medications.prescription_key,
    medications.patient_key,

    -- names
    medications.drug_name,
    medications.strength_text,
    coalesce(reasons.plain_words, medications.reason_name) as reason_name,

    -- how to take it
    medications.dose_text,
    medications.dose_unit as delivered_dose_unit,
    dose_units.plain_words as dose_unit_words,
    medications.frequency_text as delivered_frequency,
    frequencies.plain_words as frequency_words,
    medications.doses_per_day,
    routes.plain_words as route_words,

    -- refills
    case
        when medications.refills_allowed is not null
            then
                greatest(
                    medications.refills_allowed
                    - greatest(medications.dispenses_count - 1, 0),
                    0
                )
    end as refills_left,
    case
        when active_medications.prescription_key is not null
            then next_refills.next_refill_on
    end as next_refill_on,

    -- flags
    active_medications.prescription_key is not null as is_taken_now,
    medications.is_inpatient_order as is_in_hospital,
    medications.sensitivity
    | case
        when active_medications.prescription_key is not null
            then coalesce(next_refills.sensitivity, 0)
        else 0
    end as sensitivity,

    -- times
    medications.started_at,
    coalesce(
        least(medications.ended_at, medications.replaced_at), medications.supply_ends_at
    ) as ended_at,
    medications.ended_at is null and medications.replaced_at is null
        as is_end_worked_out,

    -- provenance
    medications.source_system,
    medications.delivery_id,
    medications.file_id,
    medications.line_number,
    medications.known_from

from medications
left join active_medications
    on
        medications.patient_key = active_medications.patient_key
        and medications.prescription_key = active_medications.prescription_key
left join next_refills
    on
        medications.patient_key = next_refills.patient_key
        and medications.prescription_key = next_refills.prescription_key
left join plain_phrases as reasons
    on
        reasons.kind_code = 'reason'
        and lower(medications.reason_name) = reasons.delivered_text
left join plain_phrases as dose_units
    on
        dose_units.kind_code = 'dose_unit'
        and lower(medications.dose_unit) = dose_units.delivered_text
left join plain_phrases as frequencies
    on
        frequencies.kind_code = 'frequency'
        and lower(medications.frequency_text) = frequencies.delivered_text
left join plain_phrases as routes
    on
        routes.kind_code = 'route'
        and lower(medications.route_code) = routes.delivered_text
