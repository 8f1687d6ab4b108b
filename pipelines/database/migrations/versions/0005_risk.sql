-- Risk scores and the models behind them.
set local check_function_bodies = off;

-- dbt makes the cohort and its features in this schema.
grant usage, create on schema ml to ehr_builder;
grant usage on schema ml to ehr_doctor, ehr_nurse, ehr_quality, ehr_engineer;

create table ml.model (
    model_name text not null,
    model_version text not null,
    trained_at timestamptz not null,
    -- What it was taught and judged on.
    cutoff_at timestamptz not null,
    training_stays integer not null check (training_stays > 0),
    training_events integer not null check (training_events >= 0),
    test_stays integer not null check (test_stays >= 0),
    test_events integer not null check (test_events >= 0),
    base_rate double precision not null check (base_rate between 0 and 1),
    scorecard jsonb not null,
    -- Whether people see its risks; the reason is a sentence for them.
    is_shown boolean not null,
    why_not_shown text,
    -- What lies in EHR_HOME/models, and what it was made with.
    artefact_digest text not null check (artefact_digest ~ '^[0-9a-f]{64}$'),
    description jsonb not null,
    primary key (model_name, model_version),
    unique (model_name, model_version, training_events, is_shown),
    -- No risk is shown from a model that learnt from fewer than 200 events.
    check (not is_shown or training_events >= 200),
    check (is_shown = (why_not_shown is null))
);
comment on table ml.model is
'One row per trained model, with its scorecard. Counts and rates of groups, never a
patient; a group too small to be told apart from its members is left out.';
comment on column ml.model.cutoff_at is
'The model learnt from what had happened by then; it was judged on later discharges.';
comment on column ml.model.base_rate is
'Share of the training stays that were followed by an unplanned readmission.';
comment on column ml.model.artefact_digest is
'SHA-256 of the model file; a file of any other digest is not loaded.';
comment on column ml.model.description is
'Features, software versions and the digest of the data that it was trained on.';

create table ml.risk_score (
    score_id bigint generated always as identity primary key,
    patient_key bigint not null,
    stay_key text not null,
    model_name text not null,
    model_version text not null,
    predicted_at timestamptz not null,
    window_ends_at timestamptz not null check (window_ends_at > predicted_at),
    scored_at timestamptz not null,
    is_current boolean not null default true,
    status_code text not null check (
        status_code in ('scored', 'not_enough_data', 'model_not_shown')
    ),
    risk double precision check (risk between 0 and 1),
    base_rate double precision check (base_rate between 0 and 1),
    reason_1_name text,
    reason_1_value text,
    reason_1_effect text check (reason_1_effect in ('raises', 'lowers')),
    reason_2_name text,
    reason_2_value text,
    reason_2_effect text check (reason_2_effect in ('raises', 'lowers')),
    reason_3_name text,
    reason_3_value text,
    reason_3_effect text check (reason_3_effect in ('raises', 'lowers')),
    training_events integer not null,
    is_model_shown boolean not null,
    features_known_until timestamptz,
    sensitivity integer not null,
    foreign key (model_name, model_version, training_events, is_model_shown)
    references ml.model (model_name, model_version, training_events, is_shown),
    check ((status_code = 'scored') = (risk is not null)),
    check (status_code <> 'scored' or is_model_shown),
    check (status_code = 'scored' or coalesce(
        reason_1_name, reason_2_name, reason_3_name, reason_1_value, reason_2_value,
        reason_3_value
    ) is null),
    -- Nothing that was learnt after the prediction may stand behind it.
    check (features_known_until <= predicted_at)
);
create unique index on ml.risk_score (model_name, stay_key) where is_current;
create index on ml.risk_score (patient_key, predicted_at);
comment on table ml.risk_score is
'Risk of an unplanned readmission within thirty days, as it stood at discharge. One row
per stay each time that a model said something new of it; only the current row of a stay
is seen by people, the rest is kept as evidence of what was shown.';
comment on column ml.risk_score.predicted_at is 'Discharge; the window begins here.';
comment on column ml.risk_score.window_ends_at is
'Last second of the thirtieth day after discharge.';
comment on column ml.risk_score.is_current is
'Whether it is the last word on its stay; no row of a withdrawn stay is.';
comment on column ml.risk_score.status_code is
'scored; not_enough_data: too few of the features are known; model_not_shown: the model
learnt from too few events or failed its judgement.';
comment on column ml.risk_score.risk is 'Between 0 and 1; null unless scored.';
comment on column ml.risk_score.base_rate is
'Share of stays like those taught that were followed by a readmission: what the risk is
to be compared with.';
comment on column ml.risk_score.reason_1_name is
'The feature that moved the risk most, in words; its value with unit; whether it raises
or lowers the risk against the average stay. Likewise the second and the third.';
comment on column ml.risk_score.features_known_until is
'Latest moment at which the source knew a fact used; never after the prediction.';
comment on column ml.risk_score.sensitivity is
'Sum of the bits of the labels of the facts that the model may have looked at.';

alter table ml.risk_score enable row level security;
alter table ml.risk_score force row level security;
create policy builder on ml.risk_score
for all to ehr_builder using (true);
create policy user_required on ml.risk_score as restrictive
for all to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality,
ehr_researcher, ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support
using (nullif(current_setting('ehr.user_id', true), '') is not null);
-- Who sees which of them is said with the rules of access (0010).

revoke all on ml.model, ml.risk_score from public;
grant select, insert on ml.model to ehr_builder;
grant select, insert on ml.risk_score to ehr_builder;
grant update (is_current) on ml.risk_score to ehr_builder;
grant select on ml.model to ehr_doctor, ehr_nurse, ehr_quality, ehr_engineer;
grant select on ml.risk_score to ehr_doctor, ehr_nurse;
