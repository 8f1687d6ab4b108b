"""The SQL of rejected specimens in whose place none has come."""

REJECTED = """
    with

    rejected as (

        select * from marts.fct_rejected_specimens

    ),

    own as (

        select distinct unnest(access.own_patients()) as patient_key

    ),

    seen as (

        select *
        from access.seen_rejections(
            (select coalesce(array_agg(distinct patient_key), '{}') from rejected)
        )

    ),

    placed as (

        select
            rejected.*,
            practitioner.practitioner_name,
            seen.seen_by_name,
            -- A rejection that was changed after somebody had seen it is news again.
            case when seen.seen_at >= rejected.known_from then seen.seen_at end
                as seen_at,
            patient.sex_code,
            patient.birth_date,
            patient.birth_year,
            coalesce(patient.is_deceased, false) as is_deceased,
            patient.deceased_at,
            source.as_of,
            own.patient_key is not null
            or coalesce(rejected.practitioner_key = %(practitioner_key)s, false)
                as is_own,
            coalesce(
                rejected.rejected_at
                < source.as_of - make_interval(days => %(old_days)s),
                false
            ) as is_old
        from rejected
        left join own
            on rejected.patient_key = own.patient_key
        left join seen
            on rejected.patient_key = seen.patient_key
            and rejected.specimen_key = seen.specimen_key
        left join marts.dim_patients as patient
            on rejected.patient_key = patient.patient_key
        left join marts.dim_practitioners as practitioner
            on rejected.practitioner_key = practitioner.practitioner_key
        left join raw.source_as_of as source
            on patient.source_system = source.source_system

    )
"""
COLUMNS = """
        patient_key,
        specimen_key,
        accession_number,
        specimen_type_name,
        rejection_reason_name,
        test_name,
        priority_code,
        is_asked_again,
        practitioner_name,
        seen_by_name,
        seen_at,
        sex_code,
        birth_date,
        birth_year,
        is_deceased,
        deceased_at,
        as_of,
        is_own,
        is_old,
        collected_at,
        rejected_at
"""
# Statements are put together from these constants alone.
# ruff: noqa: S608
REJECTED_ROWS = f"""
    {REJECTED}

    select {COLUMNS}
    from placed
    where seen_at is null
        and not is_deceased
        and not is_old
        and (is_own or not %(only_own)s)
    order by urgency_rank, is_own desc, rejected_at desc nulls first, specimen_key
    limit %(most)s
"""
REJECTED_COUNTS = f"""
    {REJECTED}

    select
        count(*) filter (where not is_old) as new_count,
        count(*) filter (where is_old) as old_count
    from placed
    where seen_at is null
        and not is_deceased
        and (is_own or not %(only_own)s)
"""
REJECTED_OF_PATIENT = """
    select
        rejected.patient_key,
        rejected.specimen_key,
        rejected.accession_number,
        rejected.specimen_type_name,
        rejected.rejection_reason_name,
        rejected.test_name,
        rejected.priority_code,
        rejected.is_asked_again,
        practitioner.practitioner_name,
        seen.seen_by_name,
        case when seen.seen_at >= rejected.known_from then seen.seen_at end as seen_at,
        rejected.collected_at,
        rejected.rejected_at
    from marts.fct_rejected_specimens as rejected
    left join marts.dim_practitioners as practitioner
        on rejected.practitioner_key = practitioner.practitioner_key
    left join access.seen_rejections(array[%(patient_key)s::bigint]) as seen
        on rejected.patient_key = seen.patient_key
        and rejected.specimen_key = seen.specimen_key
    where rejected.patient_key = %(patient_key)s
    order by rejected.rejected_at desc nulls first, rejected.specimen_key
"""
