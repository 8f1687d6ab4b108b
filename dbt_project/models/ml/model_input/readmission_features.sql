{#-
    Everything the readmission model may look at, one row per stay and feature. A feature
    that nothing is known of has no row. `known_from` is the latest moment at which the
    source knew a fact behind the value (macro versions_with_source_knowledge), never
    later than the prediction: training and scoring refuse features that are.
-#}
{{ config(indexes=[{'columns': ['patient_key']}, {'columns': ['stay_key']}]) }}

with

features as (

    select * from {{ ref('int_readmission_visit_features') }}
    union all
    select * from {{ ref('int_readmission_lab_features') }}
    union all
    select * from {{ ref('int_readmission_finding_features') }}
    union all
    select * from {{ ref('int_readmission_condition_features') }}
    union all
    select * from {{ ref('int_readmission_medicine_features') }}
    union all
    select * from {{ ref('int_readmission_adherence_features') }}

),

labels_of_patients as (

    select * from {{ ref('int_labels_of_patients') }}

)

select
    features.stay_key,
    features.patient_key,
    features.feature_name,
    cast(features.feature_value as double precision) as feature_value,
    coalesce(labels_of_patients.sensitivity, 0) as sensitivity,
    features.known_from,
    features.predicted_at
from features
left join labels_of_patients
    on features.patient_key = labels_of_patients.patient_key
where features.feature_value is not null
