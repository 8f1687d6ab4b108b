{#-
    Labels of facts: which are kept to those who treat the patient. A mart's column
    `sensitivity` is a sum of bits (access.sensitivity_label); whoever derives a row from
    several facts takes `bit_or` over them, so that a label is never lost on the way.
-#}

{#-
    The rows of a CTE with their labels. `codes` are pairs of columns, a code and its
    system; `names` are texts that are read where no code stands, `always_names` such as
    are always read: a product's code says little of its ingredients.
-#}
{% macro labelled(relation, feed, key, codes=[], names=[], always_names=[]) -%}
    select
        facts.*,
        coalesce(by_hand.sensitivity, 0)
        {%- for code, system in codes %}
        {%- for length in [3, 4, 5, 0] %}
        | coalesce(code_{{ loop.index0 }}_of_{{ code }}.sensitivity, 0)
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
        {%- endfor %} as sensitivity
    from {{ relation }} as facts
    left join {{ ref('int_fact_labels') }} as by_hand
        on
            by_hand.kind_code = '{{ feed }}'
            and facts.patient_key = by_hand.patient_key
            and facts.{{ key }} = by_hand.fact_key
    {%- for code, system in codes %}
    {%- for length in [3, 4, 5, 0] %}
    {%- set alias = 'code_' ~ loop.index0 ~ '_of_' ~ code %}
    left join {{ ref('int_sensitive_codes') }} as {{ alias }}
        on
            {{ alias }}.compared_length = {{ length }}
            and {{ code_system_kind('facts.' ~ system, 'facts.' ~ code) }}
            = {{ alias }}.code_system
            and {{ beginning_of_code('facts.' ~ code, length) }} = {{ alias }}.code
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{% macro beginning_of_code(code, length) -%}
    {%- set plain = "upper(replace(" ~ code ~ ", '.', ''))" -%}
    {%- if length -%} substr({{ plain }}, 1, {{ length }}) {%- else -%} {{ plain }} {%- endif -%}
{%- endmacro %}

{#-
    A code system under the name of the code list. Where none is stated, a code that looks
    like ICD-10 is taken for one: a label too many hides a fact from a stranger, a label
    too few tells it.
-#}
{% macro code_system_kind(system, code) -%}
    case
        when upper({{ system }}) like '%ICD%10%PCS%' then 'ICD-10-PCS'
        when upper({{ system }}) like '%ICD%10%' then 'ICD-10'
        when upper({{ system }}) like '%ICD%9%' then 'ICD-9'
        when upper({{ system }}) like '%SNOMED%' then 'SNOMED'
        when {{ is_loinc(system) }} then 'LOINC'
        when upper({{ system }}) like '%RXNORM%' then 'RxNorm'
        when upper({{ system }}) like '%ATC%' then 'ATC'
        when {{ system }} is null and regexp_like({{ code }}, '^[A-Za-z][0-9]')
            then 'ICD-10'
        when {{ system }} is null and regexp_like({{ code }}, '^[0-9]{1,5}-[0-9]$')
            then 'LOINC'
        when {{ system }} is null and regexp_like({{ code }}, '^[0-9]{6,18}$')
            then 'SNOMED'
    end
{%- endmacro %}

{#- Bits of the labels whose words a text has; 0 for none. -#}
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
