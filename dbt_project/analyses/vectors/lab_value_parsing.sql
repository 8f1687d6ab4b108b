with

trimmed as (

    select
        id,
        {{ clean_text('raw') }} as value_text
    from vector_rows

),

result_words as (

    select * from {{ ref('result_words') }}

),

normalized as (

    select
        *,
        {{ decimal_comma_as_point(normalized_value('value_text')) }} as normalized_text
    from trimmed

),

classified as (

    select
        normalized.*,
        coalesce(
            result_words.value_kind_code,
            {{ value_kind('normalized.normalized_text') }}
        ) as value_kind
    from normalized
    left join result_words
        on lower(normalized.value_text) = result_words.result_word

),

parsed as (

    select
        *,
        case
            when value_kind in ('numeric', 'numeric_with_flag', 'titer')
                then {{ value_comparator('normalized_text') }}
        end as comparator,
        case
            when value_kind in ('numeric', 'numeric_with_flag')
                then {{ value_as_number('normalized_text') }}
        end as number
    from classified

)

select
    id,
    comparator as expected_comparator,
    case value_kind
        when 'missing' then null
        when 'range' then regexp_replace(normalized_text, ' *(-|to) *', '..')
        when 'titer' then regexp_replace(normalized_text, '^([<>]=?)? *', '')
        else coalesce(cast(number as {{ dbt.type_string() }}), value_text)
    end as expected_value,
    value_kind as expected_kind,
    case when value_kind = 'numeric' and comparator is null then 1 else 0 end
        as plain_number_usable_in_mean
from parsed
