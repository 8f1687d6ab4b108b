-- Values that clinicians report as wrong, and what quality staff answer.

-- Tables without readers: the functions below judge who asks. Words may tell a value,
-- so they are ciphertext; places: quality.value_report|sealed_words|<report_id> and
-- quality.report_answer|sealed_words|<answer_id>.
create table quality.value_report (
    report_id uuid primary key,
    feed text not null check (feed in ('lab_results', 'vital_signs', 'prescriptions')),
    fact_key text not null,
    patient_key bigint not null,
    source_system text not null,
    delivery_id bigint,
    file_id bigint,
    line_number bigint,
    known_from timestamptz,
    fault_code text not null check (
        fault_code in (
            'value', 'unit', 'time', 'patient', 'duplicate', 'missing_part', 'other'
        )
    ),
    sealed_words text not null,
    reported_by text not null references access.person (user_id),
    reported_at timestamptz not null default clock_timestamp()
);
create index on quality.value_report (feed, fact_key, reported_at);
create index on quality.value_report (patient_key);
create index on quality.value_report (reported_by, reported_at);
comment on table quality.value_report is
'One row per report of a value: which fact, from which delivery, file and line, what
seems wrong, and who says so. The value itself is not kept.';

create table quality.report_answer (
    answer_id uuid primary key,
    feed text not null,
    fact_key text not null,
    patient_key bigint not null,
    answer_code text not null check (
        answer_code in ('being_corrected', 'corrected', 'not_an_error')
    ),
    sealed_words text not null,
    answered_by text not null references access.person (user_id),
    answered_at timestamptz not null default clock_timestamp()
);
create index on quality.report_answer (feed, fact_key, answered_at);
create index on quality.report_answer (patient_key);
comment on table quality.report_answer is
'One row per answer to the reports of a fact; rows are only added.';

create function quality.report_state(asked_feed text, asked_fact_key text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when answer.answer_code is null then 'open'
        -- What is being corrected stays so; after a last word a report asks anew.
        when answer.answer_code <> 'being_corrected' and exists (
            select 1
            from quality.value_report as report
            where report.feed = asked_feed
                and report.fact_key = asked_fact_key
                and report.reported_at > answer.answered_at
        ) then 'open'
        else answer.answer_code
    end
    from (select 1) as one
    left join lateral (
        select given.answer_code, given.answered_at
        from quality.report_answer as given
        where given.feed = asked_feed and given.fact_key = asked_fact_key
        order by given.answered_at desc
        limit 1
    ) as answer on true
$$;
comment on function quality.report_state(text, text) is
'open, being_corrected, corrected or not_an_error: what became of a reported fact.';

create function quality.report_value(
    report_id uuid,
    feed text,
    fact_key text,
    patient_key bigint,
    source_system text,
    delivery_id bigint,
    file_id bigint,
    line_number bigint,
    known_from timestamptz,
    fault_code text,
    sealed_words text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['doctor', 'nurse'], 'only doctors and nurses report values'
    );
begin
    if not report_value.patient_key
        = any(access.may_see(array[report_value.patient_key]))
    then
        raise insufficient_privilege using
            message = 'only who sees a patient reports their values';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(
        'report ' || report_value.feed || ' ' || report_value.fact_key, 0
    ));
    if quality.report_state(report_value.feed, report_value.fact_key)
        in ('open', 'being_corrected')
        and exists (
            select 1
            from quality.value_report as report
            where report.feed = report_value.feed
                and report.fact_key = report_value.fact_key
                and report.reported_by = asking.user_id
                and report.reported_at > coalesce(
                    (
                        select max(answer.answered_at)
                        from quality.report_answer as answer
                        where answer.feed = report_value.feed
                            and answer.fact_key = report_value.fact_key
                            and answer.answer_code <> 'being_corrected'
                    ),
                    '-infinity'
                )
        )
    then
        raise object_not_in_prerequisite_state using
            message = 'you have reported this value already: it is being looked at';
    end if;
    insert into quality.value_report (
        report_id, feed, fact_key, patient_key, source_system, delivery_id, file_id,
        line_number, known_from, fault_code, sealed_words, reported_by
    )
    values (
        report_value.report_id,
        report_value.feed,
        report_value.fact_key,
        report_value.patient_key,
        report_value.source_system,
        report_value.delivery_id,
        report_value.file_id,
        report_value.line_number,
        report_value.known_from,
        report_value.fault_code,
        report_value.sealed_words,
        asking.user_id
    );
    return report_value.report_id;
end
$$;
comment on function
quality.report_value(
    uuid, text, text, bigint, text, bigint, bigint, bigint, timestamptz, text, text
) is
'Keeps a report of the clinician asking about a fact of a patient whom they may see.';

create function quality.report_states(feed text, fact_keys text[])
returns table (
    fact_key text, state_code text, reports_count bigint, reported_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(
        array['doctor', 'nurse'], 'only doctors and nurses see what is reported'
    );
    return query
    select
        report.fact_key,
        quality.report_state(report.feed, report.fact_key),
        count(*),
        min(report.reported_at)
    from quality.value_report as report
    where report.feed = report_states.feed
        and report.fact_key = any(report_states.fact_keys)
        and report.patient_key = any(access.may_see(array[report.patient_key]))
    group by report.feed, report.fact_key;
end
$$;
comment on function quality.report_states(text, text[]) is
'Which of the facts named are reported, and what became of it; of patients whom the
person asking may see. The page names facts that it was shown.';

create function quality.own_reports()
returns table (
    report_id uuid,
    feed text,
    fact_key text,
    patient_key bigint,
    source_system text,
    fault_code text,
    sealed_words text,
    reported_at timestamptz,
    state_code text,
    answer_id uuid,
    sealed_answer text,
    answered_by text,
    answered_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asking access.person := access.require_role(
        array['doctor', 'nurse'], 'only doctors and nurses report values'
    );
begin
    return query
    select
        report.report_id,
        report.feed,
        case when seen.patient_key is not null then report.fact_key end,
        access.person_key_of(seen.patient_key),
        report.source_system,
        report.fault_code,
        case when seen.patient_key is not null then report.sealed_words end,
        report.reported_at,
        quality.report_state(report.feed, report.fact_key),
        answer.answer_id,
        case when seen.patient_key is not null then answer.sealed_words end,
        person.display_name,
        answer.answered_at
    from quality.value_report as report
    -- Whoever may not see the patient any more still learns what became of it.
    left join lateral unnest(access.may_see(array[report.patient_key]))
        as seen (patient_key) on true
    left join lateral (
        select given.*
        from quality.report_answer as given
        where given.feed = report.feed
            and given.fact_key = report.fact_key
            and given.answered_at > report.reported_at
        order by given.answered_at desc
        limit 1
    ) as answer on true
    left join access.person as person
        on answer.answered_by = person.user_id
    where report.reported_by = asking.user_id
    order by report.reported_at desc
    limit 200;
end
$$;
comment on function quality.own_reports() is
'What the clinician asking reported, the latest first, each with its last answer.';

create function quality.reports_to_answer()
returns table (
    report_id uuid,
    feed text,
    fact_key text,
    source_system text,
    delivery_id bigint,
    file_id bigint,
    line_number bigint,
    known_from timestamptz,
    fault_code text,
    sealed_words text,
    reporter_name text,
    reporter_role text,
    reported_at timestamptz,
    state_code text,
    answer_id uuid,
    sealed_answer text,
    answered_by text,
    answered_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(
        array['quality'], 'only quality staff answer reports'
    );
    return query
    select
        report.report_id,
        report.feed,
        report.fact_key,
        report.source_system,
        report.delivery_id,
        report.file_id,
        report.line_number,
        report.known_from,
        report.fault_code,
        report.sealed_words,
        reporter.display_name,
        reporter.role,
        report.reported_at,
        quality.report_state(report.feed, report.fact_key),
        answer.answer_id,
        answer.sealed_words,
        person.display_name,
        answer.answered_at
    from quality.value_report as report
    inner join access.person as reporter
        on report.reported_by = reporter.user_id
    left join lateral (
        select given.*
        from quality.report_answer as given
        where given.feed = report.feed and given.fact_key = report.fact_key
        order by given.answered_at desc
        limit 1
    ) as answer on true
    left join access.person as person
        on answer.answered_by = person.user_id
    order by report.reported_at desc
    limit 1000;
end
$$;
comment on function quality.reports_to_answer() is
'Every report with its lineage and last answer, without whose value it is.';

create function quality.answer_report(
    answer_id uuid,
    feed text,
    fact_key text,
    answer_code text,
    sealed_words text,
    seen_state_code text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['quality'], 'only quality staff answer reports'
    );
    reported_patient bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended(
        'report ' || answer_report.feed || ' ' || answer_report.fact_key, 0
    ));
    select report.patient_key into reported_patient
    from quality.value_report as report
    where report.feed = answer_report.feed
        and report.fact_key = answer_report.fact_key
    order by report.reported_at desc
    limit 1;
    if reported_patient is null then
        raise no_data_found using message = 'nobody has reported this value';
    end if;
    if quality.report_state(answer_report.feed, answer_report.fact_key)
        is distinct from answer_report.seen_state_code
    then
        raise object_not_in_prerequisite_state using
            message = 'somebody answered this meanwhile: look at it again';
    end if;
    insert into quality.report_answer (
        answer_id, feed, fact_key, patient_key, answer_code, sealed_words, answered_by
    )
    values (
        answer_report.answer_id,
        answer_report.feed,
        answer_report.fact_key,
        reported_patient,
        answer_report.answer_code,
        answer_report.sealed_words,
        asking.user_id
    );
    return answer_report.answer_id;
end
$$;
comment on function quality.answer_report(uuid, text, text, text, text, text) is
'Answers every report of a fact. seen_state_code is what the page showed.';

revoke all on quality.value_report, quality.report_answer from public;
revoke execute on function
quality.report_state(text, text),
quality.report_value(
    uuid, text, text, bigint, text, bigint, bigint, bigint, timestamptz, text, text
),
quality.report_states(text, text[]),
quality.own_reports(),
quality.reports_to_answer(),
quality.answer_report(uuid, text, text, text, text, text)
from public;
grant usage on schema quality to ehr_doctor, ehr_nurse;
grant execute on function
quality.report_value(
    uuid, text, text, bigint, text, bigint, bigint, bigint, timestamptz, text, text
),
quality.report_states(text, text[]),
quality.own_reports()
to ehr_doctor, ehr_nurse;
grant execute on function
quality.reports_to_answer(),
quality.answer_report(uuid, text, text, text, text, text)
to ehr_quality;
