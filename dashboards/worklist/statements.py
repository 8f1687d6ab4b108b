"""The SQL of the worklist: rows of the mart, by section, as many as are shown.

Patients are named in the audit for the rows that a page shows, so the counts come
without a patient and the rows come by the page.
"""

# What happened long ago, by the source's own today, stands apart; but a row is as young
# as its newest open finding, and a result that was changed after somebody had acted on
# it is news however old the specimen is. A row is also one's own if one ordered any of
# its open findings: the one it shows may be a colleague's.
SECTIONED = """
    with

    own as (

        select distinct unnest(access.own_patients()) as patient_key

    ),

    ordered as (

        select distinct
            finding.patient_key,
            finding.analyte_code
        from marts.fct_abnormal_findings as finding
        where finding.is_on_worklist
            and finding.practitioner_key = %(practitioner_key)s

    ),

    placed as (

        select
            worklist.patient_key,
            worklist.analyte_code,
            worklist.urgency_rank,
            greatest(worklist.collected_at, worklist.resulted_at) as found_at,
            patient.sex_code,
            patient.birth_date,
            patient.birth_year,
            -- Of the list itself: results can come before who the patient is.
            worklist.is_deceased,
            patient.deceased_at,
            source.as_of,
            own.patient_key is not null
            or ordered.patient_key is not null as is_own,
            case
                when worklist.is_deceased then 'deceased'
                when not worklist.is_changed_after_acknowledgement
                    and worklist.newest_open_at
                    < source.as_of - make_interval(days => %(old_days)s)
                    then 'old'
                when worklist.urgency_rank = 1 then 'critical'
                when worklist.urgency_rank = 2 then 'new'
                else 'stable'
            end as section_code
        from marts.fct_result_worklist as worklist
        left join own
            on worklist.patient_key = own.patient_key
        left join ordered
            on worklist.patient_key = ordered.patient_key
            and worklist.analyte_code = ordered.analyte_code
        left join marts.dim_patients as patient
            on worklist.patient_key = patient.patient_key
        left join raw.source_as_of as source
            on patient.source_system = source.source_system

    )
"""
SHOWN = f"""
    {SECTIONED},

    numbered as (

        select
            placed.*,
            row_number() over (
                partition by placed.section_code
                order by
                    placed.urgency_rank,
                    placed.is_own desc,
                    placed.found_at desc nulls first,
                    placed.patient_key,
                    placed.analyte_code collate "C"
            ) as place
        from placed
        where placed.is_own or not %(only_own)s

    ),

    shown as (

        select numbered.*
        from numbered
        inner join unnest(%(sections)s::text[], %(most)s::integer[])
            as wanted (section_code, most)
            on numbered.section_code = wanted.section_code
            and numbered.place <= wanted.most

    )
"""  # noqa: S608 - put together from constants
COUNTS = f"""
    {SECTIONED}

    select
        section_code,
        count(*) as all_count,
        count(*) filter (where is_own) as own_count,
        count(*) filter (where urgency_rank = 1) as critical_count,
        count(*) filter (where urgency_rank = 1 and is_own) as own_critical_count
    from placed
    group by section_code
"""  # noqa: S608 - put together from constants
ROW_COLUMNS = """
        worklist.urgency_rank,
        worklist.patient_key,
        worklist.analyte_code,
        worklist.test_name,
        worklist.specimen_name,
        worklist.novelty_code,
        worklist.value_text,
        worklist.comparator,
        worklist.number_or_bound,
        worklist.unit,
        worklist.finding_flag,
        worklist.flag_source,
        worklist.range_low,
        worklist.range_high,
        worklist.range_name,
        worklist.result_status_code,
        coalesce(worklist.collected_at, worklist.resulted_at) as collected_at,
        worklist.latest_value_text,
        worklist.latest_unit,
        worklist.latest_flag,
        worklist.latest_collected_at,
        worklist.previous_value_text,
        worklist.previous_unit,
        worklist.previous_flag,
        worklist.previous_collected_at,
        worklist.newest_open_at,
        worklist.is_changed_after_acknowledgement,
        practitioner.practitioner_name,
        result.comment_text,
        result.organism_name
"""
# Times reach a page as the wall clock shows them, twice in an autumn night, so what is
# compared with an acknowledgement to the microsecond comes as text.
FINDING_COLUMNS = """
        finding.patient_key,
        finding.analyte_code,
        finding.lab_result_key,
        finding.reading_hash,
        finding.value_text,
        finding.comparator,
        finding.number_or_bound,
        finding.unit,
        finding.finding_flag,
        coalesce(finding.collected_at, finding.resulted_at) as collected_at,
        (
            select
                to_char(
                    max(known.acknowledged_at) at time zone 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                )
            from marts.fct_acknowledgements as known
            where known.patient_key = finding.patient_key
                and known.lab_result_key = finding.lab_result_key
        ) as known_acknowledged_at
"""
ROWS = f"""
    {SHOWN}

    select
        shown.section_code,
        shown.place,
        shown.is_own,
        shown.sex_code,
        shown.birth_date,
        shown.birth_year,
        shown.is_deceased,
        shown.deceased_at,
        shown.as_of,
    {ROW_COLUMNS}
    from shown
    inner join marts.fct_result_worklist as worklist
        on shown.patient_key = worklist.patient_key
        and shown.analyte_code = worklist.analyte_code
    left join marts.dim_practitioners as practitioner
        on worklist.practitioner_key = practitioner.practitioner_key
    left join marts.fct_lab_results as result
        on worklist.patient_key = result.patient_key
        and worklist.lab_result_key = result.lab_result_key
    order by shown.place
"""  # noqa: S608 - put together from constants
# What one acknowledgement of a row covers: every finding behind it that is still open.
OPEN_FINDINGS = f"""
    {SHOWN}

    select
    {FINDING_COLUMNS}
    from shown
    inner join marts.fct_abnormal_findings as finding
        on shown.patient_key = finding.patient_key
        and shown.analyte_code = finding.analyte_code
    where finding.is_on_worklist
    order by
        coalesce(finding.collected_at, finding.resulted_at) desc nulls first,
        finding.lab_result_key collate "C"
"""  # noqa: S608 - put together from constants
