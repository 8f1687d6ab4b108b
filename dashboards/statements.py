"""The SQL of the pages: selects from the marts, no rule, no arithmetic on values."""

LISTED_PATIENT_COLUMNS = """
    select
        patient.patient_key,
        patient.sex_code,
        patient.birth_date,
        patient.birth_year,
        patient.is_deceased,
        patient.deceased_at,
        source.as_of
    from marts.dim_patients as patient
    left join raw.source_as_of as source
        on patient.source_system = source.source_system
"""
LISTED_PATIENTS = f"""
    {LISTED_PATIENT_COLUMNS}
    where patient.patient_key = any(%(patient_keys)s)
"""
# No condition: row-level security leaves the patients of the person asking.
MY_PATIENTS = LISTED_PATIENT_COLUMNS

FRESHNESS_COLUMNS = """
    select
        source.source_system,
        source.is_historical,
        as_of.as_of,
        (
            select max(delivery.landed_at)
            from raw.delivery as delivery
            where delivery.source_system = source.source_system
                and delivery.status = 'landed'
        ) as last_landed_at,
        build.build_id,
        build.ended_at as built_at,
        exists (
            select 1 from raw.build as running where running.status = 'running'
        ) as is_building
    from raw.source as source
    left join raw.source_as_of as as_of
        on source.source_system = as_of.source_system
    left join lateral (
        select done.build_id, done.ended_at
        from raw.build as done
        where done.status = 'succeeded'
        order by done.build_id desc
        limit 1
    ) as build on true
"""
FRESHNESS_OF_SOURCES = f"""
    {FRESHNESS_COLUMNS}
    order by source.source_system collate "C"
"""
FRESHNESS_OF_PATIENT = f"""
    {FRESHNESS_COLUMNS}
    where source.source_system in (
        select patient.source_system
        from marts.dim_patients as patient
        where patient.patient_key = %(patient_key)s
    )
"""  # noqa: S608 - put together from constants
