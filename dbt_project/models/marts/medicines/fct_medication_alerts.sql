{#-
    What to look at before a medicine is given: interactions, pairs for the QT interval,
    duplications of a class, allergies and cross-reactions, high doses of opioids, groups
    to avoid in the elderly, polypharmacy. As known at T are the rows with
    `known_from <= T and (known_until is null or T < known_until)`; as it is known now,
    those without `known_until`. Lists, severities and limits are a site's to change, and
    silence says nothing: what no list names gives no alert.
-#}
{{
    config(
        indexes=[
            {'columns': ['alert_key'], 'unique': true},
            {'columns': ['patient_key', 'began_at']},
        ]
    )
}}

with

of_pairs as (

    select * from {{ ref('int_alerts_of_pairs') }}
    {{ only_touched_patients() }}

),

of_duplication as (

    select * from {{ ref('int_alerts_of_duplication') }}
    {{ only_touched_patients() }}

),

of_allergies as (

    select * from {{ ref('int_alerts_of_allergies') }}
    {{ only_touched_patients() }}

),

in_the_elderly as (

    select * from {{ ref('int_alerts_in_the_elderly') }}
    {{ only_touched_patients() }}

),

of_opioids as (

    select * from {{ ref('int_alerts_of_opioids') }}
    {{ only_touched_patients() }}

),

of_polypharmacy as (

    select * from {{ ref('int_alerts_of_polypharmacy') }}
    {{ only_touched_patients() }}

),

alerts as (

    select
        patient_key,
        alert_kind_code,
        severity_code,
        ingredient_a,
        ingredient_b,
        first_taken_key,
        second_taken_key,
        first_exposure_key,
        second_exposure_key,
        cast(null as {{ dbt.type_string() }}) as allergy_key,
        cast(null as {{ dbt.type_string() }}) as subject_name,
        mechanism_name,
        effect_name,
        source_name,
        cast(null as {{ type_decimal() }}) as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        known_until
    from of_pairs

    union all

    select
        patient_key,
        'duplication' as alert_kind_code,
        'moderate' as severity_code,
        ingredient_a,
        ingredient_b,
        first_taken_key,
        second_taken_key,
        first_exposure_key,
        second_exposure_key,
        cast(null as {{ dbt.type_string() }}) as allergy_key,
        class_name as subject_name,
        cast(null as {{ dbt.type_string() }}) as mechanism_name,
        'two medicines of one class' as effect_name,
        'therapeutic_classes' as source_name,
        cast(null as {{ type_decimal() }}) as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        known_until
    from of_duplication

    union all

    select
        patient_key,
        alert_kind_code,
        severity_code,
        ingredient_a,
        cast(null as {{ dbt.type_string() }}) as ingredient_b,
        first_taken_key,
        cast(null as {{ dbt.type_string() }}) as second_taken_key,
        first_exposure_key,
        cast(null as {{ dbt.type_string() }}) as second_exposure_key,
        allergy_key,
        substance_name as subject_name,
        basis_name as mechanism_name,
        advice_name as effect_name,
        source_name,
        cast(null as {{ type_decimal() }}) as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        known_until
    from of_allergies

    union all

    select
        patient_key,
        'elderly' as alert_kind_code,
        'moderate' as severity_code,
        ingredient_a,
        cast(null as {{ dbt.type_string() }}) as ingredient_b,
        first_taken_key,
        cast(null as {{ dbt.type_string() }}) as second_taken_key,
        first_exposure_key,
        cast(null as {{ dbt.type_string() }}) as second_exposure_key,
        cast(null as {{ dbt.type_string() }}) as allergy_key,
        group_name as subject_name,
        reason_name as mechanism_name,
        advice_name as effect_name,
        'AGS Beers Criteria 2023' as source_name,
        cast(null as {{ type_decimal() }}) as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        known_until
    from in_the_elderly

    union all

    select
        patient_key,
        'opioid_dose' as alert_kind_code,
        'major' as severity_code,
        cast(null as {{ dbt.type_string() }}) as ingredient_a,
        cast(null as {{ dbt.type_string() }}) as ingredient_b,
        cast(null as {{ dbt.type_string() }}) as first_taken_key,
        cast(null as {{ dbt.type_string() }}) as second_taken_key,
        cast(null as {{ dbt.type_string() }}) as first_exposure_key,
        cast(null as {{ dbt.type_string() }}) as second_exposure_key,
        cast(null as {{ dbt.type_string() }}) as allergy_key,
        'morphine equivalents, mg a day' as subject_name,
        cast(null as {{ dbt.type_string() }}) as mechanism_name,
        'overdose' as effect_name,
        'CDC 2022' as source_name,
        highest as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        cast(null as {{ dbt.type_timestamp() }}) as known_until
    from of_opioids

    union all

    select
        patient_key,
        'polypharmacy' as alert_kind_code,
        'minor' as severity_code,
        cast(null as {{ dbt.type_string() }}) as ingredient_a,
        cast(null as {{ dbt.type_string() }}) as ingredient_b,
        cast(null as {{ dbt.type_string() }}) as first_taken_key,
        cast(null as {{ dbt.type_string() }}) as second_taken_key,
        cast(null as {{ dbt.type_string() }}) as first_exposure_key,
        cast(null as {{ dbt.type_string() }}) as second_exposure_key,
        cast(null as {{ dbt.type_string() }}) as allergy_key,
        'regular ingredients at a time' as subject_name,
        cast(null as {{ dbt.type_string() }}) as mechanism_name,
        cast(null as {{ dbt.type_string() }}) as effect_name,
        'Masnoon 2017 (BMC Geriatr 17:230)' as source_name,
        highest as number_value,
        sensitivity,
        began_at,
        ended_at,
        known_from,
        cast(null as {{ dbt.type_timestamp() }}) as known_until
    from of_polypharmacy

)

select
    -- keys
    {{ digest_of([
        'patient_key',
        'alert_kind_code',
        'ingredient_a',
        'ingredient_b',
        'first_taken_key',
        'second_taken_key',
        'allergy_key',
        'subject_name',
        'began_at',
    ]) }} as alert_key,
    patient_key,
    first_taken_key,
    second_taken_key,
    first_exposure_key,
    second_exposure_key,
    allergy_key,

    -- codes
    alert_kind_code,
    severity_code,
    ingredient_a as first_ingredient_name,
    ingredient_b as second_ingredient_name,

    -- names
    subject_name,
    mechanism_name,
    effect_name,
    source_name,

    -- numbers
    cast(number_value as {{ dbt.type_numeric() }}) as number_value,

    -- labels
    sensitivity,

    -- times
    began_at,
    ended_at,

    -- provenance
    known_from,
    known_until

from alerts
