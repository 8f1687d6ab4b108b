{#-
    CTE `by_ingredient`: the ingredients of each medicine of CTE `drugs`, which its
    `delivered_drug_key` tells apart; a row per naming and ingredient, at least one per
    naming. What decides, in this order:

    1. `source`: the source's own list of codes (local_codes) names an RxNorm code.
    2. `code`: RxNorm, NDC, or the first of the generic sequence numbers.
    3. `text`: the name as a whole; else each of its parts between ` / ` alone. A part's
       name ends before its first number; words of forms, then of salts are left out until
       the rest is a known name. What is left over is never ignored: `calcium gluconate`
       is no calcium, and an unknown word leaves the part unmapped.
    4. `unmapped`: without an ingredient, kept and counted.
-#}
{% macro drug_ingredients(drugs) -%}
known_drugs as (

    select * from {{ ref('int_known_drugs') }}

),

known_keys as (

    select distinct drug_key from known_drugs

),

local_codes as (

    select
        source_system,
        lower(code_list) as code_list,
        local_code,
        max(rxnorm_code) as rxnorm_code
    from {{ ref('stg_local_codes') }}
    where rxnorm_code is not null
    group by source_system, lower(code_list), local_code

),

name_words as (

    select * from {{ ref('drug_name_words') }}

),

part_places as (
    {{ numbers_to(drug_parts_read()) }}
),

word_places as (
    {{ numbers_to(drug_words_read()) }}
),

with_text as (

    select
        *,
        {{ drug_text('drug_name') }} as drug_text,
        {{ evaluated_once('text', 'delivered_drug_key') }}
    from {{ drugs }}

),

with_keys as (

    select
        with_text.*,
        by_source.drug_key as key_by_source,
        coalesce(by_code.drug_key, by_ndc.drug_key, by_gsn.drug_key) as key_by_code,
        by_name.drug_key as key_by_name,
        {{ evaluated_once('keys', 'with_text.delivered_drug_key') }}
    from with_text
    left join local_codes
        on
            with_text.source_system = local_codes.source_system
            and lower(with_text.code_system) = local_codes.code_list
            and with_text.drug_code = local_codes.local_code
    left join known_keys as by_source
        on 'RxNorm:' || local_codes.rxnorm_code = by_source.drug_key
    left join known_keys as by_code
        on
            {{ drug_code_system('with_text.code_system') }}
            || ':'
            || replace(with_text.drug_code, '-', '') = by_code.drug_key
    left join known_keys as by_ndc
        on 'NDC:' || replace(with_text.ndc_code, '-', '') = by_ndc.drug_key
    left join known_keys as by_gsn
        on 'GSN:' || split_part(trim(with_text.gsn_code), ' ', 1) = by_gsn.drug_key
    left join known_keys as by_name
        on 'name:' || with_text.drug_text = by_name.drug_key

),

with_plain_text as (

    select
        *,
        coalesce(key_by_source, key_by_code, key_by_name) as first_key,
        case
            when coalesce(key_by_source, key_by_code, key_by_name) is null
                then {{ without_remarks('drug_text') }}
        end as plain_text,
        {{ evaluated_once('plain_text', 'delivered_drug_key') }}
    from with_keys

),

resolved_as_a_whole as (

    select
        with_plain_text.*,
        coalesce(with_plain_text.first_key, by_plain_name.drug_key) as whole_key,
        {{ evaluated_once('whole', 'with_plain_text.delivered_drug_key') }}
    from with_plain_text
    left join known_keys as by_plain_name
        on 'name:' || with_plain_text.plain_text = by_plain_name.drug_key

),

in_parts as (

    select
        resolved_as_a_whole.*,
        part_places.place as part_place,
        trim(split_part(
            split_part(resolved_as_a_whole.plain_text, ' / ', part_places.place), '[', 1
        )) as part_text,
        {{ evaluated_once('part', 'resolved_as_a_whole.delivered_drug_key') }}
    from resolved_as_a_whole
    inner join part_places
        on
            part_places.place = 1
            or (
                resolved_as_a_whole.whole_key is null
                and split_part(
                    resolved_as_a_whole.plain_text, ' / ', part_places.place
                ) <> ''
            )

),

in_words as (

    select
        in_parts.*,
        word_places.place as word_place,
        split_part(in_parts.part_text, ' ', word_places.place) as word,
        substr(split_part(in_parts.part_text, ' ', word_places.place), 1, 1) in (
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'
        ) as is_number,
        {{ evaluated_once('word', 'in_parts.delivered_drug_key') }}
    from in_parts
    inner join word_places
        on
            word_places.place = 1
            or (
                in_parts.whole_key is null
                and split_part(in_parts.part_text, ' ', word_places.place) <> ''
            )

),

with_word_kind as (

    select
        in_words.*,
        case
            when in_words.is_number then 'number'
            when in_words.word like 'nda0%' then 'qualifier'
            else coalesce(name_words.word_kind_code, 'name')
        end as word_kind_code
    from in_words
    left join name_words
        on in_words.word = name_words.word

),

with_begin as (

    select
        *,
        min(case
            when word_kind_code not in ('number', 'unit', 'qualifier') then word_place
        end) over (partition by delivered_drug_key, part_place) as begins_at,
        case
            when word_kind_code = 'number'
                then lead(case when word_kind_code = 'unit' then word end) over (
                    partition by delivered_drug_key, part_place
                    order by word_place
                )
        end as unit_behind
    from with_word_kind

),

with_end as (

    select
        *,
        coalesce(
            min(case
                when word_kind_code = 'number' and word_place > begins_at
                    then word_place
            end) over (partition by delivered_drug_key, part_place),
            {{ drug_words_read() + 1 }}
        ) as ends_before
    from with_begin

),

names_of_parts as (

    select
        delivered_drug_key,
        part_place,
        max(whole_key) as whole_key,
        max(case
            when key_by_source is not null then 'source'
            when key_by_code is not null then 'code'
            else 'text'
        end) as method_if_found,
        max(drug_type_code) as drug_type_code,
        max(drug_text || ' ' || coalesce(strength_text, '')) as text_with_form,
        {{ words_joined('word_place >= begins_at and word_place < ends_before') }}
            as full_name,
        {{ words_joined(
            "word_place >= begins_at and word_place < ends_before"
            " and word_kind_code in ('name', 'salt')"
        ) }} as name_with_salt,
        {{ words_joined(
            "word_place >= begins_at and word_place < ends_before"
            " and word_kind_code = 'name'"
        ) }} as name_alone,
        max(case when word_place >= ends_before then unit_behind end) as unit_in_text,
        max(case
            when
                word_place >= ends_before
                and unit_behind is not null
                and regexp_like(word, '^[0-9]+([.][0-9]+)?$')
                then cast(word as {{ type_decimal() }})
        end) as strength_in_text,
        count(case
            when word_place >= ends_before and unit_behind is not null then 1
        end) as strengths_in_text
    from with_end
    group by delivered_drug_key, part_place

),

with_part_key as (

    select
        names_of_parts.*,
        coalesce(
            names_of_parts.whole_key,
            by_full_name.drug_key,
            by_name_with_salt.drug_key,
            by_name_alone.drug_key
        ) as drug_key
    from names_of_parts
    left join known_keys as by_full_name
        on 'name:' || names_of_parts.full_name = by_full_name.drug_key
    left join known_keys as by_name_with_salt
        on 'name:' || names_of_parts.name_with_salt = by_name_with_salt.drug_key
    left join known_keys as by_name_alone
        on 'name:' || names_of_parts.name_alone = by_name_alone.drug_key

),

mapped as (

    select
        with_part_key.delivered_drug_key,
        with_part_key.part_place,
        known_drugs.ingredient_name,
        known_drugs.ingredient_rxcui,
        known_drugs.atc_code,
        case
            when known_drugs.ingredient_name is null then 'unmapped'
            else with_part_key.method_if_found
        end as mapping_method,
        case
            when known_drugs.drug_kind_code is null then 'unknown'
            when known_drugs.drug_kind_code <> 'fluid' then known_drugs.drug_kind_code
            when upper(with_part_key.drug_type_code) = 'BASE' then 'diluent'
            else 'medicine'
        end as drug_kind_code,
        coalesce(
            known_drugs.strength_value,
            case
                when with_part_key.strengths_in_text = 1
                    then with_part_key.strength_in_text
            end
        ) as strength_value,
        coalesce(
            known_drugs.strength_unit,
            case
                when
                    with_part_key.strengths_in_text = 1
                    and with_part_key.strength_in_text is not null
                    then with_part_key.unit_in_text
            end
        ) as strength_unit,
        coalesce(
            known_drugs.dose_form_code,
            case
                when known_drugs.ingredient_name is not null
                    then {{ dose_form_of('with_part_key.text_with_form') }}
            end
        ) as dose_form_code
    from with_part_key
    left join known_drugs
        on with_part_key.drug_key = known_drugs.drug_key

),

by_ingredient as (

    select
        delivered_drug_key,
        ingredient_name,
        min(ingredient_rxcui) as ingredient_rxcui,
        min(atc_code) as atc_code,
        min(mapping_method) as mapping_method,
        min(drug_kind_code) as drug_kind_code,
        case
            when
                count(strength_value) = count(*)
                and min(strength_unit) = max(strength_unit)
                then sum(strength_value)
        end as strength_value,
        case
            when
                count(strength_value) = count(*)
                and min(strength_unit) = max(strength_unit)
                then min(strength_unit)
        end as strength_unit,
        min(dose_form_code) as dose_form_code
    from mapped
    group by delivered_drug_key, ingredient_name

)
{%- endmacro %}

{#- A code system by its name in the list of codes; any name that a source gives it. -#}
{% macro drug_code_system(column) -%}
    case
        when
            upper({{ column }}) like '%RXNORM%'
            or {{ column }} like '%2.16.840.1.113883.6.88'
            then 'RxNorm'
        when
            upper({{ column }}) like '%NDC%'
            or {{ column }} like '%2.16.840.1.113883.6.69'
            then 'NDC'
        when upper({{ column }}) = 'GSN' then 'GSN'
    end
{%- endmacro %}
