{#-
    Spans of continued exposure to one ingredient (OMOP CDM 5.4, drug_era): exposures with
    at most 30 days between them are one era. Two rules stand side by side: `gap_30` as
    OMOP's standard script has it, and `gap_30_stockpiled`, in which a refill collected
    early starts when the supply before it ends.
-#}
{{
    config(
        indexes=[
            {
                'columns': [
                    'patient_key', 'ingredient_name', 'era_rule_code', 'era_number'
                ],
                'unique': true,
            },
        ]
    )
}}

with

exposures as (

    select
        patient_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        supply_days,
        starts_on,
        ends_on,
        sensitivity,
        known_from
    from {{ ref('fct_medication_exposures') }}
    where is_counted {{ only_touched_patients('and') }}

),

supplies as (

    select
        patient_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        supply_days,
        starts_on as handed_out_on,
        sensitivity,
        known_from
    from exposures
    where supply_days > 0

),

carried as (

    {{ carried_over('supplies', ['patient_key', 'ingredient_name']) }}

),

by_rule as (

    select
        'gap_30' as era_rule_code,
        patient_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        starts_on,
        ends_on,
        sensitivity,
        known_from
    from exposures

    union all

    select
        'gap_30_stockpiled' as era_rule_code,
        patient_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        starts_on,
        ends_on,
        sensitivity,
        known_from
    from exposures
    where
        supply_days is null
        or supply_days <= 0

    union all

    select
        'gap_30_stockpiled' as era_rule_code,
        patient_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        starts_on,
        {{ date_after('ends_on', 1) }} as ends_on,
        sensitivity,
        known_from
    from carried

),

eras as (

    {{ merged_into_eras(
        'by_rule',
        ['patient_key', 'ingredient_name', 'era_rule_code'],
        longest_gap=30,
        aggregates=[
            'max(ingredient_rxcui) as ingredient_rxcui',
            'max(atc_code) as atc_code',
            'bit_or(sensitivity) as sensitivity',
            'max(known_from) as known_from',
        ],
    ) }}

)

select
    -- keys
    patient_key,

    -- codes
    ingredient_name,
    ingredient_rxcui,
    atc_code,
    era_rule_code,

    -- numbers
    era_number,
    exposures_count,
    cast(gap_days as integer) as gap_days,
    {{ days_from('starts_on', 'ends_on') }} as length_days,

    -- labels
    sensitivity,

    -- times
    starts_on,
    ends_on,

    -- provenance
    known_from

from eras
