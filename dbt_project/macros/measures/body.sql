{#- Body mass index in kg/m2, unrounded. -#}
{% macro body_mass_index(height_cm, weight_kg) -%}
    case
        when {{ height_cm }} > 0
            then {{ weight_kg }} * 10000.0 / ({{ height_cm }} * {{ height_cm }})
    end
{%- endmacro %}

{#-
    Class of an adult's body mass index (WHO TRS 894, 2000), from the unrounded one:
    24.99 is normal though it is shown as 25.0.
-#}
{% macro body_mass_class(body_mass_index) -%}
    case
        when {{ body_mass_index }} < 16 then 'underweight: severe thinness'
        when {{ body_mass_index }} < 17 then 'underweight: moderate thinness'
        when {{ body_mass_index }} < 18.5 then 'underweight: mild thinness'
        when {{ body_mass_index }} < 25 then 'normal'
        when {{ body_mass_index }} < 30 then 'overweight (pre-obese)'
        when {{ body_mass_index }} < 35 then 'obesity class I'
        when {{ body_mass_index }} < 40 then 'obesity class II'
        when {{ body_mass_index }} is not null then 'obesity class III'
    end
{%- endmacro %}

{#- Mean arterial pressure in mmHg, unrounded: two thirds of the time are diastole. -#}
{% macro mean_arterial_pressure(systolic, diastolic) -%}
    ({{ systolic }} + 2 * {{ diastolic }}) / 3.0
{%- endmacro %}
