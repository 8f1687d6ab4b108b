with

current_versions as (

    {{ current_versions('payments') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as payment_key,
        patient_key,
        {{ fact_key('claim_id') }} as claim_key,

        -- codes and text
        lower({{ clean_text('payment_type_code') }}) as payment_type_code,
        lower({{ clean_text('payer_type_code') }}) as payer_type_code,
        lower({{ clean_text('method_code') }}) as method_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('reason_name') }} as reason_name,
        {{ clean_text('currency_code') }} as currency_code,

        -- numbers
        amount,

        -- times
        paid_at,

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
