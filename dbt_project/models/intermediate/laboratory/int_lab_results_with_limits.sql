{#-
    The limits that apply to a result: the site's range of the patient's sex and age in
    force on the day of collection, else the default range of the patient's sex and age;
    and critical limits, likewise; each only in its own unit. Critical limits can only
    warn. So they also apply where nobody knows whether the patient is an adult, and
    some of them to children of one year and older; never to infants, whose usual values
    lie elsewhere. A result without unit meets limits without dimension, such as an INR.
    Limits of blood never meet a specimen named as another material, whatever code it
    came under: a creatinine of 1.0 is usual in serum and none in urine.

    Where the sex is not known, the site's rows of women and men must both hold, and its
    critical limits be the same. Where only the year of birth is known, a row must hold
    for both ages that the patient may have had.
-#}
{%- set warns -%}
    with_children.unit_to_compare = lab_limits.critical_unit
            and (
                coalesce(with_children.is_adult, true)
                or (
                    coalesce(with_children.is_one_or_older, true)
                    and lab_limits.is_for_children
                )
            )
{%- endset -%}
with

lab_results as (

    select * from {{ ref('int_lab_results_coded') }}

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

lab_limits as (

    select * from {{ ref('int_lab_limits') }}

),

site_limits as (

    select * from {{ ref('int_site_limits') }}

),

child_limits as (

    select * from {{ ref('int_child_limits') }}

),

with_patient as (

    select
        lab_results.*,
        patients.known_sex_code,
        case
            when lab_results.shown_unit is null then '1'
            else lab_results.comparable_unit
        end as unit_to_compare,
        {%- for years, name in [(18, 'is_adult'), (1, 'is_one_or_older')] %}
            case
                when patients.birth_date is not null
                    then {{ age_in_years(
                        'patients.birth_date', local_date('lab_results.collected_at')
                    ) }} >= {{ years }}
                when
                    date_part('year', {{ local_date('lab_results.collected_at') }})
                    - patients.birth_year <> {{ years }}
                    then
                        date_part('year', {{ local_date('lab_results.collected_at') }})
                        - patients.birth_year > {{ years }}
            end as {{ name }},
        {%- endfor %}
        {{ local_date('lab_results.collected_at') }} as collected_on,
        patients.birth_date,
        patients.birth_year,
        {{ is_not_blood('lab_results.shown_specimen_name') }} as is_not_blood,
        {{ evaluated_once('patient', 'lab_results.patient_key') }}
    from lab_results
    left join patients
        on lab_results.patient_key = patients.patient_key

),

with_ages as (

    select
        *,
        coalesce(
            {{ age_in_years('birth_date', 'collected_on') }},
            cast(date_part('year', collected_on) as integer) - birth_year - 1
        ) as age_at_least,
        coalesce(
            {{ age_in_years('birth_date', 'collected_on') }},
            cast(date_part('year', collected_on) as integer) - birth_year
        ) as age_at_most
    from with_patient

),

with_site as (

    select
        with_ages.*,
        coalesce(
            case
                when with_ages.known_sex_code = 'female' then site_female.has_range
                when with_ages.known_sex_code = 'male' then site_male.has_range
                else site_female.has_range and site_male.has_range
            end,
            false
        ) as is_site_range,
        {%- for side in ['low', 'high'] %}
            case
                when with_ages.known_sex_code = 'female'
                    then site_female.critical_{{ side }}
                when with_ages.known_sex_code = 'male'
                    then site_male.critical_{{ side }}
                when
                    site_female.critical_{{ side }} = site_male.critical_{{ side }}
                    and site_female.includes_critical_{{ side }}
                    = site_male.includes_critical_{{ side }}
                    then site_female.critical_{{ side }}
            end as site_critical_{{ side }},
            case
                when with_ages.known_sex_code = 'male'
                    then site_male.includes_critical_{{ side }}
                else site_female.includes_critical_{{ side }}
            end as includes_site_critical_{{ side }},
        {%- endfor %}
        coalesce(site_female.unit_ucum, site_male.unit_ucum) as site_unit_ucum,
        case
            when with_ages.known_sex_code = 'male' then site_male.source_name
            else site_female.source_name
        end as site_source_name,
        site_female.includes_high as site_female_includes_high,
        site_male.includes_high as site_male_includes_high,
        site_female.reference_low as site_female_low,
        site_female.reference_high as site_female_high,
        site_male.reference_low as site_male_low,
        site_male.reference_high as site_male_high
    from with_ages
    left join site_limits as site_female
        on {{ holds_for('site_female', 'female', 'with_ages') }}
    left join site_limits as site_male
        on {{ holds_for('site_male', 'male', 'with_ages') }}

),

with_children as (

    select
        with_site.*,
        child_limits.analyte_code is not null as is_child_range,
        child_limits.unit_ucum as child_unit_ucum,
        child_limits.source_name as child_source_name,
        child_limits.female_low as child_female_low,
        child_limits.female_high as child_female_high,
        child_limits.male_low as child_male_low,
        child_limits.male_high as child_male_high
    from with_site
    left join child_limits
        on
            with_site.analyte_code = child_limits.analyte_code
            and with_site.unit_to_compare = child_limits.comparable_unit
            and with_site.age_at_least >= child_limits.age_from_years
            and with_site.age_at_most < child_limits.age_until_years
            and not with_site.is_adult
            and not with_site.is_not_blood
            and not with_site.is_site_range

),

with_limits as (

    select
        with_children.*,
        case
            when with_children.is_site_range or with_children.is_child_range
                then with_children.unit_to_compare
            else lab_limits.range_unit
        end as range_unit,
        case
            when with_children.is_site_range then with_children.site_unit_ucum
            when with_children.is_child_range then with_children.child_unit_ucum
            else lab_limits.range_unit_ucum
        end as range_unit_ucum,
        coalesce(with_children.child_source_name, lab_limits.range_source_name)
            as range_source_name,
        lab_limits.critical_source_name,
        case
            when with_children.is_child_range then true
            when not with_children.is_site_range then lab_limits.includes_high
            when with_children.known_sex_code = 'female'
                then with_children.site_female_includes_high
            when with_children.known_sex_code = 'male'
                then with_children.site_male_includes_high
            else
                with_children.site_female_includes_high
                and with_children.site_male_includes_high
        end as includes_high,
        case
            when not (with_children.is_site_range or with_children.is_child_range)
                then lab_limits.doubtful_below
        end as doubtful_below,
        {%- for limit in ['female_low', 'female_high', 'male_low', 'male_high'] %}
            case
                when with_children.is_site_range then with_children.site_{{ limit }}
                when with_children.is_child_range then with_children.child_{{ limit }}
                else lab_limits.{{ limit }}
            end as {{ limit }},
        {%- endfor %}
        {%- for side in ['low', 'high'] %}
            case
                when with_children.site_critical_{{ side }} is not null
                    then with_children.site_critical_{{ side }}
                when {{ warns }} then lab_limits.critical_{{ side }}
            end as critical_{{ side }},
            case
                when with_children.site_critical_{{ side }} is not null
                    then with_children.includes_site_critical_{{ side }}
                else coalesce(lab_limits.includes_critical_{{ side }}, false)
            end as includes_critical_{{ side }},
        {%- endfor %}
        with_children.is_site_range
        or with_children.is_child_range
        or coalesce(with_children.unit_to_compare = lab_limits.range_unit, false)
            as is_range_unit,
        coalesce(
            with_children.site_critical_low, with_children.site_critical_high
        ) is not null as is_site_critical
    from with_children
    left join lab_limits
        on
            with_children.analyte_code = lab_limits.analyte_code
            and (
                not with_children.is_not_blood
                or coalesce(lab_limits.is_of_other_material, false)
            )

)

select * from with_limits
