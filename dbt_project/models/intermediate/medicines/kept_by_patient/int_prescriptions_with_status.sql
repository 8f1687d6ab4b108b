{#-
    What a source's status means: whether the order was stopped, and whether it was ever
    meant to reach the patient. BASE and ADDITIVE are parts of an infusion (the fluid,
    what is dissolved in it), not medicines of their own.

    A table, since dispenses, the history, replacements, frequencies and ingredients all
    read it: choosing the newest versions took five times as long as all else. Its index
    is unique, so that the planner pairs by the prescription and not by the patient alone
    (51 instead of 20 s for a million dispenses).
-#}
{{
    config(
        indexes=[{'columns': ['patient_key', 'prescription_key'], 'unique': true}]
    )
}}

with

unlabelled as (

    select * from {{ ref('stg_prescriptions') }}
    {{ only_touched_patients() }}

),

prescriptions as (

    {{ labelled(
        'unlabelled', 'prescriptions', 'prescription_key',
        lists=[
            ('int_labels_of_drugs', drug_label_columns()),
            ('int_labels_of_reasons', ['reason_code', 'reason_name']),
        ]
    ) }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

with_status as (

    select
        prescriptions.*,
        prescriptions.source_system
        || ':order:' || prescriptions.pharmacy_order_id as pharmacy_order_key,
        case
            when prescriptions.status_code is null then 'not_stated'
            else coalesce(medication_statuses.medication_status_code, 'unknown')
        end as medication_status_code,
        coalesce(medication_statuses.is_stopped, false) as is_status_stopped,
        coalesce(medication_statuses.is_never_given, false) as is_never_given,
        coalesce(upper(prescriptions.drug_type_code), '') in (
            'BASE', 'ADDITIVE'
        ) as is_infusion_component
    from prescriptions
    left join medication_statuses
        on lower(prescriptions.status_code) = medication_statuses.delivered_code

)

select * from with_status
