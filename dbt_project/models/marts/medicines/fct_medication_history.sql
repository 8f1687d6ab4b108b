with

prescriptions as (

    select * from {{ ref('int_prescriptions_with_status') }}
    {{ only_touched_patients() }}

),

dispenses as (

    select * from {{ ref('int_dispenses_counted_by_order') }}
    {{ only_touched_patients() }}

),

replacements as (

    select * from {{ ref('int_prescriptions_replaced') }}
    {{ only_touched_patients() }}

),

encounters as (

    select * from {{ ref('fct_encounters') }}
    {{ only_touched_patients() }}

),

with_supply as (

    select
        -- keys
        prescriptions.prescription_key,
        prescriptions.patient_key,
        prescriptions.encounter_key,
        prescriptions.practitioner_key,
        prescriptions.pharmacy_order_key,
        prescriptions.replaces_prescription_key,
        replacements.replaced_by_prescription_key,

        -- codes
        prescriptions.drug_code,
        prescriptions.code_system,
        prescriptions.ndc_code,
        prescriptions.drug_type_code,
        prescriptions.route_code,
        prescriptions.medication_status_code,
        prescriptions.status_code as delivered_status_code,
        prescriptions.reason_code,
        case
            when
                coalesce(on_prescription.supply_ends_at, on_order.supply_ends_at)
                is not null
                then 'dispensed'
            when prescriptions.days_supply is not null then 'prescribed'
            when prescriptions.dispenses_count > 0 then 'fill_count'
            else 'unknown'
        end as supply_basis,

        -- names
        prescriptions.drug_name,
        prescriptions.strength_text,
        prescriptions.dose_text,
        prescriptions.dose_unit,
        prescriptions.frequency_text,
        prescriptions.change_reason_name,
        prescriptions.reason_name,
        prescriptions.alerts_overridden,
        prescriptions.override_reason_name,

        -- numbers
        prescriptions.doses_per_day,
        prescriptions.quantity,
        prescriptions.days_supply,
        prescriptions.refills_allowed,
        prescriptions.dispenses_count as stated_dispenses_count,
        coalesce(on_prescription.dispenses_count, on_order.dispenses_count, 0)
            as dispenses_count,
        coalesce(on_prescription.days_supply_total, on_order.days_supply_total)
            as days_supply_total,

        -- flags
        prescriptions.is_infusion_component,
        prescriptions.is_never_given,
        prescriptions.is_status_stopped,
        prescriptions.ended_at is not null or prescriptions.is_status_stopped
            as is_stop_stated,
        coalesce(
            encounters.is_inpatient
            or encounters.encounter_class_code = 'observation',
            false
        ) as is_inpatient_order,
        coalesce(prescriptions.ended_at < prescriptions.started_at, false)
            as has_time_conflict,
        coalesce(prescriptions.sensitivity, 0)
        | coalesce(on_prescription.sensitivity, on_order.sensitivity, 0)
            as sensitivity,

        -- times
        prescriptions.started_at,
        prescriptions.ended_at,
        replacements.replaced_at,
        encounters.ended_at as encounter_ended_at,
        coalesce(on_prescription.first_dispensed_at, on_order.first_dispensed_at)
            as first_dispensed_at,
        coalesce(on_prescription.last_dispensed_at, on_order.last_dispensed_at)
            as last_dispensed_at,
        coalesce(
            on_prescription.supply_ends_at,
            on_order.supply_ends_at,
            prescriptions.started_at
            + {{ believable_supply(
                'prescriptions.days_supply * greatest(prescriptions.dispenses_count, 1)'
            ) }} * interval '1 day',
            prescriptions.started_at
            + {{ believable_supply('nullif(prescriptions.dispenses_count, 0)') }}
            * interval '{{ var("months_per_fill") }} month'
        ) as supply_ends_at,

        -- provenance
        prescriptions.source_system,
        prescriptions.known_from,
        prescriptions.delivery_id,
        prescriptions.file_id,
        prescriptions.line_number

    from prescriptions
    left join dispenses as on_prescription
        on
            prescriptions.patient_key = on_prescription.patient_key
            and prescriptions.prescription_key = on_prescription.order_key
    left join dispenses as on_order
        on
            prescriptions.patient_key = on_order.patient_key
            and prescriptions.pharmacy_order_key = on_order.order_key
            and on_prescription.order_key is null
    left join replacements
        on
            prescriptions.patient_key = replacements.patient_key
            and prescriptions.prescription_key = replacements.prescription_key
    left join encounters
        on
            prescriptions.patient_key = encounters.patient_key
            and prescriptions.encounter_key = encounters.encounter_key

)

select * from with_supply
