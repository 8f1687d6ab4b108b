with

unlabelled as (

    select * from {{ ref('stg_imaging_studies') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'imaging_studies', 'imaging_study_key',
        names=[('procedure_code', 'procedure_name')]
    ) }}

),

images as (

    select
        *,
        coalesce(source_system || ':' || study_id, imaging_study_key) as study_key
    from labelled

),

with_place as (

    select
        *,
        row_number() over (
            partition by patient_key, study_key
            order by started_at, imaging_study_key
        ) as place_in_study
    from images

),

grouped_by_study as (

    select
        -- keys
        study_key,
        patient_key,
        min(case when place_in_study = 1 then encounter_key end) as encounter_key,

        -- codes
        min(case when place_in_study = 1 then modality_code end) as modality_code,
        min(case when place_in_study = 1 then body_site_code end) as body_site_code,
        min(case when place_in_study = 1 then procedure_code end) as procedure_code,

        -- names
        min(case when place_in_study = 1 then modality_name end) as modality_name,
        min(case when place_in_study = 1 then body_site_name end) as body_site_name,
        min(case when place_in_study = 1 then procedure_name end) as procedure_name,

        -- numbers
        nullif(count(distinct series_uid), 0) as series_count,
        nullif(count(distinct instance_uid), 0) as instances_count,
        count(distinct modality_code) as modalities_count,
        count(distinct body_site_code) as body_sites_count,

        -- labels
        bit_or(sensitivity) as sensitivity,

        -- times
        min(started_at) as started_at,
        max(started_at) as last_image_at,

        -- provenance
        min(source_system) as source_system,
        max(known_from) as known_from

    from with_place
    group by study_key, patient_key

)

select * from grouped_by_study
