{#-
    What a delivered value is. Only a bare number may enter means, trends and deltas; a
    number with a comparator is an interval; a range, a titer and words are no numbers.

    A source may state a number beside the text. It counts where the text is missing or
    masked (`___`); where the text is another number the two contradict each other, and
    neither is used.
-#}
with

lab_results as (

    select * from {{ ref('stg_lab_results') }}

),

result_words as (

    select * from {{ ref('result_words') }}

),

normalized as (

    select
        *,
        {{ decimal_comma_as_point(normalized_value('value_text')) }} as normalized_text,
        lower(value_text) as result_word,
        {{ evaluated_once('normalized') }}
    from lab_results

),

classified as (

    select
        normalized.*,
        coalesce(
            result_words.value_kind_code,
            {{ value_kind('normalized.normalized_text') }}
        ) as text_kind,
        {{ evaluated_once('classified', 'normalized.patient_key') }}
    from normalized
    left join result_words
        on normalized.result_word = result_words.result_word

),

with_text_number as (

    select
        *,
        case
            when text_kind in ('numeric', 'numeric_with_flag')
                then {{ value_as_number('normalized_text') }}
        end as text_number,
        case
            when text_kind in ('numeric', 'numeric_with_flag', 'titer')
                then {{ value_comparator('normalized_text') }}
        end as comparator,
        coalesce(
            laboratory_flag,
            case
                when text_kind = 'numeric_with_flag'
                    then {{ value_flag('normalized_text') }}
            end
        ) as stated_flag,
        {{ evaluated_once('number') }}
    from classified

),

parsed as (

    select
        *,
        case
            when text_kind = 'missing' and value_number is not null then 'numeric'
            else text_kind
        end as value_kind,
        coalesce(text_number <> value_number, false) as is_contradicted,
        case
            when text_number <> value_number then null
            when text_kind = 'missing' then value_number
            else text_number
        end as parsed_number
    from with_text_number

)

select * from parsed
