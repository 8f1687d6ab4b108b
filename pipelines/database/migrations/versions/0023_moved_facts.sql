-- Facts that have versions under several patients, told by the load that moves them.

create table raw.moved_facts (
    feed text not null,
    source_system text not null,
    record_id text not null,
    patient_key bigint not null,
    primary key (feed, source_system, record_id, patient_key)
);
create index on raw.moved_facts (patient_key);
comment on table raw.moved_facts is
'Facts that have versions under more than one patient key, and which; whoever is left of
one by an erasure may stand alone.';
grant select, insert on raw.moved_facts to ehr_loader;
grant select on raw.moved_facts to ehr_builder;

-- What has landed before there was the list.
do $$
declare
    feed text;
begin
    for feed in
        select owned.table_name
        from information_schema.columns as owned
        inner join information_schema.columns as told
            on owned.table_schema = told.table_schema
            and owned.table_name = told.table_name
        where owned.table_schema = 'raw'
            and owned.column_name = 'patient_key'
            and told.column_name = 'content_hash'
        order by owned.table_name
    loop
        execute format(
            'insert into raw.moved_facts
            select distinct %%1$L, source_system, record_id, patient_key
            from raw.%%1$I
            where (source_system, record_id) in (
                select source_system, record_id
                from raw.%%1$I
                group by source_system, record_id
                having min(patient_key) <> max(patient_key)
            )',
            feed
        );
    end loop;
end
$$;
