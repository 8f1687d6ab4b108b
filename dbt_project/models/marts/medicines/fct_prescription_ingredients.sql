{#-
    How much of each ingredient a prescription comes to in a day: dose times doses a day, in
    one unit per kind (mg, unit, mEq, mmol, mL, or pieces such as tablet). Never guessed: a
    dose without a unit, a range of doses, a text that is not understood and a unit that
    tells no amount are refused with the reason.

    An order as needed at an interval comes to its maximum; one without an interval has
    none. Pieces and millilitres become mg or units only where the product's strength is
    known and of that kind. A mass of a product of several ingredients is of none of them.
-#}
with

frequencies as (

    select * from {{ ref('int_prescription_frequencies') }}
    {{ only_touched_patients() }}

),

dose_units as (

    select * from {{ ref('dose_units') }}

),

strength_units as (

    select * from {{ ref('strength_units') }}

),

ingredients as (

    select
        *,
        count(ingredient_name) over (partition by patient_key, prescription_key)
            as ingredients_count
    from {{ ref('int_prescription_ingredients') }}
    {{ only_touched_patients() }}

),

prescriptions as (

    select * from {{ ref('fct_medication_history') }}
    {{ only_touched_patients() }}

),

with_frequency as (

    select
        ingredients.*,
        frequencies.frequency_refusal_code,
        frequencies.frequency_basis_code,
        frequencies.doses_per_day,
        frequencies.is_as_needed,
        {{ normalized_value(
            'coalesce(prescriptions.dose_text, frequencies.sig_dose_text)'
        ) }} as dose_text,
        case
            when prescriptions.dose_text is null then frequencies.sig_dose_unit
            else lower(prescriptions.dose_unit)
        end as dose_unit,
        prescriptions.encounter_key,
        prescriptions.sensitivity,
        prescriptions.source_system,
        prescriptions.known_from,
        prescriptions.delivery_id,
        prescriptions.file_id,
        prescriptions.line_number,
        {{ evaluated_once('frequency', 'ingredients.patient_key') }}
    from ingredients
    inner join prescriptions
        on
            ingredients.patient_key = prescriptions.patient_key
            and ingredients.prescription_key = prescriptions.prescription_key
    inner join frequencies
        on
            ingredients.patient_key = frequencies.patient_key
            and ingredients.prescription_key = frequencies.prescription_key

),

with_dose as (

    select
        with_frequency.*,
        dose_units.unit,
        dose_units.factor,
        dose_units.unit_kind_code,
        {{ value_kind('with_frequency.dose_text') }} as dose_kind,
        strength_units.unit as strength_base_unit,
        strength_units.factor as strength_factor,
        strength_units.per_unit as strength_per_unit
    from with_frequency
    left join dose_units
        on with_frequency.dose_unit = dose_units.delivered_unit
    left join strength_units
        on with_frequency.strength_unit = strength_units.strength_unit

),

with_number as (

    select
        *,
        case when dose_kind = 'numeric' then {{ value_as_number('dose_text') }} end
            as dose_value,
        case
            when strength_value <= 0 or ingredients_count = 0 then null
            when
                unit_kind_code = 'piece'
                and strength_per_unit = 'piece'
                and unit in ('tablet', 'capsule', 'suppository', 'lozenge', 'packet')
                then strength_value * strength_factor
            when unit = 'puff' and strength_per_unit = 'actuation'
                then strength_value * strength_factor
            when unit_kind_code = 'volume' and strength_per_unit = 'ml'
                then strength_value * strength_factor
        end as amount_per_unit,
        {{ evaluated_once('number') }}
    from with_dose

),

refused as (

    select
        *,
        case
            when drug_kind_code in ('diluent', 'container', 'supply')
                then 'not_a_medicine'
            when dose_text is null then 'dose_not_stated'
            when dose_kind = 'range' then 'dose_is_range'
            when dose_kind <> 'numeric' then 'dose_not_a_number'
            when dose_value = 0 then 'dose_is_zero'
            when dose_value < 0 then 'dose_not_a_number'
            when dose_unit is null then 'unit_missing'
            when unit_kind_code is null then 'unit_unknown'
            when unit_kind_code = 'none' then 'unit_not_comparable'
            when
                ingredients_count > 1
                and unit_kind_code in ('mass', 'amount', 'rate')
                then 'combination_product'
            when unit_kind_code = 'rate' then null
            else frequency_refusal_code
        end as refusal_code
    from with_number

)

select
    -- keys
    {{ fact_key("coalesce(ingredient_name, 'unmapped')", 'prescription_key') }}
        as prescription_ingredient_key,
    patient_key,
    prescription_key,
    encounter_key,

    -- codes
    ingredient_rxcui,
    atc_code,
    mapping_method,
    drug_kind_code,
    dose_form_code,
    case
        when refusal_code is not null then null
        when unit_kind_code = 'rate' then 'rate'
        when amount_per_unit is not null and unit_kind_code = 'volume'
            then 'volume_times_strength'
        when amount_per_unit is not null then 'pieces_times_strength'
        when unit_kind_code = 'piece' then 'pieces'
        when unit_kind_code = 'volume' then 'volume'
        else 'amount'
    end as dose_basis_code,
    refusal_code,
    frequency_basis_code,

    -- names
    ingredient_name,
    strength_unit,
    case
        when refusal_code is not null then null
        when amount_per_unit is not null then strength_base_unit
        else unit
    end as daily_dose_unit,

    -- numbers
    strength_value,
    cast(
        case
            when refusal_code is not null then null
            when unit_kind_code = 'rate' then dose_value * factor
            else dose_value * factor * coalesce(amount_per_unit, 1) * doses_per_day
        end as decimal(28, 6)
    ) as daily_dose,
    cast(doses_per_day as decimal(28, 6)) as doses_per_day,

    -- flags
    is_as_needed,
    sensitivity,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from refused
