-- What comes back from the operational record: watermarks of its extracts, and which
-- feeds have news for the next build.

-- How far the record has been read -------------------------------------------------

create table raw.extract_position (
    source_system text primary key references raw.source,
    snapshot text not null,
    extracted_at timestamptz not null
);
comment on table raw.extract_position is
'What of a database has landed; committed with the rows that it stands for.';
comment on column raw.extract_position.snapshot is
'Every change that this snapshot (pg_snapshot) sees has landed.';
grant select, insert, update on raw.extract_position to ehr_loader;

-- What the next build has to look at -----------------------------------------------

create table raw.touched_feeds (
    touch_id bigint generated always as identity primary key,
    feed text not null,
    delivery_id bigint not null
);
comment on table raw.touched_feeds is
'Feeds of which rows landed since the last build that read them.';
grant select, insert on raw.touched_feeds to ehr_loader;
grant usage on all sequences in schema raw to ehr_loader;
grant select, delete on raw.touched_feeds to ehr_builder;
grant select on raw.touched_feeds to ehr_quality, ehr_engineer;

alter table raw.build
add column last_feed_touch_id bigint not null default 0,
add column historical_todays text not null default '';
comment on column raw.build.historical_todays is
'Digest of what "today" was for the historical sources.';
