{#-
    What each text of how often a medicine is taken says, read once for all orders that say
    it alike. A text is read whole, or as the longest phrases of seed sig_phrases that it is
    made of, from left to right. A word that belongs to none of them is never passed over:
    `BID except Mondays` is not understood. What stands behind "as needed" is its reason,
    not read.
-#}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        post_hook='{{ refresh_statistics() }}'
    )
}}

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

delivered as (

    select distinct frequency_text
    from {{ source('persons', 'prescriptions') }}
    {{ of_texts_not_read() }}

    union distinct

    select distinct frequency_text
    from {{ source('persons', 'dispenses') }}
    {{ of_texts_not_read() }}

),

spelled_alike as (

    select distinct {{ sig_text(clean_text('frequency_text')) }} as sig_text
    from delivered
    where {{ clean_text('frequency_text') }} is not null

),

texts as (

    select sig_text
    from spelled_alike
    {{ not_listed_yet('sig_text') }}

),

read_as_a_whole as (

    select
        texts.*,
        sig_phrases.phrase as whole_phrase,
        {{ evaluated_once('whole', 'texts.sig_text') }}
    from texts
    left join sig_phrases
        on texts.sig_text = sig_phrases.phrase

),

in_words as (

    select
        read_as_a_whole.*,
        word_places.place as begins_at,
        split_part(read_as_a_whole.sig_text, ' ', word_places.place) as word,
        {{ evaluated_once('word', 'read_as_a_whole.sig_text') }}
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
            'partition by sig_text order by begins_at'
        ) }},
        count(*) over (partition by sig_text) as words_count
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
            partition by sig_text
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
        end) over (partition by sig_text) as as_needed_ends_at
    from with_earlier_end

),

counted as (

    select
        sig_text,
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
        cast(min(case
            when is_kept and phrase_kind_code = 'frequency'
                then doses_count / period_days
        end) as decimal(38, 12)) as fewest_doses,
        cast(max(case
            when is_kept and phrase_kind_code = 'frequency'
                then doses_count / period_days
        end) as decimal(38, 12)) as most_doses,
        count(case when is_kept and sig_unit is not null then 1 end) as sig_doses_count,
        max(case when is_kept and sig_unit is not null then word end) as sig_dose_text,
        max(case when is_kept then sig_unit end) as sig_dose_unit
    from kept
    group by sig_text

)

select * from counted
