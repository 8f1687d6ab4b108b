{#-
    Morphine equivalents a day of each opioid that is being taken, as it is known now, by
    the factors of CDC 2022. They are for what is swallowed, and for fentanyl patches by
    their rate: what is injected or infused, another form of fentanyl, and a dose that is
    not known in mg have none.
-#}
with

taken as (

    select * from {{ ref('fct_medications_taken') }}

),

opioid_factors as (

    select * from {{ ref('opioid_mme_factors') }}

),

with_dose as (

    select
        taken.*,
        opioid_factors.factor,
        opioid_factors.dose_unit,
        case
            when opioid_factors.dose_unit = 'mcg/h' and taken.dose_form_code = 'patch'
                then case
                    when
                        taken.dose_basis_code = 'rate'
                        and taken.daily_dose_unit = 'mg'
                        then round(taken.daily_dose * 1000 / 24, 6)
                    when taken.strength_unit in ('mcg/hr', 'mcg/h', 'ug/h')
                        then taken.strength_value
                    when taken.strength_unit in ('mg/hr', 'mg/h')
                        then taken.strength_value * 1000
                end
            when
                opioid_factors.dose_unit = 'mg/d'
                and taken.daily_dose_unit = 'mg'
                and coalesce(taken.dose_form_code, '') not in (
                    'injection', 'patch', 'suppository'
                )
                and upper(coalesce(taken.route_code, '')) not in (
                    'IM', 'SC', 'SUBCUT', 'IT', 'ED', 'EPIDURAL', 'TD', 'PCA'
                )
                and upper(coalesce(taken.route_code, '')) not like 'IV%'
                then taken.daily_dose
        end as dose
    from taken
    inner join opioid_factors
        on taken.ingredient_name = opioid_factors.ingredient_name
    where
        taken.exposure_kind_code = 'order'
        and taken.known_until is null

)

select
    patient_key,
    taken_key,
    exposure_key,
    ingredient_name,
    taken_from,
    taken_until,
    sensitivity,
    known_from,
    {{ morphine_equivalents('dose', '1', 'factor', 'dose_unit') }} as equivalents
from with_dose
