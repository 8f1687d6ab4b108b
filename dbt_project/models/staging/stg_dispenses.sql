with

current_versions as (

    {{ current_versions('dispenses') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as dispense_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('prescription_id') }} as prescription_key,

        -- codes and text
        {{ clean_text('pharmacy_order_id') }} as pharmacy_order_id,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        {{ clean_text('status_code') }} as status_code,
        {{ clean_text('route_code') }} as route_code,
        {{ clean_text('frequency_text') }} as frequency_text,
        {{ clean_text('pharmacy_name') }} as pharmacy_name,

        -- numbers
        doses_per_day,
        quantity,
        days_supply,
        refill_number,

        -- times
        dispensed_at,
        started_at,
        ended_at,

        -- provenance
        source_system,
        record_id,
        version_at,
        known_from,
        delivery_id,
        file_id,
        line_number

    from current_versions

)

select * from typed
