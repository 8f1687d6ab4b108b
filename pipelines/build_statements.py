"""What the books of builds ask and enter, as the builder."""

FAIL_THE_KILLED = """
    update raw.build set status = 'failed', ended_at = clock_timestamp()
    where status = 'running'
"""
# A load takes the number of a touch before it commits. Without the lock a lower number
# could appear after the list was read, and would be cleared without having been built.
WAIT_FOR_LOADS = "lock table raw.touched_patients, raw.touched_feeds in share mode"
# The today of a live source is the clock; it moves every day at the nightly rebuild.
HISTORICAL_TODAYS = """
    select coalesce(
        md5(
            string_agg(
                source_system || ' ' || coalesce(last_event_at::text, '-'),
                ',' order by source_system collate "C"
            )
        ),
        ''
    )
    from raw.source
    where is_historical
"""
LAST_BUILD = """
    select project_digest, historical_todays from raw.build
    where status = 'succeeded' order by build_id desc limit 1
"""
TOUCHED_FEEDS = "select distinct feed from raw.touched_feeds"
# Nobody said which feeds changed for these patients: any may have.
IS_UNTOLD = """
    select exists (
        select 1
        from raw.touched_patients
        where delivery_id not in (select delivery_id from raw.touched_feeds)
    )
"""
BEGIN = """
    insert into raw.build (
        started_at, is_full, last_touch_id, last_feed_touch_id, project_digest,
        historical_todays, record_snapshot, status
    )
    select
        clock_timestamp(),
        %(is_full)s,
        (select coalesce(max(touch_id), 0) from raw.touched_patients),
        (select coalesce(max(touch_id), 0) from raw.touched_feeds),
        %(digest)s,
        %(todays)s,
        (select snapshot from raw.extract_position where source_system = %(record)s),
        'running'
    returning build_id
"""
EMPTY_PATIENTS = "truncate raw.building_patients"
EMPTY_TODAY = "truncate raw.source_as_of"
FIX_PATIENTS = """
    insert into raw.building_patients
    select distinct patient_key from raw.touched_patients
"""
PATIENT_COUNT = "select count(*) from raw.building_patients"
FIX_TODAY = """
    insert into raw.source_as_of
    select
        source_system,
        case
            when is_historical then coalesce(last_event_at, clock_timestamp())
            else clock_timestamp()
        end
    from raw.source
"""
CLEAR_PATIENTS = """
    delete from raw.touched_patients
    where touch_id <= (select last_touch_id from raw.build where build_id = %s)
"""
CLEAR_FEEDS = """
    delete from raw.touched_feeds
    where touch_id <= (select last_feed_touch_id from raw.build where build_id = %s)
"""
END = """
    update raw.build set status = %s, ended_at = clock_timestamp() where build_id = %s
"""
