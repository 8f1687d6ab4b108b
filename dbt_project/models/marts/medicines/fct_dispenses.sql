{#-
    How long each dispense lasts. A refill collected early starts when the previous
    supply ends: the n-th supply ends at the latest of (dispense k + all supplies from k
    to n), which is the running maximum of (dispense k - supplies before k) plus all
    supplies up to n.
-#}
with

unlabelled as (

    select * from {{ ref('stg_dispenses') }}
    {{ only_touched_patients() }}

),

dispenses as (

    {{ labelled(
        'unlabelled', 'dispenses', 'dispense_key',
        lists=[('int_labels_of_drugs', drug_label_columns())]
    ) }}

),

prescriptions as (

    select * from {{ ref('int_prescriptions_with_status') }}
    {{ only_touched_patients() }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

matched as (

    select
        dispenses.*,
        dispenses.source_system
        || ':order:' || dispenses.pharmacy_order_id as pharmacy_order_key,
        dispenses.sensitivity | coalesce(prescriptions.sensitivity, 0)
            as sensitivity_with_order,
        prescriptions.prescription_key is not null as is_prescription_known,
        coalesce(
            dispenses.prescription_key,
            dispenses.source_system || ':order:' || dispenses.pharmacy_order_id,
            dispenses.dispense_key
        ) as order_key,
        coalesce(dispenses.dispensed_at, dispenses.started_at) as handed_out_at,
        coalesce(dispenses.days_supply, prescriptions.days_supply) as days_of_supply,
        {{ believable_supply(
            'coalesce(dispenses.days_supply, prescriptions.days_supply)'
        ) }} as days_covered,
        not coalesce(medication_statuses.is_never_given, false) as is_handed_out
    from dispenses
    left join prescriptions
        on
            dispenses.patient_key = prescriptions.patient_key
            and dispenses.prescription_key = prescriptions.prescription_key
    left join medication_statuses
        on lower(dispenses.status_code) = medication_statuses.delivered_code

),

with_supply_before as (

    select
        *,
        coalesce(sum(case when is_handed_out then days_covered end) over (
            partition by patient_key, order_key
            order by handed_out_at, dispense_key
            rows between unbounded preceding and 1 preceding
        ), 0) as days_supplied_before
    from matched

),

with_supply_start as (

    select
        *,
        max(handed_out_at - days_supplied_before * interval '1 day') over (
            partition by patient_key, order_key
            order by handed_out_at, dispense_key
            rows between unbounded preceding and current row
        ) + days_supplied_before * interval '1 day' as next_supply_starts_at
    from with_supply_before

),

with_supply as (

    select
        -- keys
        dispense_key,
        patient_key,
        prescription_key,
        order_key,
        pharmacy_order_key,
        encounter_key,

        -- codes
        drug_code,
        code_system,
        status_code,
        route_code,

        -- names
        drug_name,
        frequency_text,
        pharmacy_name,

        -- numbers
        quantity,
        doses_per_day,
        days_of_supply as days_supply,
        refill_number,

        -- flags
        is_handed_out,
        is_prescription_known,
        sensitivity_with_order as sensitivity,

        -- times
        handed_out_at,
        case
            when is_handed_out and days_covered is not null
                then next_supply_starts_at
        end as supply_starts_at,
        case
            when is_handed_out and days_covered is not null
                then next_supply_starts_at + days_covered * interval '1 day'
        end as supply_ends_at,

        -- provenance
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number

    from with_supply_start

)

select * from with_supply
