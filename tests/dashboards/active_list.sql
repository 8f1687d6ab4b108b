-- What other sources tell of the small hospital's first patient, for the active list.

insert into marts.fct_medication_history (
    prescription_key, patient_key, source_system, drug_name, dose_text, dose_unit,
    frequency_text, is_inpatient_order, is_infusion_component, is_never_given,
    started_at, ended_at, supply_ends_at, is_status_stopped, drug_type_code,
    last_dispensed_at
)
values
('clinic:L1', 1, 'clinic', 'Metformin 500 MG Oral Tablet', '500', 'mg', 'twice daily',
    false, false, false, '2024-03-01 Z', null, '2026-08-01 Z', false, null,
    '2026-06-02 Z'),
('clinic:L2', 1, 'clinic', 'Aspirin 100 MG Oral Tablet', '100', 'mg', 'once daily',
    false, false, false, '2024-03-01 Z', null, null, false, 'STATED', null),
('clinic:L3', 1, 'clinic', 'Mistletoe drops', null, null, null,
    false, false, false, '2025-03-01 Z', null, null, false, null, null),
('hospital:L4', 1, 'hospital', 'Ibuprofen 400 MG Oral Tablet', '400', 'mg',
    'three times daily', false, false, false, '2026-01-01 Z', '2026-05-01 Z', null, true,
    null, null);
insert into marts.fct_active_medications values
('clinic:L1', 1), ('clinic:L2', 1), ('clinic:L3', 1);
insert into marts.fct_prescription_ingredients values
(1, 'clinic:L1', 'metformin', 'medicine', 1000, 'mg', null, false, 'code'),
(1, 'clinic:L2', 'aspirin', 'medicine', 100, 'mg', null, false, 'text'),
(1, 'clinic:L3', null, 'unknown', null, null, 'unit_unknown', null, 'unmapped'),
(1, 'hospital:L4', 'ibuprofen', 'medicine', 1200, 'mg', null, false, 'code');
insert into marts.fct_dispenses values
('clinic:LD', 1, null, 'clinic', 'Ibuprofen 400 MG Oral Tablet', null, '2026-06-01 Z',
    '2099-01-01 Z', true);
insert into marts.fct_medication_exposures values
('clinic:LD', 1, 'dispense', 'ibuprofen', true, false, null, '2026-06-01');
