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
    result_status_code text, is_usable boolean, reference_text text, comment_text text,
    reading_hash text, is_withdrawn boolean not null default false,
    default_range_source_code text,
    converted_analyte_code text, converted_value_number numeric,
    converted_comparator_number numeric, converted_unit text,
    converted_reference_low numeric, converted_reference_high numeric,
    converted_default_low numeric, converted_default_high numeric,
    conversion_code text, conversion_rule_name text, conversion_basis text,
    conversion_factor numeric, conversion_increment numeric,
    is_conversion_reversed boolean
);
create table marts.fct_lab_result_versions (
    like marts.fct_lab_results including defaults, version_number bigint,
    is_current boolean, is_closed boolean, is_closing boolean, known_from timestamptz,
    known_until timestamptz, test_code text, code_system text, loinc_code text,
    value_kind text, unit_ucum text, source_system text, delivery_id bigint,
    file_id bigint, line_number bigint
);
create table marts.dim_lab_panels (
    analyte_code text, panel_name text, panel_position integer, test_position integer
);
create table marts.fct_acknowledgements (
    patient_key bigint, lab_result_key text, reading_hash text,
    is_current_reading boolean, person_name text, comment_text text,
    acknowledged_at timestamptz
);
create table marts.fct_abnormal_findings (
    lab_result_key text, reading_hash text, patient_key bigint, analyte_code text,
    value_text text, comparator text, number_or_bound numeric, unit text,
    finding_flag text, collected_at timestamptz, resulted_at timestamptz,
    is_on_worklist boolean, practitioner_key text
);
create table marts.fct_result_worklist (
    patient_key bigint, analyte_code text, test_name text, specimen_name text,
    urgency_rank integer, novelty_code text, lab_result_key text,
    practitioner_key text, value_text text, comparator text, number_or_bound numeric,
    unit text, finding_flag text, flag_source text, range_low numeric,
    range_high numeric, range_name text, result_status_code text,
    collected_at timestamptz, resulted_at timestamptz, latest_value_text text,
    latest_flag text, latest_collected_at timestamptz, previous_value_text text,
    previous_flag text, previous_collected_at timestamptz, open_findings_count bigint,
    is_deceased boolean, source_system text, latest_unit text,
    previous_unit text, newest_open_at timestamptz,
    is_changed_after_acknowledgement boolean not null default false
);
create table marts.fct_rejected_specimens (
    specimen_key text, patient_key bigint, lab_order_key text, practitioner_key text,
    accession_number text, specimen_type_name text, rejection_reason_name text,
    test_name text, priority_code text, urgency_rank integer, is_asked_again boolean,
    collected_at timestamptz, rejected_at timestamptz, known_from timestamptz,
    source_system text
);
create table marts.fct_microbiology_results (
    patient_key bigint, lab_result_key text, culture_key text, version_number bigint,
    is_current boolean, is_withdrawn boolean, test_name text, specimen_name text,
    organism_name text, isolate_number bigint, antibiotic_name text,
    susceptibility_code text, susceptibility_name text, value_text text, unit text,
    laboratory_flag text, displayed_flag text, result_status_code text,
    comment_text text, collected_at timestamptz, resulted_at timestamptz,
    known_from timestamptz
);
create table marts.fct_imaging_report_versions (
    imaging_report_key text, patient_key bigint, version_number bigint,
    is_current boolean, is_closed boolean, status_code text, report_status_code text,
    reported_at timestamptz, version_at timestamptz
);
create table marts.fct_imaging_studies (
    study_key text, patient_key bigint, procedure_name text, modality_name text,
    modality_code text, body_site_name text, started_at timestamptz
);
create table marts.fct_inpatient_stays (
    stay_key text, patient_key bigint, admitted_at timestamptz,
    discharged_at timestamptz
);
create table marts.fct_medication_history (
    prescription_key text, patient_key bigint, source_system text, drug_name text,
    strength_text text, dose_text text, dose_unit text, frequency_text text,
    route_code text, reason_name text, change_reason_name text,
    is_inpatient_order boolean, is_infusion_component boolean, is_never_given boolean,
    started_at timestamptz, ended_at timestamptz, replaced_at timestamptz,
    supply_ends_at timestamptz, encounter_ended_at timestamptz,
    alerts_overridden text, override_reason_name text, is_status_stopped boolean,
    drug_type_code text, last_dispensed_at timestamptz, delivery_id bigint,
    file_id bigint, line_number bigint, known_from timestamptz
);
create table marts.fct_dispenses (
    dispense_key text, patient_key bigint, prescription_key text, source_system text,
    drug_name text, frequency_text text, handed_out_at timestamptz,
    supply_ends_at timestamptz, is_handed_out boolean
);
create table marts.fct_active_medications (prescription_key text, patient_key bigint);
create table marts.fct_prescription_ingredients (
    patient_key bigint, prescription_key text, ingredient_name text,
    drug_kind_code text, daily_dose numeric, daily_dose_unit text, refusal_code text,
    is_as_needed boolean, mapping_method text
);
create table marts.fct_medication_exposures (
    exposure_key text, patient_key bigint, exposure_kind_code text,
    ingredient_name text, is_counted boolean, is_inpatient_order boolean,
    supply_days integer, starts_on date
);
create table marts.fct_medications_taken (
    taken_key text, patient_key bigint, exposure_key text, prescription_key text,
    exposure_kind_code text, ingredient_name text, taken_from timestamptz,
    taken_until timestamptz, known_until timestamptz
);
create table marts.fct_dose_changes (
    patient_key bigint, prescription_key text, ingredient_name text,
    change_code text, change_percent numeric
);
create table marts.fct_medication_adherence (
    patient_key bigint, measure_kind_code text, measure_name text,
    ineligible_reason_code text, calendar_year integer, fills_count bigint,
    days_in_period integer, days_covered integer, inpatient_days integer,
    proportion_of_days_covered numeric, adherent_percent integer, is_adherent boolean,
    is_eligible boolean, period_starts_on date, period_ends_on date
);
create table marts.fct_medication_covered_intervals (
    patient_key bigint, measure_kind_code text, measure_name text,
    calendar_year integer, interval_number bigint, fills_count bigint,
    days_count integer, starts_on date, ends_on date
);
create table marts.fct_refills (
    patient_key bigint, prescription_key text, ingredient_name text,
    refill_status_code text, is_overdue boolean, days_late integer,
    open_requests_count bigint, last_covered_on date, last_fill_on date,
    last_requested_at timestamptz
);
create table marts.fct_allergy_warnings (
    patient_key bigint, allergy_key text, ingredient_name text, alert_kind_code text,
    severity_code text, substance_name text, advice_name text, basis_name text,
    source_name text
);
create table marts.fct_medication_alerts (
    alert_key text, patient_key bigint, alert_kind_code text, severity_code text,
    first_ingredient_name text, second_ingredient_name text, subject_name text,
    mechanism_name text, effect_name text, source_name text, number_value numeric,
    began_at timestamptz, ended_at timestamptz, known_until timestamptz
);
create table marts.dim_alerting_pairs (
    alert_kind_code text, first_ingredient_name text, second_ingredient_name text,
    severity_code text, class_name text, mechanism_name text, effect_name text,
    source_name text
);
create table marts.dim_drug_ingredients (drug_key text, ingredient_name text);
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
    value_number numeric, unit_ucum text, unit text, measured_at timestamptz,
    value_text text, source_system text default 'hospital', delivery_id bigint,
    file_id bigint, line_number bigint, known_from timestamptz
);
create table marts.fct_early_warning_scores (
    early_warning_score_key text, patient_key bigint, total_points integer,
    band_code text, not_computed_reason text, missing_text text,
    respiration_points integer, saturation_points integer, oxygen_points integer,
    systolic_points integer, pulse_points integer, consciousness_points integer,
    temperature_points integer, measured_at timestamptz
);
create table marts.fct_derived_measures (
    derived_measure_key text, patient_key bigint, measure_code text,
    measure_name text, value_number numeric, unit text, class_name text,
    is_lasting boolean, caution_code text, not_computed_reason text,
    inputs_text text, rule_name text, measured_at timestamptz
);
create table marts.fct_result_trends (
    patient_key bigint, analyte_code text, unit text, material_code text,
    result_count bigint, last_value numeric, slope_per_year numeric,
    slope_low_per_year numeric, slope_high_per_year numeric, slope_missing_reason text,
    baseline_value numeric, baseline_count bigint, baseline_missing_reason text,
    change_from_baseline_percent numeric, reference_change_percent numeric,
    reference_change_source text, is_significant_change boolean,
    time_in_range_share numeric, time_in_range_days numeric, forecast_value numeric,
    forecast_low numeric, forecast_high numeric, forecast_at timestamptz,
    first_collected_at timestamptz, last_collected_at timestamptz
);
create table marts.fct_notes (
    note_key text, patient_key bigint, note_type_code text, title text,
    author_name text, author_role_name text, status_code text,
    is_entered_in_error boolean, written_at timestamptz, source_system text
);
create table marts.fct_imaging_reports (
    imaging_report_key text, patient_key bigint, procedure_name text,
    modality_code text, body_site_name text, author_name text, status_code text,
    is_final boolean, is_corrected boolean, is_cancelled boolean,
    reported_at timestamptz
);
create table marts.fct_devices (
    device_key text, patient_key bigint, device_name text, device_code text,
    body_site_name text, status_code text, is_present boolean, started_at timestamptz,
    ended_at timestamptz
);
create table marts.fct_protected_texts (
    kind_code text, fact_key text, patient_key bigint, is_for_patient boolean,
    sensitivity integer
);
create table marts.fct_care_plans (
    care_plan_key text, patient_key bigint, plan_name text, reason_name text,
    status_code text, goal_text text, outcome_text text, is_active boolean,
    started_at timestamptz, ended_at timestamptz
);
create table marts.fct_lab_orders (
    lab_order_key text, patient_key bigint, test_name text, category_code text,
    priority_code text, status_code text, reason_name text, is_open boolean,
    ordered_at timestamptz, due_at timestamptz, completed_at timestamptz
);
create table marts.fct_referrals (
    referral_key text, patient_key bigint, specialty_name text, priority_code text,
    status_code text, reason_name text, is_open boolean, requested_at timestamptz,
    completed_at timestamptz
);
create table marts.fct_appointments (
    appointment_key text, patient_key bigint, appointment_type_name text,
    status_code text, specialty_name text, is_upcoming boolean, is_missed boolean,
    requested_at timestamptz, starts_at timestamptz
);
create table marts.fct_administrations (
    administration_key text, patient_key bigint, drug_name text, dose_text text,
    dose_unit text, status_code text, reason_name text, performer_name text,
    administered_at timestamptz, prescription_key text, drug_code text,
    code_system text, is_given boolean
);
create table marts.fct_medication_requests (
    medication_request_key text, patient_key bigint, request_type_code text,
    drug_name text, status_code text, answered_by_name text, is_open boolean,
    requested_at timestamptz, answered_at timestamptz
);
create table marts.fct_family_history (
    family_history_key text, patient_key bigint, relationship_code text,
    condition_name text, condition_code text, onset_age_years numeric,
    recorded_at timestamptz
);
create table marts.fct_social_history (
    social_history_key text, patient_key bigint, observation_name text,
    value_text text, is_latest boolean, observed_at timestamptz
);
create table marts.fct_questionnaire_responses (
    questionnaire_response_key text, patient_key bigint, question_name text,
    answer_text text, answered_at timestamptz
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
                using (
                    (select access.is_known_person())
                    and patient_key not in (select unnest(access.closed_patients()))
                )', mart
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
create policy owner on ml.risk_score to ehr_owner using (true);

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
('hospital:k1', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2025-01-10 07:00Z', null,
    '4.6', 4.6, null, null, 'mmol/L', 'mmol/L', 3.5, 5.0, 3.5, 5.0, null, '',
    'NORMAL', 'delivered_range', null, null, 'final', true),
('hospital:k2', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2025-06-10 07:00Z', null,
    '5.4', 5.4, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, 'H',
    'HIGH', 'delivered_range', null, null, 'corrected', true),
('hospital:k3', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2026-06-10 07:00Z', null,
    '6.4', 6.4, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, 'HH',
    'CRITICAL_HIGH', 'delivered_range', null, null, 'final', true),
('hospital:k4', 1, '2823-3', 'Potassium', 'Serum', null, null, null, '2026-06-11 07:00Z', null,
    'haemolysed', null, null, null, 'mmol/L', 'mmol/L', 3.5, 5.1, 3.5, 5.0, null, null,
    'INDETERMINATE', null, 'not_a_number', 'not_a_number', 'final', true),
('hospital:t1', 1, '49563-0', 'Troponin I', 'Plasma', null, null, null, '2026-06-12 07:00Z', null,
    '<0.01', null, '<', 0.01, 'ng/mL', 'ng/mL', null, null, null, null, null, null,
    'INDETERMINATE', null, 'no_delivered_range', 'no_default_range', 'final', true),
('hospital:s1', 1, '2951-2', 'Sodium', 'Serum', null, null, null, '2026-06-20 07:00Z', null,
    '139', 139, null, null, 'mmol/L', 'mmol/L', null, null, 136, 145,
    'ABIM 2026 adult range of 2951-2', null, 'NORMAL', 'default_range',
    'no_delivered_range', null, 'final', true);
insert into marts.dim_lab_panels values
('2823-3', 'Electrolytes and minerals', 2, 2),
('2951-2', 'Electrolytes and minerals', 2, 1),
('1963-8', 'Electrolytes and minerals', 2, 4);
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
insert into marts.fct_prescription_ingredients values
(1, 'hospital:R1', 'metformin', 'medicine', 1000, 'mg', null, false),
(1, 'hospital:R2', 'metformin', 'medicine', 2000, 'mg', null, false),
(1, 'hospital:R3', 'amoxicillin', 'medicine', null, null, 'dose_is_range', false),
(1, 'hospital:R4', 'digoxin', 'medicine', null, null, 'dose_not_stated', null);
insert into marts.fct_medication_exposures values
('hospital:R1', 1, 'order', 'metformin', true, false, null, '2023-01-10'),
('hospital:R2', 1, 'order', 'metformin', true, false, null, '2024-07-01'),
('hospital:R3', 1, 'order', 'amoxicillin', true, false, null, '2024-01-10');
insert into marts.fct_medications_taken values
('hospital:R1:1', 1, 'hospital:R1', 'hospital:R1', 'order', 'metformin',
    '2023-01-10 Z', '2024-07-01 Z', null),
('hospital:R2:1', 1, 'hospital:R2', 'hospital:R2', 'order', 'metformin',
    '2024-07-01 Z', '2026-08-04 Z', null),
('hospital:R3:1', 1, 'hospital:R3', 'hospital:R3', 'order', 'amoxicillin',
    '2024-01-10 Z', '2024-02-19 Z', '2024-02-01 Z'),
('hospital:R3:2', 1, 'hospital:R3', 'hospital:R3', 'order', 'amoxicillin',
    '2024-01-10 Z', '2024-01-20 Z', null);
insert into marts.fct_dose_changes values
(1, 'hospital:R2', 'metformin', 'increase', 100.00);
insert into marts.dim_drug_ingredients values
('RxNorm:1', 'cimetidine'), ('RxNorm:2', 'glipizide'), ('RxNorm:3', 'amoxicillin'),
('RxNorm:4', 'metformin'), ('name:cimetidine', 'cimetidine'),
('name:glipizide', 'glipizide');
insert into marts.dim_alerting_pairs values
('interaction', 'cimetidine', 'metformin', 'contraindicated', null,
    'less is excreted', 'lactic acidosis', 'list A'),
('interaction', 'amoxicillin', 'glipizide', 'major', null, null, 'x', 'list A'),
('duplication', 'glipizide', 'metformin', 'moderate', 'class of both', null,
    'two medicines of one class', 'classes');
insert into marts.fct_allergy_warnings values
(1, 'hospital:A1', 'amoxicillin', 'allergy', 'contraindicated', 'Penicillin',
    'recorded allergy', null, 'patient record');
insert into marts.fct_medication_alerts values
('a', 1, 'duplication', 'moderate', 'glipizide', 'metformin', 'class of both', null,
    'two medicines of one class', 'classes', null, '2024-07-01 Z', '2027-01-01 Z',
    null),
('b', 1, 'interaction', 'contraindicated', 'cimetidine', 'metformin', null,
    'less is excreted', 'lactic acidosis', 'list A', null, '2026-01-01 Z',
    '2027-01-01 Z', null),
('c', 1, 'interaction', 'major', 'digoxin', 'metformin', null, null, 'over by now',
    'list A', null, '2024-01-01 Z', '2024-02-01 Z', null),
('d', 1, 'interaction', 'major', 'digoxin', 'metformin', null, null, 'known no more',
    'list A', null, '2024-01-01 Z', '2027-01-01 Z', '2024-02-01 Z');
insert into marts.fct_encounters values
('hospital:E1', 1, 'hospital:D1', 'outpatient', 'Follow-up visit', 'diabetes', null,
    null, null, false, false, false, false, '2026-06-10 07:00Z', '2026-06-10 07:30Z'),
('hospital:E2', 1, 'hospital:D1', 'inpatient', 'Admission', 'pneumonia', null, null,
    'home', true, false, false, false, '2024-01-10 07:00Z', '2024-01-14 12:00Z');
insert into marts.fct_vital_signs
select row_number() over ()::text, 1, name, name, number, unit, number, unit, unit, at,
    number::text
from (
    values
    ('Systolic blood pressure', 132, 'mm[Hg]', '2026-06-10 07:10Z'::timestamptz),
    ('Diastolic blood pressure', 84, 'mm[Hg]', '2026-06-10 07:10Z'),
    ('Systolic blood pressure', 141, 'mm[Hg]', '2025-06-10 07:10Z'),
    ('Diastolic blood pressure', 88, 'mm[Hg]', '2025-06-10 07:10Z'),
    ('Heart rate', 72, '/min', '2026-06-10 07:10Z'),
    ('Respiratory rate', 22, '/min', '2026-06-10 07:10Z'),
    ('Oxygen saturation', 93, '%', '2026-06-10 07:10Z'),
    ('Body temperature', 38.4, 'Cel', '2026-06-10 07:10Z'),
    ('Inhaled oxygen flow rate', 2, 'L/min', '2026-06-10 07:10Z')
) as measured (name, number, unit, at);
insert into marts.fct_vital_signs
values ('awake', 1, 'Level of consciousness', 'Level of responsiveness', null, null, null,
    null, null, '2026-06-10 07:10Z', 'Alert');
insert into marts.fct_early_warning_scores values
('news2@1', 1, 7, 'high', null, null, 2, 2, 2, 0, 0, 0, 1, '2026-06-10 07:10Z');

insert into marts.fct_derived_measures values
('egfr@1', 1, 'egfr', 'Filtration rate (eGFR)', 43, 'mL/min/{1.73_m2}', 'G3b', true,
    null, null, 'Creatinine 1.6 mg/dL, 70 years, male', 'CKD-EPI 2021; KDIGO 2024',
    '2026-06-10 07:10Z'),
('egfr@0', 1, 'egfr', 'Filtration rate (eGFR)', 51, 'mL/min/{1.73_m2}', 'G3a', false,
    null, null, 'Creatinine 1.4 mg/dL, 69 years, male', 'CKD-EPI 2021; KDIGO 2024',
    '2025-06-10 07:10Z');

insert into marts.fct_result_trends values
(1, '2823-3', 'mmol/L', '', 9, 6.4, 1.23, 0.11, 2.35, null, 4.9, 3, null, 30.61, 12.81,
    'Ozturk 2013 (stable renal transplant)', true, 0.42, 56.0, 6.9, 6.1, 7.7,
    '2026-09-08 07:00Z', '2023-06-10 07:00Z', '2026-06-10 07:00Z');

update marts.fct_lab_results set reading_hash = md5(lab_result_key);
-- Every result has its version; k2 was corrected, k0 deleted by its source.
insert into marts.fct_lab_result_versions
select
    result.*, 1, true, false, false, collected_at, null, analyte_code, 'LOINC',
    analyte_code, 'numeric', unit, 'hospital', 1, 1, 12
from marts.fct_lab_results as result;
update marts.fct_lab_result_versions
set version_number = 2, known_from = '2025-06-11 09:00Z', line_number = 44
where lab_result_key = 'hospital:k2';
insert into marts.fct_lab_result_versions (
    lab_result_key, patient_key, analyte_code, test_name, specimen_name, collected_at,
    value_text, value_number, unit, comparable_unit, reference_low, reference_high,
    displayed_flag, displayed_flag_source, result_status_code, is_usable, reading_hash,
    version_number, is_current, is_closed, is_closing, known_from, known_until,
    test_code, code_system, loinc_code, value_kind, unit_ucum, source_system,
    delivery_id, file_id, line_number
)
values
('hospital:k2', 1, '2823-3', 'Potassium', 'Serum', '2025-06-10 07:00Z', '2.4', 2.4,
    'mmol/L', 'mmol/L', 3.5, 5.1, 'CRITICAL_LOW', 'delivered_range', 'final', true,
    md5('2.4'), 1, false, false, false, '2025-06-10 08:00Z', '2025-06-11 09:00Z',
    '2823-3', 'LOINC', '2823-3', 'numeric', 'mmol/L', 'hospital', 1, 1, 7),
('hospital:k0', 1, '2823-3', 'Potassium', 'Serum', '2026-06-09 07:00Z', '7.1', 7.1,
    'mmol/L', 'mmol/L', 3.5, 5.1, 'CRITICAL_HIGH', 'delivered_range', 'final', true,
    md5('7.1'), 1, false, false, false, '2026-06-09 08:00Z', '2026-06-09 10:00Z',
    '2823-3', 'LOINC', '2823-3', 'numeric', 'mmol/L', 'hospital', 1, 1, 8),
('hospital:k0', 1, '2823-3', 'Potassium', 'Serum', null, null, null, null, null, null,
    null, 'INDETERMINATE', null, 'entered-in-error', false, md5('deleted'), 2, true,
    true, true, '2026-06-09 10:00Z', null, '2823-3', 'LOINC', '2823-3', null, null,
    'hospital', 1, 1, 9);
insert into marts.fct_acknowledgements values
(1, 'hospital:k2', md5('hospital:k2'), true, 'Dr. Two', 'Diet discussed', '2025-06-11 08:00Z'),
(1, 'hospital:k1', md5('before'), false, 'Dr. Two', null, '2025-01-10 09:00Z');
insert into marts.fct_abnormal_findings values
('hospital:k3', md5('hospital:k3'), 1, '2823-3', '6.4', null, 6.4, 'mmol/L', 'CRITICAL_HIGH',
    '2026-06-10 07:00Z', null, true),
('hospital:h2', md5('hospital:h2'), 3, '718-7', '9.1', null, 9.1, 'g/dL', 'LOW',
    '2026-06-29 07:00Z', null, true),
('hospital:h1', md5('hospital:h1'), 3, '718-7', '9.8', null, 9.8, 'g/dL', 'LOW',
    '2026-06-28 07:00Z', null, true),
('hospital:h0', md5('hospital:h0'), 3, '718-7', '10.9', null, 10.9, 'g/dL', 'LOW',
    '2026-01-28 07:00Z', null, false),
('hospital:g1', md5('hospital:g1'), 3, '2345-7', '>500', '>', 500, 'mg/dL', 'HIGH',
    '2026-06-25 07:00Z', null, true),
('hospital:l1', md5('hospital:l1'), 3, '2524-7', '5.2', null, 5.2, 'mmol/L', 'CRITICAL_HIGH',
    '2024-05-01 07:00Z', null, true),
('hospital:n1', md5('hospital:n1'), 2, '2951-2', '115', null, 115, 'mmol/L', 'CRITICAL_LOW',
    '2026-01-31 07:00Z', null, true);
insert into marts.fct_result_worklist values
(1, '2823-3', 'Potassium', 'Serum', 1, 'critical', 'hospital:k3', 'hospital:D1', '6.4', null,
    6.4, 'mmol/L', 'CRITICAL_HIGH', 'delivered_range', 3.5, 5.1,
    'delivered with the result', 'preliminary', '2026-06-10 07:00Z', null,
    'haemolysed', 'INDETERMINATE', '2026-06-11 07:00Z', '5.4', 'HIGH',
    '2025-06-10 07:00Z', 1, false, 'hospital'),
(3, '718-7', 'Hemoglobin', null, 2, 'newly_abnormal', 'hospital:h2', null, '9.1', null,
    9.1, 'g/dL', 'LOW', 'default_range', 12, 16, 'ABIM 2026 adult range of 718-7',
    'final', '2026-06-29 07:00Z', null, '9.1', 'LOW', '2026-06-29 07:00Z',
    '13.1', 'NORMAL', '2026-03-03 07:00Z', 2, false, 'hospital'),
(3, '2345-7', 'Glucose', 'Serum', 3, 'stable', 'hospital:g1', null, '>500', '>',
    500, 'mg/dL', 'HIGH', 'laboratory', null, null, null,
    'final', '2026-06-25 07:00Z', null, '>500', 'HIGH', '2026-06-25 07:00Z',
    '480', 'HIGH', '2026-06-20 07:00Z', 1, false, 'hospital'),
(3, '2524-7', 'Lactate', 'Blood', 1, 'critical', 'hospital:l1', null, '5.2', null,
    5.2, 'mmol/L', 'CRITICAL_HIGH', 'delivered_range', 0.5, 2.2,
    'delivered with the result', 'final', '2024-05-01 07:00Z', null,
    '5.2', 'CRITICAL_HIGH', '2024-05-01 07:00Z', null, null, null, 1, false,
    'hospital'),
(2, '2951-2', 'Sodium', 'Serum', 1, 'critical', 'hospital:n1', 'hospital:D1', '115', null,
    115, 'mmol/L', 'CRITICAL_LOW', 'delivered_range', 136, 145,
    'delivered with the result', 'final', '2026-01-31 07:00Z', null,
    '115', 'CRITICAL_LOW', '2026-01-31 07:00Z', null, null, null, 1, true,
    'hospital');
update marts.fct_result_worklist set
    newest_open_at = collected_at, latest_unit = unit, previous_unit = unit;
update marts.fct_abnormal_findings set practitioner_key = 'hospital:D1'
where lab_result_key in ('hospital:k3', 'hospital:n1');

insert into ml.model values
('readmission', '2026-06-01', '2026-06-01 Z', '2026-05-01 Z', 1400, 240, 500, 80,
    0.17, '{}', true, null, repeat('a', 64), '{}');
insert into ml.risk_score (
    patient_key, stay_key, model_name, model_version, predicted_at, window_ends_at,
    scored_at, status_code, risk, base_rate,
    reason_1_name, reason_1_value, reason_1_effect,
    reason_2_name, reason_2_value, reason_2_effect,
    training_events, is_model_shown, features_known_until, sensitivity
)
values (
    1, 'hospital:E9', 'readmission', '2026-06-01', '2026-06-14 12:00Z',
    '2026-07-14 23:59Z', '2026-06-15 Z', 'scored', 0.312, 0.17,
    'Admissions in the 12 months before', '3', 'raises',
    'Haemoglobin', '13.9 g/dL', 'lowers',
    240, true, '2026-06-14 11:00Z', 0
);
