with

typed as (

    select
        id,
        cast(egfr as {{ type_decimal() }}) as egfr,
        cast(acr as {{ type_decimal() }}) as acr,
        acr_unit
    from vector_rows

),

staged as (

    select
        id,
        {{ filtration_stage('egfr') }} as stage_of_unrounded,
        {{ filtration_stage('round(egfr)') }} as stage,
        {{ albuminuria_stage('acr', 'acr_unit') }} as albuminuria
    from typed

)

select
    id,
    stage as expected_g_from_rounded,
    stage_of_unrounded as g_from_unrounded_for_information,
    albuminuria as expected_a,
    {{ kidney_risk('stage', 'albuminuria') }} as expected_risk
from staged
