"""What a proof asks and enters, as the builder."""

BUILT = """
    create temp table proved_patients as
    select patient_key from raw.building_patients
"""
# A patient who is drawn is built by the same way as one with news.
DRAW = """
    insert into raw.building_patients
    select patient_key
    from marts.dim_patients
    order by hashint8extended(patient_key, %s)
    limit %s
    on conflict do nothing
"""
# What landed since the usual build began: before the rebuild, and during it. The build
# before could not know it; the mart shows the one whom a merged patient became.
NEWS_BEFORE = """
    create temp table news_of_proof as
    select patient_key from raw.building_patients
"""
NEWS_MEANWHILE = """
    insert into news_of_proof
    select patient_key from raw.touched_patients
    union
    select merged.surviving_patient_key
    from raw.touched_patients as touched
    inner join raw.merged_patients as merged
        on touched.patient_key = merged.patient_key
"""
FEEDS_WITH_NEWS = "select count(*) from raw.touched_feeds"
COMPARE = """
    with

    compared as (
        select
            coalesce(before.mart, rebuilt.mart) as mart,
            coalesce(before.patient_key, rebuilt.patient_key) as patient_key,
            coalesce(rebuilt.rows_count, 0) as rows_count,
            before.rows_count is distinct from rebuilt.rows_count
            or before.fingerprint is distinct from rebuilt.fingerprint as is_different
        from fingerprints_before as before
        full join fingerprints_rebuilt as rebuilt
            on before.mart = rebuilt.mart and before.patient_key = rebuilt.patient_key
    )

    select
        compared.mart,
        count(*),
        cast(sum(compared.rows_count) as bigint),
        count(*) filter (where compared.is_different)
    from compared
    where (
        not compared.mart = any(%(of_earlier_days)s)
        or compared.patient_key in (select patient_key from proved_patients)
    )
    and compared.patient_key not in (select patient_key from news_of_proof)
    and (compared.patient_key <> %(nobody)s or not %(has_news)s)
    group by compared.mart
    order by compared.mart collate "C"
"""
ENTER = """
    insert into quality.rebuild_proof (
        build_id, mart, state, patients_count, rows_count, different_count
    )
    values (%s, %s, %s, %s, %s, %s)
"""
