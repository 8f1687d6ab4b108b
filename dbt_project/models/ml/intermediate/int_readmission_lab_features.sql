{#-
    The last result of each test in the stay, as released and known at discharge: a later
    correction is not seen, an earlier version of it is. Only plain numbers in a unit that
    can be converted, which a living patient can have (a creatinine of 77 mg/dL was meant
    as umol/L); where text and stated number contradict each other, neither.
    A result is part of the stay from a day before it (emergency department) to its end.
-#}
with

stays as (

    select
        stay_key,
        patient_key,
        admitted_at as cohort_admitted_at,
        predicted_at
    from {{ ref('readmission_cohort') }}
    where is_predicted

),

versions as (

    {{ versions_with_source_knowledge('lab_results', 'versions.resulted_at') }}

),

known as (

    {{ known_at_discharge(
        'lab_results',
        "versions.collected_at between "
        "stays.cohort_admitted_at - interval '30 days' and stays.predicted_at"
    ) }}

),

local_test_codes as (

    select * from {{ ref('int_local_test_codes') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

result_statuses as (

    select * from {{ ref('result_statuses') }}

),

readmission_analytes as (

    select * from {{ ref('readmission_analytes') }}

),

wanted_tests as (

    select
        readmission_analytes.*,
        local_test_codes.source_system,
        local_test_codes.code_list,
        local_test_codes.local_code as test_code
    from readmission_analytes
    inner join local_test_codes
        on readmission_analytes.loinc_code = local_test_codes.loinc_code
    union all
    select
        readmission_analytes.*,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as code_list,
        readmission_analytes.loinc_code as test_code
    from readmission_analytes

),

in_the_stay as (

    select
        known.*,
        wanted_tests.feature_name,
        wanted_tests.factor,
        wanted_tests.lowest,
        wanted_tests.highest,
        {{ normalized_value(clean_text('known.value_text')) }} as text_of_value,
        {{ evaluated_once('text', 'known.patient_key') }}
    from known
    inner join wanted_tests
        on
            known.test_code = wanted_tests.test_code
            and (
                (
                    wanted_tests.source_system is null
                    and {{ is_loinc('known.code_system') }}
                )
                or (
                    known.source_system = wanted_tests.source_system
                    and known.code_system = wanted_tests.code_list
                )
            )
    inner join unit_spellings
        on
            {{ clean_text('known.unit') }} = unit_spellings.unit
            and wanted_tests.unit_ucum = unit_spellings.unit_ucum
    left join result_statuses
        on
            lower({{ clean_text('known.status_code') }})
            = result_statuses.status_code
    where
        known.collected_at
        >= known.cohort_admitted_at - interval '{{ var("leading_visit_hours") }} hours'
        and known.collected_at <= known.predicted_at
        and coalesce(result_statuses.is_usable, known.status_code is null)

),

with_number as (

    select
        *,
        case
            when text_of_value is null then value_number
            when
                {{ value_kind('text_of_value') }} in ('numeric', 'numeric_with_flag')
                and {{ value_comparator('text_of_value') }} is null
                then {{ value_as_number('text_of_value') }}
        end as number_read,
        {{ evaluated_once('number') }}
    from in_the_stay

),

measured as (

    select
        stay_key,
        patient_key,
        predicted_at,
        source_knew_at,
        feature_name,
        number_read * factor as feature_value,
        row_number() over (
            partition by stay_key, feature_name
            order by
                collected_at desc,
                source_knew_at desc,
                source_system desc,
                record_id desc
        ) as place_from_last
    from with_number
    where
        number_read is not null
        and coalesce(value_number = number_read, true)
        and number_read * factor between lowest and highest

)

select
    stay_key,
    patient_key,
    feature_name,
    feature_value,
    source_knew_at as known_from,
    predicted_at
from measured
where place_from_last = 1
