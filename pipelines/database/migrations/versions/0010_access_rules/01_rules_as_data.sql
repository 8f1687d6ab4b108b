-- Rules as data.

create table access.restriction (
    restriction_id uuid primary key default gen_random_uuid(),
    patient_key bigint not null,
    label_code text not null check (label_code in ('patient_wish', 'staff', 'vip')),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    set_by text not null,
    reason text not null check (btrim(reason) <> ''),
    check (valid_to >= valid_from)
);
create index on access.restriction (patient_key);
comment on table access.restriction is
'A patient whom doctors see only on the care team or after breaking the glass.';

create table access.consent (
    consent_id uuid primary key default gen_random_uuid(),
    patient_key bigint not null,
    scope_code text not null check (
        scope_code in ('research', 'sharing', 'treating_team_only', 'ask_first')
    ),
    recipient_name text,
    decision_code text not null check (decision_code in ('permit', 'deny')),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    recorded_by text not null,
    source_system text,
    record_id text,
    check (valid_to >= valid_from),
    check ((source_system is null) = (record_id is null))
);
create index on access.consent (patient_key, scope_code);
create unique index on access.consent (source_system, record_id);
comment on table access.consent is
'What a patient permits or denies: by the own hand at once, or as delivered (then with
source_system and record_id). treating_team_only, permitted, is a restriction.';

create table access.sensitivity_label (
    label_code text primary key,
    label_bit integer not null unique check (
        label_bit > 0 and label_bit & (label_bit - 1) = 0
    ),
    label_name text not null
);
comment on table access.sensitivity_label is
'Labels of facts; a row of a mart carries the sum of the bits of its facts.';
insert into access.sensitivity_label values
('substance_use', 1, 'Substance-use programme'),
('mental_health', 2, 'Mental health'),
('hiv', 4, 'HIV'),
('reproductive_health', 8, 'Reproductive health'),
('violence', 16, 'Abuse and violence');

create table access.label_rule (
    role text not null,
    label_code text not null references access.sensitivity_label,
    primary key (role, label_code)
);
comment on table access.label_rule is
'Labels that a role sees only of patients entrusted to the person: on the care team,
assigned, or after breaking the glass. The site decides; no build is needed.';
insert into access.label_rule values ('doctor', 'substance_use');

create table access.fact_label (
    fact_label_id uuid primary key default gen_random_uuid(),
    -- An allergy is shown to everybody who treats: hidden it can kill.
    kind_code text not null check (kind_code <> 'allergies'),
    fact_key text not null,
    patient_key bigint not null,
    label_code text not null references access.sensitivity_label,
    set_by text not null,
    reason text not null check (btrim(reason) <> ''),
    set_at timestamptz not null default now(),
    lifted_at timestamptz,
    lifted_by text,
    check ((lifted_at is null) = (lifted_by is null))
);
create index on access.fact_label (patient_key, kind_code, fact_key);
create unique index on access.fact_label (patient_key, kind_code, fact_key, label_code)
where lifted_at is null;
comment on table access.fact_label is
'A label that a person gave to one fact of a feed (kind_code); marts carry it from the
next build on.';

create table access.break_glass (
    break_glass_id uuid primary key default gen_random_uuid(),
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    reason_code text not null check (
        reason_code in ('emergency', 'covering', 'consult', 'result_follow_up', 'other')
    ),
    reason_text text not null check (length(btrim(reason_text)) >= 10),
    opened_at timestamptz not null default now(),
    ends_at timestamptz not null,
    reviewed_at timestamptz,
    reviewed_by text references access.person (user_id),
    review_result_code text check (
        review_result_code in ('justified', 'not_justified', 'followed_up')
    ),
    review_text text,
    check (ends_at >= opened_at and ends_at <= opened_at + interval '60 minutes'),
    check ((reviewed_at is null) = (reviewed_by is null)),
    check ((reviewed_at is null) = (review_result_code is null)),
    check (reviewed_by <> user_id)
);
create index on access.break_glass (user_id, ends_at);
create index on access.break_glass (opened_at) where reviewed_at is null;
comment on table access.break_glass is
'One opening of a restricted record: who, whom, why, until when, and its review.';

create table access.ward_stay (
    source_system text not null,
    ward_name text not null,
    patient_key bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz
);
create index on access.ward_stay (source_system, ward_name);
create index on access.ward_stay (patient_key);
comment on table access.ward_stay is
'Stays on wards that have not ended, as last refreshed from raw.encounters.';

create table access.ward_member (
    user_id text not null references access.person (user_id),
    source_system text not null,
    ward_name text not null,
    is_in_charge boolean not null default false,
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    primary key (user_id, source_system, ward_name, valid_from)
);
create index on access.ward_member (source_system, ward_name);
comment on table access.ward_member is
'Who works on which ward, and who is in charge of it.';

create table access.take_over (
    take_over_id uuid primary key default gen_random_uuid(),
    assignment_id uuid not null unique references access.assignment,
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    source_system text not null,
    ward_name text not null,
    reason text not null check (btrim(reason) <> ''),
    taken_at timestamptz not null default now(),
    ends_at timestamptz not null
);
create index on access.take_over (source_system, ward_name, taken_at);
comment on table access.take_over is
'A patient whom a nurse took over on her ward; the assignment ends by itself.';
