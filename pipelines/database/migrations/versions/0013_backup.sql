-- Restore drills: whether the newest backup gave everything back.
create table quality.restore_drill (
    drill_id bigint generated always as identity primary key,
    backup_id text not null,
    -- What was restored is what stood there then.
    holds_until timestamptz not null,
    started_at timestamptz not null,
    ended_at timestamptz not null check (ended_at >= started_at),
    tables_compared integer not null check (tables_compared >= 0),
    tables_unread integer not null check (tables_unread >= 0),
    problem_count integer not null check (problem_count >= 0),
    first_problem text,
    recovery_point_seconds double precision not null,
    recovery_time_seconds double precision not null check (recovery_time_seconds >= 0),
    check ((problem_count = 0) = (first_problem is null)),
    -- A drill that compared nothing has shown nothing.
    check (problem_count > 0 or tables_compared > 0)
);
comment on table quality.restore_drill is
'One row per restore drill: the newest backup, restored beside and compared table by
table. Names and counts, never a value.';
comment on column quality.restore_drill.tables_unread is
'Tables that were being replaced while the backup read them, so that nothing is known.';
comment on column quality.restore_drill.recovery_point_seconds is
'How long before the drill the newest moment lay that the backups could give back.';
comment on column quality.restore_drill.recovery_time_seconds is
'How long it took from an empty folder to a server that answers, compared and all.';

revoke all on quality.restore_drill from public;
grant select on quality.restore_drill to
ehr_loader, ehr_quality, ehr_engineer, ehr_compliance;
grant usage on schema quality to ehr_compliance;
