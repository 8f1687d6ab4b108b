"""What is asked of versions, staging and marts about one feed, source by source.

Which version of a fact holds is worked out over all of its versions at once; dbt works
patient by patient.
"""

# Patients and feeds with news that no whole build has met, or that it is building.
WAITING = """
    select
        exists (
            select 1 from raw.touched_feeds as touched where touched.feed = {feed}
        ) or not coalesce((
            select build.status = 'succeeded' from raw.build as build
            order by build.build_id desc limit 1
        ), false)
"""
WAITING_PATIENTS = """
    waiting as (
        select touched.patient_key from raw.touched_patients as touched
        union
        select merged.surviving_patient_key
        from raw.touched_patients as touched
        inner join raw.merged_patients as merged
            on touched.patient_key = merged.patient_key
        union
        select building.patient_key
        from raw.building_patients as building
        where not coalesce((
            select build.status = 'succeeded' from raw.build as build
            order by build.build_id desc limit 1
        ), false)
    )
"""
VERSIONS = """
    with

    versions as (
        select
            source_system,
            record_id,
            is_closed,
            {is_merged} as is_merged,
            row_number() over (
                partition by source_system, record_id
                order by
                    version_at desc,
                    adapter_revision desc,
                    is_closed asc,
                    content_hash desc
            ) as place
        from raw.{feed} as version
    ),

    expected as (
        select source_system, record_id
        from versions
        where place = 1 and not is_closed and not is_merged
    ),

    staged as (
        select source_system, record_id, count(*) as times
        from staging.{staging}
        {only_current}
        group by source_system, record_id
    ),

    compared as (
        select
            coalesce(expected.source_system, staged.source_system) as source_system,
            count(*) filter (where staged.record_id is null) as missing,
            count(*) filter (
                where expected.record_id is not null and staged.record_id is not null
            ) as found,
            coalesce(sum(
                staged.times - case when expected.record_id is null then 0 else 1 end
            ) filter (where staged.record_id is not null), 0) as extra
        from expected
        full join staged
            on expected.source_system = staged.source_system
            and expected.record_id = staged.record_id
        group by 1
    ),

    counted as (
        select
            source_system,
            count(*) as versions,
            count(*) filter (where place > 1) as superseded,
            count(*) filter (where place = 1 and is_closed) as ended,
            count(*) filter (
                where place = 1 and not is_closed and is_merged
            ) as merged
        from versions
        group by source_system
    )

    select
        coalesce(counted.source_system, compared.source_system),
        coalesce(counted.versions, 0),
        coalesce(compared.missing, 0),
        cast(coalesce(compared.extra, 0) as bigint),
        cast(coalesce(compared.found + compared.extra, 0) as bigint),
        coalesce(counted.superseded, 0),
        coalesce(counted.ended, 0),
        coalesce(counted.merged, 0)
    from counted
    full join compared
        on counted.source_system = compared.source_system
    order by 1
"""
SHOWN_FACTS = """
    with

    {waiting_patients},

    facts as (
        select
            source_system,
            {fact_key} as fact_key,
            {of_fact} as is_waiting
        from staging.{staging} as fact
        {only_current}
    ),

    stated as (
        select
            min(source_system) as source_system,
            fact_key,
            count(*) as facts,
            bool_or(is_waiting) as is_waiting
        from facts
        group by fact_key
    ),

    shown as (
        select
            min(source_system) as source_system,
            {mart_key} as fact_key,
            count(*) as rows_count,
            bool_or({of_fact}) as is_waiting
        from marts.{mart} as fact
        group by {mart_key}
    ),

    compared as (
        select
            coalesce(stated.source_system, shown.source_system) as source_system,
            coalesce(stated.facts, 0) as facts,
            coalesce(shown.rows_count, 0) as rows_count,
            coalesce(stated.is_waiting, false)
            or coalesce(shown.is_waiting, false) as is_waiting
        from stated
        full join shown
            on stated.fact_key = shown.fact_key
    )

    select
        source_system,
        cast(sum(facts) as bigint),
        cast(coalesce(sum(facts) filter (
            where rows_count = 0 and not is_waiting
        ), 0) as bigint),
        cast(coalesce(sum(rows_count - least(facts, 1)) filter (
            where rows_count > 0 and not is_waiting
        ), 0) as bigint),
        cast(sum(case
            when is_waiting then least(facts, rows_count, 1) else rows_count
        end) as bigint),
        cast(coalesce(sum(facts - 1) filter (
            where facts > 1 and rows_count > 0
        ), 0) as bigint),
        cast(coalesce(sum(facts) filter (
            where is_waiting and rows_count = 0
        ), 0) as bigint)
    from compared
    group by source_system
    order by source_system collate "C"
"""
