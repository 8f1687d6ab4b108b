-- The columns of the marts that the pages read, under the marts' row-level security.

create table marts.dim_patients (
    patient_key bigint, sex_code text, birth_date date, birth_year bigint,
    is_deceased boolean, deceased_at timestamptz, language_code text, source_system text
);
create table marts.fct_conditions (
    patient_key bigint, condition_name text, condition_code text, is_active boolean,
    is_refuted boolean, started_at timestamptz, ended_at timestamptz
);
create table marts.fct_allergies (
    patient_key bigint, substance_name text, category_code text, criticality_code text,
    reaction_1_name text, reaction_1_severity_code text,
    reaction_2_name text, reaction_2_severity_code text,
    is_active boolean, is_refuted boolean, started_at timestamptz, substance_code text
);
create table marts.fct_lab_results (
    lab_result_key text, patient_key bigint, analyte_code text, test_name text,
    specimen_name text, organism_name text, antibiotic_name text,
    susceptibility_code text, collected_at timestamptz, resulted_at timestamptz,
    value_text text, value_number numeric, comparator text, comparator_number numeric,
    unit text, comparable_unit text, reference_low numeric, reference_high numeric,
    default_low numeric, default_high numeric, default_range_name text,
    laboratory_flag text, displayed_flag text, displayed_flag_source text,
    indeterminate_reason text, default_indeterminate_reason text,
    result_status_code text, is_usable boolean, reference_text text, comment_text text
);
create table marts.fct_medication_history (
    prescription_key text, patient_key bigint, source_system text, drug_name text,
    strength_text text, dose_text text, dose_unit text, frequency_text text,
    route_code text, reason_name text, change_reason_name text,
    is_inpatient_order boolean, is_infusion_component boolean, is_never_given boolean,
    started_at timestamptz, ended_at timestamptz, replaced_at timestamptz,
    supply_ends_at timestamptz, encounter_ended_at timestamptz
);
create table marts.fct_active_medications (prescription_key text, patient_key bigint);
create table marts.fct_encounters (
    encounter_key text, patient_key bigint, practitioner_key text,
    encounter_class_code text, encounter_type_name text, reason_name text,
    service_name text, location_name text, discharge_disposition_name text,
    is_inpatient boolean, is_emergency boolean, is_part_of_stay boolean,
    is_open boolean, started_at timestamptz, ended_at timestamptz
);
create table marts.dim_practitioners (
    practitioner_key text, practitioner_name text, specialty_name text
);
create table marts.fct_vital_signs (
    vital_sign_key text, patient_key bigint, vital_sign_name text,
    observation_name text, standard_number numeric, standard_unit text,
    value_number numeric, unit_ucum text, unit text, measured_at timestamptz
);

do $$
declare
    mart text;
begin
    for mart in
        select table_name from information_schema.columns
        where table_schema = 'marts' and column_name = 'patient_key'
    loop
        execute format('alter table marts.%I enable row level security', mart);
        execute format('alter table marts.%I force row level security', mart);
        execute format(
            'create policy owner on marts.%I to ehr_owner using (true)', mart
        );
        execute format(
            'create policy doctor on marts.%I to ehr_doctor
                using ((select access.is_known_person()))', mart
        );
        execute format(
            'create policy nurse on marts.%I to ehr_nurse using (
                patient_key = any((select access.visible_patients())::bigint[])
            )', mart
        );
    end loop;
end
$$;
grant select on all tables in schema marts to ehr_doctor, ehr_nurse;

insert into raw.source values ('hospital', 'csv', false, null);
insert into raw.source_as_of values ('hospital', '2026-06-30 12:00Z');
insert into raw.build (started_at, ended_at, is_full, last_touch_id, project_digest, status)
values ('2026-06-30 11:00Z', '2026-06-30 11:05Z', true, 0, 'digest', 'succeeded');

insert into marts.dim_practitioners values ('hospital:D1', 'Dr. One', 'Nephrology');
insert into marts.dim_patients values
(1, 'female', '1956-08-03', 1956, false, null, 'en', 'hospital'),
(2, 'male', '1940-01-31', 1940, true, '2026-02-01 04:00Z', 'en', 'hospital'),
(3, 'unknown', null, 1999, false, null, null, 'hospital');
insert into marts.fct_conditions values
(1, 'chronic kidney disease stage 3', 'N18.3', true, false, '2022-03-01 08:00Z', null),
(1, 'type 2 diabetes mellitus', 'E11.9', true, false, '2015-05-04 08:00Z', null),
(1, 'acute bronchitis', 'J20.9', false, false, '2024-01-10 Z', '2024-01-24 Z'),
(1, 'gout', 'M10.9', true, true, '2020-01-01 Z', null),
(1, null, 'Z79.4', null, false, '2025-02-02 Z', null);
insert into marts.fct_allergies values
(1, 'penicillin', 'drug', 'high', 'Anaphylaxis', 'severe', null, null, true, false,
    '2001-01-01 Z', null),
(1, 'shellfish', 'food', 'low', 'Hives', 'mild', null, null, true, false, null, null),
(1, null, 'drug', null, null, null, null, null, true, false, null, '7052'),
(1, 'latex', 'environment', null, null, null, null, null, true, true, null, null),
(2, 'codeine', 'drug', null, null, null, null, null, false, false, null, null);
insert into marts.fct_lab_results values
('k1', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2025-01-10 07:00Z', null,
    '4.6', 4.6, null, null, 'mmol/L', 'mmol/L', 3.5, 5.0, 3.5, 5.0, null, '',
    'NORMAL', 'delivered_range', null, null, 'final', true),
('k2', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2025-06-10 07:00Z', null,
    '5.4', 5.4, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, 'H',
    'HIGH', 'delivered_range', null, null, 'corrected', true),
('k3', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2026-06-10 07:00Z', null,
    '6.4', 6.4, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, 'HH',
    'CRITICAL_HIGH', 'delivered_range', null, null, 'final', true),
('k4', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2026-06-11 07:00Z', null,
    'haemolysed', null, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, null,
    'INDETERMINATE', null, 'not_a_number', 'not_a_number', 'final', true),
('t1', 1, '49563-0', 'Troponin I', 'Plasma', null, null, null, '2026-06-12 07:00Z', null,
    '<0.01', null, '<', 0.01, 'ng/mL', 'ng/mL', null, null, null, null, null, null,
    'INDETERMINATE', null, 'no_delivered_range', 'no_default_range', 'final', true),
('s1', 1, '2951-2', 'Sodium', 'Serum', null, null, null, '2026-06-20 07:00Z', null,
    '139', 139, null, null, 'mmol/L', 'mmol/L', null, null, 136, 145,
    'ABIM 2026 adult range of 2951-2', null, 'NORMAL', 'default_range',
    'no_delivered_range', null, 'final', true);
insert into marts.fct_medication_history values
('hospital:R1', 1, 'hospital', 'Metformin 500 MG Oral Tablet', null, '500', 'mg',
    'twice daily', 'oral', 'type 2 diabetes mellitus', 'Dose raised', false, false,
    false, '2023-01-10 Z', null, '2024-07-01 Z', '2024-07-20 Z', null),
('hospital:R2', 1, 'hospital', 'Metformin 1000 MG Oral Tablet', null, '1000', 'mg',
    'twice daily', 'oral', 'type 2 diabetes mellitus', null, false, false,
    false, '2024-07-01 Z', null, null, '2026-07-20 Z', null),
('hospital:R3', 1, 'hospital', 'Amoxicillin 250 MG Oral Capsule', null, '250', 'mg',
    'three times daily', 'oral', null, null, false, false, false,
    '2024-01-10 Z', '2024-01-20 Z', null, null, null),
('hospital:R4', 1, 'hospital', 'Digoxin 0.125 MG Oral Tablet', null, null, null,
    null, 'oral', null, null, false, false, false, null, null, null, null, null);
insert into marts.fct_active_medications values ('hospital:R2', 1);
insert into marts.fct_encounters values
('hospital:E1', 1, 'hospital:D1', 'outpatient', 'Follow-up visit', 'diabetes', null,
    null, null, false, false, false, false, '2026-06-10 07:00Z', '2026-06-10 07:30Z'),
('hospital:E2', 1, 'hospital:D1', 'inpatient', 'Admission', 'pneumonia', null, null,
    'home', true, false, false, false, '2024-01-10 07:00Z', '2024-01-14 12:00Z');
insert into marts.fct_vital_signs
select row_number() over ()::text, 1, name, name, number, unit, number, unit, unit, at
from (
    values
    ('Systolic blood pressure', 132, 'mm[Hg]', '2026-06-10 07:10Z'::timestamptz),
    ('Diastolic blood pressure', 84, 'mm[Hg]', '2026-06-10 07:10Z'),
    ('Systolic blood pressure', 141, 'mm[Hg]', '2025-06-10 07:10Z'),
    ('Diastolic blood pressure', 88, 'mm[Hg]', '2025-06-10 07:10Z'),
    ('Heart rate', 72, '/min', '2026-06-10 07:10Z')
) as measured (name, number, unit, at);
