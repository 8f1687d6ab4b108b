{#-
    Whether a result has been seen as it reads now. The latest acknowledgement decides:
    a result corrected and then set back has been acted on as it read in between, so an
    earlier acknowledgement of the same reading is not enough.
-#}
with

acknowledgements as (

    select * from {{ ref('fct_acknowledgements') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by patient_key, lab_result_key
            order by
                acknowledged_at desc,
                case when is_current_reading then 0 else 1 end desc,
                acknowledgement_key desc
        ) as place_from_last
    from acknowledgements

)

select
    patient_key,
    lab_result_key,
    is_current_reading as is_acknowledged,
    case when is_current_reading then acknowledged_at end as acknowledged_at,
    case when is_current_reading then coalesce(person_name, user_id) end
        as acknowledged_by_name
from ranked
where place_from_last = 1
