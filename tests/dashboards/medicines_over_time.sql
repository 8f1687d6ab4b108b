-- What the small hospital's first patient took besides, and how much of it was covered.

insert into marts.fct_medication_history (
    prescription_key, patient_key, source_system, drug_name, change_reason_name,
    is_inpatient_order, is_infusion_component, is_never_given, started_at, ended_at,
    supply_ends_at, is_status_stopped
)
values
('hospital:T1', 1, 'hospital', 'Warfarin 5 MG Oral Tablet', null, false, false, false,
    '2025-01-01 Z', null, '2025-03-02 Z', false),
('hospital:T2', 1, 'hospital', 'Warfarin 5 MG Oral Tablet', 'bleeding', false, false,
    false, '2025-04-01 Z', '2025-05-01 Z', null, true),
('hospital:T3', 1, 'hospital', 'Mistletoe drops', null, false, false, false,
    '2025-02-01 Z', null, null, false),
('hospital:T4', 1, 'hospital', 'Sodium chloride flush', null, false, false, false,
    '2025-02-01 Z', null, null, false);
insert into marts.fct_prescription_ingredients values
(1, 'hospital:T1', 'warfarin', 'medicine', 5, 'mg', null, false),
(1, 'hospital:T2', 'warfarin', 'medicine', 2.5, 'mg', null, true),
(1, 'hospital:T3', null, 'unknown', null, null, 'unit_unknown', null),
(1, 'hospital:T4', 'sodium chloride', 'diluent', null, null, 'not_a_medicine', null);
insert into marts.fct_medication_exposures values
('hospital:T1', 1, 'order', 'warfarin', true, false, null, '2025-01-01'),
('hospital:T2', 1, 'order', 'warfarin', true, false, null, '2025-04-01'),
('hospital:TD', 1, 'dispense', 'simvastatin', true, false, null, '2025-05-05');
insert into marts.fct_medications_taken values
('hospital:T1:1', 1, 'hospital:T1', 'hospital:T1', 'order', 'warfarin',
    '2025-01-01 Z', '2025-03-17 Z', null),
('hospital:T2:1', 1, 'hospital:T2', 'hospital:T2', 'order', 'warfarin',
    '2025-04-01 Z', '2025-05-01 Z', null);
insert into marts.fct_administrations (
    administration_key, patient_key, drug_name, status_code, reason_name,
    administered_at, prescription_key, is_given
)
values
('hospital:TA1', 1, 'Amoxicillin', 'given', null, '2024-01-11 08:00Z', 'hospital:R3', true),
('hospital:TA2', 1, 'Amoxicillin', 'withheld', 'vomiting', '2024-01-12 08:00Z',
    'hospital:R3', false),
('hospital:TA3', 1, 'cimetidine', 'given', null, '2024-01-12 08:00Z', null, true);
insert into marts.fct_inpatient_stays values
('hospital:TS', 1, '2025-06-10 07:00Z', '2025-06-14 12:00Z');
insert into marts.fct_medication_adherence values
(1, 'class', 'Statins', null, 2025, 7, 300, 238, 4, 0.793333, 80, false, true,
    '2025-03-03', '2025-12-31'),
(1, 'ingredient', 'simvastatin', 'one_fill_date', 2025, 1, 61, 30, 0, 0.491803, 80,
    false, false, '2025-11-01', '2025-12-31'),
(1, 'class', 'Statins', null, 2024, 12, 366, 293, 0, 0.800546, 80, true, true,
    '2024-01-01', '2024-12-31');
insert into marts.fct_medication_covered_intervals values
(1, 'class', 'Statins', 2025, 1, 5, 150, '2025-03-03', '2025-07-30'),
(1, 'class', 'Statins', 2025, 2, 2, 92, '2025-10-01', '2025-12-31'),
(1, 'ingredient', 'simvastatin', 2025, 1, 1, 30, '2025-11-01', '2025-11-30');
