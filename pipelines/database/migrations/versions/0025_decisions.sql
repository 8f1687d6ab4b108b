-- What people decide about refused rows, and the corrections that they make.

-- Corrections of what a source delivers ---------------------------------------------

create table quality.source_mapping (
    mapping_id bigint generated always as identity primary key,
    source_system text not null,
    kind text not null check (kind in ('code', 'unit', 'column')),
    subject text not null,
    column_name text not null,
    delivered_text text not null,
    mapped_text text,
    made_by text not null,
    made_by_role text not null,
    made_at timestamptz not null default clock_timestamp(),
    reason text not null check (length(reason) >= 10)
);
create index on quality.source_mapping (source_system, mapping_id);
comment on table quality.source_mapping is
'Corrections of what a source delivers, append-only. The newest row of a source, kind,
subject, column and delivered text is in force; without a mapped text it takes the
correction back. The subject is a feed, of a column''s name the table of the source.';

create view quality.source_mapping_in_force with (security_invoker = true) as
select latest.*
from (
    select
        mapping.*,
        row_number() over (
            partition by
                mapping.source_system,
                mapping.kind,
                mapping.subject,
                mapping.column_name,
                mapping.delivered_text
            order by mapping.mapping_id desc
        ) as age
    from quality.source_mapping as mapping
) as latest
where latest.age = 1 and latest.mapped_text is not null;
comment on view quality.source_mapping_in_force is
'One row per correction that deliveries of its source are read with now.';

-- Decisions about refused rows ------------------------------------------------------

create table quarantine.decision (
    decision_id bigint generated always as identity primary key,
    act_id uuid not null,
    action text not null
    check (action in ('replay', 'release', 'discard', 'close')),
    decided_by text not null,
    decided_by_role text not null,
    decided_at timestamptz not null default clock_timestamp(),
    reason text not null check (length(reason) >= 10),
    source_system text not null,
    delivery_id bigint,
    rows_count bigint not null,
    released_count bigint not null,
    discarded_count bigint not null,
    waiting_count bigint not null,
    check (rows_count = released_count + discarded_count + waiting_count)
);
create index on quarantine.decision (delivery_id);
comment on table quarantine.decision is
'One row per decision about refused rows of a source that one transaction carried out,
append-only; those of one act share its id. delivery_id is under which rows landed.';

alter table quarantine.row
add column place_in_line integer,
add column decision_id bigint references quarantine.decision,
add column released_file_id bigint;
create index on quarantine.row (decision_id);
comment on column quarantine.row.place_in_line is
'Which of the rows that its line makes of its feed it is, from 0; null where that was
not kept: then it can land only if its line makes no other.';
comment on column quarantine.row.released_file_id is
'The file, in the books, under which the row landed when it was released.';

-- Every refused row has one state, so the counts always reconcile.
create view quarantine.balance with (security_invoker = true) as
select
    refused.delivery_id,
    refused.source_system,
    refused.feed,
    refused.rules,
    cast(sum(refused.records) as bigint) as refused_count,
    cast(
        coalesce(sum(refused.records) filter (where refused.status = 'waiting'), 0)
        as bigint
    ) as waiting_count,
    cast(
        coalesce(sum(refused.records) filter (where refused.status = 'released'), 0)
        as bigint
    ) as released_count,
    cast(
        coalesce(sum(refused.records) filter (where refused.status = 'discarded'), 0)
        as bigint
    ) as discarded_count
from quarantine.row as refused
group by
    refused.delivery_id, refused.source_system, refused.feed, refused.rules;
comment on view quarantine.balance is
'One row per delivery, feed and set of rules broken: refused = waiting + released +
discarded. A row that breaks several rules is counted once, with all of them.';

-- The books of what landed from quarantine ------------------------------------------

alter table raw.delivery add column is_replay boolean not null default false;
comment on column raw.delivery.is_replay is
'Whether it holds what a decision about refused rows landed, and no new delivery.';
alter table raw.delivery_file
add column replayed_file_id bigint references raw.delivery_file;
comment on column raw.delivery_file.replayed_file_id is
'The file whose refused rows landed under this one; its records are those rows.';

-- Who may use what ------------------------------------------------------------------

revoke all on
quality.source_mapping, quality.source_mapping_in_force, quarantine.decision,
quarantine.balance
from public;
grant select, insert on quality.source_mapping, quarantine.decision to ehr_loader;
grant select on quality.source_mapping_in_force, quarantine.balance to ehr_loader;
grant update (status, rules, reason, decision_id, released_file_id)
on quarantine.row to ehr_loader;
grant select on
quality.source_mapping, quality.source_mapping_in_force, quarantine.decision,
quarantine.balance
to ehr_quality;
