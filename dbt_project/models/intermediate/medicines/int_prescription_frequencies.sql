{#-
    How often a medicine is taken, from its text, as int_sig_texts reads it, and the number
    that came beside it.

    An order without a text of its own has that of the pharmacy's side of it, where that is
    one.

    An interval below an hour is how soon a dose as needed may be repeated until it works,
    as of nitroglycerin: 288 doses a day are nobody's maximum.

    A number beside a text that says another number is not believed, nor is the text.
    Where the text is not understood the number stands alone; 0 doses a day is what MIMIC-IV
    writes for "less than daily" and for what has no number.
-#}
with

sig_texts as (

    select * from {{ ref('int_sig_texts') }}

),

texts_of_orders as (

    select
        patient_key,
        pharmacy_order_key,
        min(frequency_text) as first_text_of_order,
        max(frequency_text) as last_text_of_order
    from {{ ref('fct_dispenses') }}
    where
        pharmacy_order_key is not null
        and frequency_text is not null
    group by patient_key, pharmacy_order_key

),

prescriptions as (

    select
        orders.patient_key,
        orders.prescription_key,
        orders.doses_per_day as stated_doses_per_day,
        {{ sig_text(
            'coalesce('
            'orders.frequency_text, '
            'case when texts_of_orders.first_text_of_order '
            '= texts_of_orders.last_text_of_order '
            'then texts_of_orders.first_text_of_order end)'
        ) }} as sig_text,
        {{ evaluated_once('text', 'orders.patient_key') }}
    from {{ ref('int_prescriptions_with_status') }} as orders
    left join texts_of_orders
        on
            orders.patient_key = texts_of_orders.patient_key
            and orders.pharmacy_order_key = texts_of_orders.pharmacy_order_key

),

told as (

    select
        prescriptions.patient_key,
        prescriptions.prescription_key,
        prescriptions.sig_text,
        sig_texts.is_understood,
        coalesce(sig_texts.is_as_needed, false) as is_as_needed,
        coalesce(sig_texts.is_single, false) as is_single,
        sig_texts.phrase_refusal_code,
        sig_texts.fewest_doses,
        sig_texts.most_doses,
        sig_texts.sig_doses_count,
        sig_texts.sig_dose_text,
        sig_texts.sig_dose_unit,
        case
            when sig_texts.fewest_doses = sig_texts.most_doses
                then sig_texts.fewest_doses
            when sig_texts.fewest_doses is null and sig_texts.moments_count > 0
                then cast(sig_texts.moments_count as {{ type_decimal() }})
        end as told_doses_per_day,
        nullif(prescriptions.stated_doses_per_day, 0) as number_beside
    from prescriptions
    left join sig_texts
        on prescriptions.sig_text = sig_texts.sig_text

),

refused as (

    select
        *,
        case
            when sig_text is null and number_beside is null then 'no_frequency'
            when sig_text is null then null
            when is_understood and phrase_refusal_code is not null
                then phrase_refusal_code
            when is_understood and is_single then 'single_dose'
            when is_understood and fewest_doses <> most_doses then 'frequency_ambiguous'
            when is_understood and abs(told_doses_per_day - number_beside) > 0.001
                then 'frequency_conflict'
            when
                is_understood
                and is_as_needed
                and coalesce(told_doses_per_day, number_beside) > 24
                then 'prn_without_maximum'
            when is_understood and told_doses_per_day is not null then null
            when is_understood and is_as_needed and number_beside is null
                then 'prn_without_maximum'
            when number_beside is not null then null
            when is_understood then 'no_frequency'
            else 'text_not_understood'
        end as frequency_refusal_code
    from told

)

select
    -- keys
    patient_key,
    prescription_key,

    -- codes
    frequency_refusal_code,
    case
        when frequency_refusal_code is not null then null
        when is_understood and told_doses_per_day is not null then 'text'
        else 'number'
    end as frequency_basis_code,

    -- text
    sig_text,
    case when is_understood and sig_doses_count = 1 then sig_dose_text end
        as sig_dose_text,
    case when is_understood and sig_doses_count = 1 then sig_dose_unit end
        as sig_dose_unit,

    -- numbers
    cast(
        case
            when frequency_refusal_code is not null then null
            when is_understood then coalesce(told_doses_per_day, number_beside)
            else number_beside
        end as decimal(38, 12)
    ) as doses_per_day,

    -- flags
    case
        when sig_text is null then false
        when is_understood then is_as_needed
    end as is_as_needed

from refused
