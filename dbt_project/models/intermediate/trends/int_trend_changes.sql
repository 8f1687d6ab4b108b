{#-
    Whether the latest result differs from the personal baseline by more than analysis and
    the healthy ups and downs of a person explain: by more than the reference change value,
    sqrt(2) x 1.96 x sqrt(CVa^2 + CVi^2). That is the limit for two single results; a
    median varies less, so it errs towards "not significant". Analytes whose variation no
    list knows are not judged, nor is another material than that of the list.
-#}
with

trend_baselines as (

    select * from {{ ref('int_trend_baselines') }}

),

reference_change_values as (

    select * from {{ ref('reference_change_values') }}

),

with_limit as (

    select
        trend_baselines.*,
        reference_change_values.change_percent as reference_change_percent,
        reference_change_values.source_name as reference_change_source
    from trend_baselines
    left join reference_change_values
        on
            trend_baselines.analyte_code = reference_change_values.loinc_code
            and trend_baselines.material_code = ''

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    baseline_count,
    baseline_value,
    baseline_missing_reason,
    case
        when baseline_value > 0
            then round((latest_value - baseline_value) * 100 / baseline_value, 2)
    end as change_from_baseline_percent,
    reference_change_percent,
    reference_change_source,
    case
        when baseline_value > 0
            then
                abs(latest_value - baseline_value) * 100
                > reference_change_percent * baseline_value
    end as is_significant_change,
    case
        when baseline_missing_reason is not null then baseline_missing_reason
        when baseline_value <= 0 then 'baseline_not_above_zero'
        when reference_change_percent is null then 'no_known_variation'
    end as significance_missing_reason
from with_limit
