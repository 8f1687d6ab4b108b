{#- Anion gap in mmol/L. -#}
{% macro anion_gap(sodium, chloride, bicarbonate) -%}
    {{ sodium }} - ({{ chloride }} + {{ bicarbonate }})
{%- endmacro %}

{#-
    Anion gap for an albumin of 4 g/dL: each g/dL less hides 2.5 mmol/L (Figge, Crit Care
    Med 1998;26:1807).
-#}
{% macro anion_gap_for_albumin(sodium, chloride, bicarbonate, albumin_g_dl) -%}
    {{ anion_gap(sodium, chloride, bicarbonate) }} + 2.5 * (4.0 - {{ albumin_g_dl }})
{%- endmacro %}

{#- Albumin in g/dL; null in a unit that is neither. -#}
{% macro albumin_g_dl(number, unit) -%}
    case {{ unit }}
        when 'g/dL' then {{ number }}
        when 'g/L' then {{ number }} / 10.0
    end
{%- endmacro %}

{#-
    Calcium for an albumin of 4 g/dL, in the calcium's own unit (Payne, BMJ 1973;4:643).
    An ionized calcium, where there is one, says more.
-#}
{% macro corrected_calcium(calcium, calcium_unit, albumin_g_dl) -%}
    case {{ calcium_unit }}
        when 'mg/dL' then {{ calcium }} + 0.8 * (4.0 - {{ albumin_g_dl }})
        when 'mmol/L' then {{ calcium }} + 0.2 * (4.0 - {{ albumin_g_dl }})
    end
{%- endmacro %}

{#-
    Fibrosis of the liver, FIB-4 (Sterling, Hepatology 2006;43:1317), unrounded: age,
    enzymes in U/L, platelets in 10*9/L.
-#}
{% macro fib4(age_years, ast, alt, platelets) -%}
    case
        when {{ alt }} > 0 and {{ platelets }} > 0
            then {{ age_years }} * {{ ast }} / ({{ platelets }} * sqrt({{ alt }}))
    end
{%- endmacro %}

{#-
    Band of FIB-4 as it is shown, with two decimals: low below 1.30, from 65 years on
    below 2.0 (McPherson, Am J Gastroenterol 2017;112:740); high above 2.67.
-#}
{% macro fib4_band(fib4, age_years) -%}
    case
        when round({{ fib4 }}, 2) > 2.67 then 'high'
        when
            round({{ fib4 }}, 2)
            < case when {{ age_years }} >= 65 then 2.0 else 1.30 end
            then 'low'
        when {{ fib4 }} is not null and {{ age_years }} is not null
            then 'indeterminate'
    end
{%- endmacro %}

{#- The bands of Sterling 2006 itself. -#}
{% macro fib4_band_of_2006(fib4) -%}
    case
        when round({{ fib4 }}, 2) > 3.25 then 'high'
        when round({{ fib4 }}, 2) < 1.45 then 'low'
        when {{ fib4 }} is not null then 'indeterminate'
    end
{%- endmacro %}

{#- So many significant digits of a number. -#}
{% macro significant(number, digits) -%}
    round(
        {{ number }},
        case
            when {{ number }} = 0 then {{ digits }}
            else {{ digits }} - 1
                - cast(floor(log(10, abs({{ number }}))) as integer)
        end
    )
{%- endmacro %}

{#-
    The only value of a group for which a condition holds; null where there are two that
    differ, for nobody knows which of them is meant.
-#}
{% macro only_one(condition, value) -%}
    case
        when
            min(case when {{ condition }} then {{ value }} end)
            = max(case when {{ condition }} then {{ value }} end)
            then min(case when {{ condition }} then {{ value }} end)
    end
{%- endmacro %}
