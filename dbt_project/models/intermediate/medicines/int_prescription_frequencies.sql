{#-
    How often a medicine is taken, from its text and the number that came beside it. A text
    is read whole, or as the longest phrases of seed sig_phrases that it is made of, from
    left to right. A word that belongs to none of them is never passed over: `BID except
    Mondays` is not understood. What stands behind "as needed" is its reason, not read.

    An order without a text of its own has that of the pharmacy's side of it, where that is
    one.

    An interval below an hour is how soon a dose as needed may be repeated until it works,
    as of nitroglycerin: 288 doses a day are nobody's maximum.

    A number beside a text that says another number is not believed, nor is the text.
    Where the text is not understood the number stands alone; 0 doses a day is what MIMIC-IV
    writes for "less than daily" and for what has no number.
-#}
with

sig_phrases as (

    select * from {{ ref('sig_phrases') }}

),

dose_units as (

    select * from {{ ref('dose_units') }}

),

word_places as (
    {{ numbers_to(sig_words_read()) }}
),

phrase_lengths as (
    {{ numbers_to(sig_phrase_words()) }}
),

prescriptions_and_pharmacy_orders as (

    select
        patient_key,
        prescription_key,
        source_system,
        pharmacy_order_id,
        frequency_text,
        doses_per_day
    from {{ ref('stg_prescriptions') }}

    union all

    select
        patient_key,
        cast(null as {{ dbt.type_string() }}) as prescription_key,
        source_system,
        pharmacy_order_id,
        frequency_text,
        cast(null as {{ type_decimal() }}) as doses_per_day
    from {{ ref('stg_dispenses') }}
    where
        pharmacy_order_id is not null
        and frequency_text is not null

),

with_text_of_order as (

    select
        *,
        min(case when prescription_key is null then frequency_text end) over (
            partition by patient_key, source_system, pharmacy_order_id
        ) as first_text_of_order,
        max(case when prescription_key is null then frequency_text end) over (
            partition by patient_key, source_system, pharmacy_order_id
        ) as last_text_of_order
    from prescriptions_and_pharmacy_orders

),

prescriptions as (

    select
        patient_key,
        prescription_key,
        doses_per_day as stated_doses_per_day,
        {{ sig_text(
            'coalesce('
            'frequency_text, '
            'case when first_text_of_order = last_text_of_order '
            'and pharmacy_order_id is not null then first_text_of_order end)'
        ) }} as sig_text,
        {{ evaluated_once('text') }}
    from with_text_of_order
    where prescription_key is not null

),

read_as_a_whole as (

    select
        prescriptions.*,
        sig_phrases.phrase as whole_phrase,
        {{ evaluated_once('whole', 'prescriptions.patient_key') }}
    from prescriptions
    left join sig_phrases
        on prescriptions.sig_text = sig_phrases.phrase

),

in_words as (

    select
        read_as_a_whole.*,
        word_places.place as begins_at,
        split_part(read_as_a_whole.sig_text, ' ', word_places.place) as word,
        {{ evaluated_once('word', 'read_as_a_whole.patient_key') }}
    from read_as_a_whole
    inner join word_places
        on
            word_places.place = 1
            or (
                read_as_a_whole.whole_phrase is null
                and split_part(read_as_a_whole.sig_text, ' ', word_places.place) <> ''
            )

),

with_next_words as (

    select
        *,
        {{ next_words(
            'partition by patient_key, prescription_key order by begins_at'
        ) }},
        count(*) over (partition by patient_key, prescription_key) as words_count
    from in_words

),

spans as (

    select
        with_next_words.*,
        phrase_lengths.place as span_length,
        coalesce(
            with_next_words.whole_phrase,
            {{ words_from_here('phrase_lengths.place') }}
        ) as span_text
    from with_next_words
    inner join phrase_lengths
        on
            phrase_lengths.place = 1
            or with_next_words.whole_phrase is null

),

matched as (

    select
        spans.*,
        sig_phrases.phrase_kind_code,
        sig_phrases.doses_count,
        sig_phrases.period_days,
        sig_phrases.refusal_code,
        dose_units.delivered_unit as sig_unit,
        coalesce(sig_phrases.phrase, dose_units.delivered_unit) is not null as is_read
    from spans
    left join sig_phrases
        on spans.span_text = sig_phrases.phrase
    left join dose_units
        on
            spans.span_length = 2
            and spans.whole_phrase is null
            and regexp_like(spans.word, '^[0-9]')
            and spans.word_2 = dose_units.delivered_unit

),

with_earlier_end as (

    select
        *,
        max(case when is_read then begins_at + span_length - 1 end) over (
            partition by patient_key, prescription_key
            order by begins_at asc, span_length desc
            rows between unbounded preceding and 1 preceding
        ) as earlier_end
    from matched

),

kept as (

    select
        *,
        is_read and begins_at > coalesce(earlier_end, 0) as is_kept,
        min(case
            when
                phrase_kind_code = 'as_needed'
                and begins_at > coalesce(earlier_end, 0)
                then begins_at + span_length - 1
        end) over (partition by patient_key, prescription_key) as as_needed_ends_at
    from with_earlier_end

),

counted as (

    select
        patient_key,
        prescription_key,
        max(sig_text) as sig_text,
        max(stated_doses_per_day) as stated_doses_per_day,
        case
            when max(whole_phrase) is not null then true
            when max(as_needed_ends_at) is null
                then
                    max(words_count) < {{ sig_words_read() }}
                    and sum(case when is_kept then span_length else 0 end)
                    = max(words_count)
            else
                sum(case
                    when is_kept and begins_at <= as_needed_ends_at then span_length
                    else 0
                end) = max(as_needed_ends_at)
        end as is_understood,
        count(case when is_kept and phrase_kind_code = 'as_needed' then 1 end) > 0
            as is_as_needed,
        count(case when is_kept and phrase_kind_code = 'single' then 1 end) > 0
            as is_single,
        count(distinct case
            when is_kept and phrase_kind_code = 'moment' then span_text
        end) as moments_count,
        min(case when is_kept and phrase_kind_code = 'refusal' then refusal_code end)
            as phrase_refusal_code,
        min(case
            when is_kept and phrase_kind_code = 'frequency'
                then doses_count / period_days
        end) as fewest_doses,
        max(case
            when is_kept and phrase_kind_code = 'frequency'
                then doses_count / period_days
        end) as most_doses,
        count(case when is_kept and sig_unit is not null then 1 end) as sig_doses_count,
        max(case when is_kept and sig_unit is not null then word end) as sig_dose_text,
        max(case when is_kept then sig_unit end) as sig_dose_unit
    from kept
    group by patient_key, prescription_key

),

told as (

    select
        *,
        case
            when fewest_doses = most_doses then fewest_doses
            when fewest_doses is null and moments_count > 0
                then cast(moments_count as {{ type_decimal() }})
        end as told_doses_per_day,
        nullif(stated_doses_per_day, 0) as number_beside
    from counted

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
