-- What the proof of the night found: marts built by patients touched against a rebuild.

create table quality.rebuild_proof (
    build_id bigint not null,
    mart text not null,
    state text not null check (state in ('equal', 'different', 'not_applicable')),
    patients_count bigint not null,
    rows_count bigint not null,
    different_count bigint not null,
    proved_at timestamptz not null default clock_timestamp(),
    primary key (build_id, mart),
    check (different_count <= patients_count),
    check (
        (state = 'not_applicable') = (patients_count = 0)
        and (state = 'different') = (different_count > 0)
    )
);
comment on table quality.rebuild_proof is
'One row per proof and mart: how many patients were compared, how many rows they have,
and of how many the rows before differ from those of the full rebuild. Counts alone.';

revoke all on quality.rebuild_proof from public;
grant select, insert on quality.rebuild_proof to ehr_builder;
grant select on quality.rebuild_proof to ehr_loader, ehr_quality, ehr_engineer;
