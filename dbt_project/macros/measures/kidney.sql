{#-
    Filtration rate from creatinine: CKD-EPI 2021, without race (Inker, NEJM
    2021;385:1737), in mL/min/1.73 m2, unrounded. Null where the equation does not hold:
    under 18 years, another sex than female or male, no creatinine above 0.
-#}
{% macro egfr_ckd_epi_2021(creatinine_mg_dl, age_years, sex_code) -%}
    case
        when {{ creatinine_mg_dl }} > 0 and {{ age_years }} >= 18
            then case {{ sex_code }}
                when 'female' then 1.012 * {{ _ckd_epi(
                    creatinine_mg_dl, age_years, 0.7, -0.241
                ) }}
                when 'male' then {{ _ckd_epi(
                    creatinine_mg_dl, age_years, 0.9, -0.302
                ) }}
            end
    end
{%- endmacro %}

{% macro _ckd_epi(creatinine_mg_dl, age_years, kappa, alpha) -%}
    142
    * power(least({{ creatinine_mg_dl }} / {{ kappa }}, 1), {{ alpha }})
    * power(greatest({{ creatinine_mg_dl }} / {{ kappa }}, 1), -1.200)
    * power(0.9938, {{ age_years }})
{%- endmacro %}

{#- Creatinine in mg/dL; null in a unit that is neither. 88.4 umol/L are 1 mg/dL. -#}
{% macro creatinine_mg_dl(number, unit) -%}
    case {{ unit }}
        when 'mg/dL' then {{ number }}
        when 'umol/L' then {{ number }} / 88.4
    end
{%- endmacro %}

{#- Stage of filtration (KDIGO 2024) from the rate as it is reported: a whole number. -#}
{% macro filtration_stage(reported_egfr) -%}
    case
        when {{ reported_egfr }} >= 90 then 'G1'
        when {{ reported_egfr }} >= 60 then 'G2'
        when {{ reported_egfr }} >= 45 then 'G3a'
        when {{ reported_egfr }} >= 30 then 'G3b'
        when {{ reported_egfr }} >= 15 then 'G4'
        when {{ reported_egfr }} is not null then 'G5'
    end
{%- endmacro %}

{#-
    Stage of albuminuria (KDIGO 2024) from the ratio of albumin to creatinine in urine.
    Both pairs of limits are KDIGO's own: 30 mg/g are 3.39 mg/mmol, so a ratio is never
    converted before it is staged.
-#}
{% macro albuminuria_stage(ratio, unit) -%}
    case {{ unit }}
        when 'mg/g' then {{ _albuminuria_stage(ratio, 30, 300) }}
        when 'mg/mmol' then {{ _albuminuria_stage(ratio, 3, 30) }}
    end
{%- endmacro %}

{% macro _albuminuria_stage(ratio, lower, upper) -%}
    case
        when {{ ratio }} < {{ lower }} then 'A1'
        when {{ ratio }} <= {{ upper }} then 'A2'
        when {{ ratio }} is not null then 'A3'
    end
{%- endmacro %}

{#- Risk by both stages: KDIGO 2024, the table in figure 1. -#}
{% macro kidney_risk(filtration_stage, albuminuria_stage) -%}
    case
        when {{ filtration_stage }} is null or {{ albuminuria_stage }} is null then null
        when {{ filtration_stage }} in ('G4', 'G5') then 'very high'
        when {{ filtration_stage }} = 'G3b' and {{ albuminuria_stage }} = 'A1'
            then 'high'
        when {{ filtration_stage }} = 'G3b' then 'very high'
        when {{ filtration_stage }} = 'G3a' and {{ albuminuria_stage }} = 'A1'
            then 'moderately increased'
        when {{ filtration_stage }} = 'G3a' and {{ albuminuria_stage }} = 'A2'
            then 'high'
        when {{ filtration_stage }} = 'G3a' then 'very high'
        when {{ albuminuria_stage }} = 'A1' then 'low'
        when {{ albuminuria_stage }} = 'A2' then 'moderately increased'
        else 'high'
    end
{%- endmacro %}

{#-
    Lowest creatinine of the hours before each result (KDIGO 2012): up to and including
    so many hours ago, and before the result itself; results of one time are no earlier
    ones of each other. For the last place of a select over one row per result.
-#}
{% macro lowest_creatinine_before(hours, creatinine, series, at) -%}
    min({{ creatinine }}) over (
        partition by {{ series }}
        order by {{ at }}
        range between interval '{{ hours }}' hour preceding
        and interval '0.000001' second preceding
    )
{%- endmacro %}

{#-
    Stage of acute kidney injury at one result: the creatinine part of KDIGO 2012. In
    decimals: in binary 1.1 + 0.3 is more than 1.4. A creatinine of 4.0 is stage 3 only
    while it has risen as well.
-#}
{% macro acute_kidney_injury_stage(
    creatinine_mg_dl, lowest_48_hours, lowest_7_days, is_on_dialysis
) -%}
    case
        when {{ is_on_dialysis }} then 3
        when {{ creatinine_mg_dl }} >= 3 * {{ lowest_7_days }} then 3
        when
            {{ creatinine_mg_dl }} >= 4.0
            and (
                {{ creatinine_mg_dl }} - {{ lowest_48_hours }} >= 0.3
                or {{ creatinine_mg_dl }} >= 1.5 * {{ lowest_7_days }}
            )
            then 3
        when {{ creatinine_mg_dl }} >= 2 * {{ lowest_7_days }} then 2
        when
            {{ creatinine_mg_dl }} - {{ lowest_48_hours }} >= 0.3
            or {{ creatinine_mg_dl }} >= 1.5 * {{ lowest_7_days }}
            then 1
        else 0
    end
{%- endmacro %}
