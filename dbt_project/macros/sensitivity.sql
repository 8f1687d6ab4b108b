{#-
    Labels of facts: which are kept to those who treat the patient. A mart's column
    `sensitivity` is a sum of bits (access.sensitivity_label); whoever derives a row from
    several facts takes `bit_or` over them, so that a label is never lost on the way.
-#}

{#-
    The rows of a CTE with their labels. `codes` are pairs, the column of a code and that
    of its system: none where no system is stated, or the system itself in quotes.
    `names` are pairs, a code and a text that is read where the code is missing;
    `always_names` are texts that are always read: a product's code says little of its
    ingredients. `lists` are models in which a `label_key` was read once for all facts that
    say the same, with the columns that the key is made of; a key that is missing there
    has every label.
-#}
{% macro labelled(
    relation, feed, key, codes=[], names=[], always_names=[], lists=[]
) -%}
    select
        facts.*,
        coalesce(by_hand.sensitivity, 0)
        {%- for list, _ in lists %}
        | coalesce({{ list }}.sensitivity, {{ every_label() }})
        {%- endfor %}
        {{ labels_told(codes, names, always_names) }} as sensitivity
    from {{ relation }} as facts
    left join {{ ref('int_fact_labels') }} as by_hand
        on
            by_hand.kind_code = '{{ feed }}'
            and facts.patient_key = by_hand.patient_key
            and facts.{{ key }} = by_hand.fact_key
    {%- for list, columns in lists %}
    left join {{ ref(list) }} as {{ list }}
        on {{ label_key(columns, 'facts.') }} = {{ list }}.label_key
    {%- endfor %}
    {{ lists_of_labels(codes) }}
{%- endmacro %}

{#- The bits that codes and names of `facts` tell, each behind an `or`. -#}
{% macro labels_told(codes, names, always_names) -%}
        {%- for code, system in codes %}
        {%- for length in compared_lengths(system) %}
        | coalesce({{ code }}_by_{{ length }}.sensitivity, 0)
        {%- endfor %}
        {%- endfor %}
        {%- for name in always_names %}
        | {{ sensitivity_of_name('facts.' ~ name) }}
        {%- endfor %}
        {%- for code, name in names %}
        | case
            when facts.{{ code }} is null then {{ sensitivity_of_name('facts.' ~ name) }}
            else 0
        end
        {%- endfor %}
{%- endmacro %}

{#- The joins that `labels_told` reads. -#}
{% macro lists_of_labels(codes) -%}
    {%- for code, system in codes %}
    {%- set kind = code_system_kind(system, code) %}
    {%- for length in compared_lengths(system) %}
    {%- set alias = code ~ '_by_' ~ length %}
    left join {{ ref('int_sensitive_codes') }} as {{ alias }}
        on
            {{ alias }}.compared_length = {{ length }}
            and {{ kind }} = {{ alias }}.code_system
            and {{ beginning_of_code('facts.' ~ code, length) }} = {{ alias }}.code
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{#- What decides a label, as one text. -#}
{% macro label_key(columns, relation='') -%}
    {%- set named = [] -%}
    {%- for column in columns -%} {%- do named.append(relation ~ column) -%} {%- endfor -%}
    {{ joined_texts(named) }}
{%- endmacro %}

{% macro drug_label_columns() -%}
    {{ return(['drug_code', 'code_system', 'drug_name']) }}
{%- endmacro %}

{#- All bits that a label can have. -#}
{% macro every_label() -%} 2147483647 {%- endmacro %}

{#- Beginnings of codes have 3 to 5 characters; 0 stands for the whole. -#}
{% macro compared_lengths(system) -%}
    {{ return([0] if system and system.startswith("'") else [3, 4, 5, 0]) }}
{%- endmacro %}

{% macro beginning_of_code(code, length) -%}
    {%- set plain = "upper(replace(" ~ code ~ ", '.', ''))" -%}
    {%- if length -%} substr({{ plain }}, 1, {{ length }}) {%- else -%} {{ plain }} {%- endif -%}
{%- endmacro %}

{#-
    A code system under the name of the code list. Where none is stated, or none that is
    known, the look of the code decides: a label too many hides a fact from a stranger,
    a label too few tells it.
-#}
{% macro code_system_kind(system_column, code_column) -%}
    {%- set code = 'facts.' ~ code_column -%}
    {%- if system_column and system_column.startswith("'") -%}
        {{ system_column }}
    {%- else -%}
        {%- set system = 'facts.' ~ system_column -%}
        case
            {%- if system_column %}
            when upper({{ system }}) like '%ICD%10%PCS%' then 'ICD-10-PCS'
            when
                upper({{ system }}) like '%ICD%10%'
                or {{ system }} like '%2.16.840.1.113883.6.90'
                then 'ICD-10'
            when
                upper({{ system }}) like '%ICD%9%'
                or {{ system }} like '%2.16.840.1.113883.6.103'
                then 'ICD-9'
            when
                upper({{ system }}) like '%SNOMED%' or upper({{ system }}) = 'SCT'
                then 'SNOMED'
            when {{ is_loinc(system) }} then 'LOINC'
            when
                upper({{ system }}) like '%RXNORM%'
                or {{ system }} like '%2.16.840.1.113883.6.88'
                then 'RxNorm'
            when upper({{ system }}) like '%ATC%' then 'ATC'
            {%- endif %}
            when regexp_like({{ code }}, '^[A-Za-z][0-9]') then 'ICD-10'
            when regexp_like({{ code }}, '^[0-9]{1,5}-[0-9]$') then 'LOINC'
            when regexp_like({{ code }}, '^[0-9]{6,18}$') then 'SNOMED'
        end
    {%- endif -%}
{%- endmacro %}

{#-
    Bits of the labels whose words a text has; 0 for none. Each label takes some 5 us a
    text, so whatever has many facts of few texts reads each text once.
-#}
{% macro sensitivity_of_name(text) -%}
    (
        {%- for bit, words in sensitive_words() %}
        {%- if not loop.first %} | {% endif %}
        case
            when
                regexp_like(
                    lower(coalesce({{ text }}, '')),
                    '(^|[^a-z])({{ words | join("|") }})'
                )
                then {{ bit }}
            else 0
        end
        {%- endfor %}
    )
{%- endmacro %}

{#-
    Beginnings of words that label a fact without a code that says it: ingredients of
    medicines, and names of diagnoses, services and wards. The bits are those of
    access.sensitivity_label; a test holds the two together.
-#}
{% macro sensitive_words() -%}
    {{ return([
        (1, [
            'buprenorphine', 'suboxone', 'subutex', 'sublocade', 'zubsolv', 'methadone',
            'dolophine', 'naltrexone', 'vivitrol', 'disulfiram', 'antabuse',
            'acamprosate', 'campral', 'lofexidine', 'alcohol (abuse|depend|withdraw)',
            'alcoholi(sm|c)', 'opioid (abuse|use disorder|depend)', 'drug (abuse|depend)',
            'substance (abuse|use)', 'addict', 'detox', 'methadone clinic',
        ]),
        (2, [
            'psychiatr', 'behaviou?ral health', 'mental health', 'schizo', 'bipolar',
            'major depress', 'depressive', 'suicid', 'clozapine', 'olanzapine',
            'quetiapine', 'risperidone', 'paliperidone', 'aripiprazole', 'ziprasidone',
            'haloperidol', 'fluphenazine', 'lithium carbonate', 'lurasidone',
            'sertraline', 'fluoxetine', 'citalopram', 'escitalopram', 'paroxetine',
            'venlafaxine', 'duloxetine', 'mirtazapine', 'bupropion',
        ]),
        (4, [
            'hiv( |$|-|,)', 'human immunodeficiency', 'acquired immun', 'zidovudine',
            'lamivudine', 'abacavir', 'emtricitabine', 'tenofovir', 'stavudine',
            'didanosine', 'efavirenz', 'nevirapine', 'rilpivirine', 'etravirine',
            'doravirine', 'raltegravir', 'dolutegravir', 'elvitegravir', 'bictegravir',
            'cabotegravir', 'atazanavir', 'darunavir', 'lopinavir', 'ritonavir',
            'fosamprenavir', 'saquinavir', 'nelfinavir', 'indinavir', 'cobicistat',
            'maraviroc', 'enfuvirtide', 'fostemsavir', 'lenacapavir', 'biktarvy',
            'genvoya', 'descovy', 'truvada', 'triumeq', 'atripla',
        ]),
        (8, ['termination of pregnancy', 'induced abortion', 'mifepristone', 'contracep']),
        (16, ['domestic (abuse|violence)', 'intimate partner', 'sexual assault']),
    ]) }}
{%- endmacro %}
