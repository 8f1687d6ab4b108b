"""What the columns of our own csv tell about who somebody is.

A column of one name has one class in every feed: the gravest that it has in any.
"""

# Names, numbers and addresses; ids of facts, which belong to one person each and often
# hold that person's number; texts that somebody wrote freely.
IDENTIFIES_NAMES = """
    source_patient_id surviving_patient_id record_id encounter_id part_of_encounter_id
    order_id specimen_id study_id series_uid instance_uid prescription_id
    replaces_prescription_id pharmacy_order_id medical_record_number national_id
    drivers_license passport_number name_prefix given_name family_name name_suffix
    maiden_name practitioner_name birth_place address_line city county postal_code
    latitude longitude phone email statement_text answer_text comment_text goal_text
    outcome_text accession_number answered_by_name author_name claim_id contact_name
    coverage_id group_number impression_text member_number note_text patient_number
    performer_name question_text reason_text recorded_by_name recipient_name
    replaces_claim_id report_text request_text serial_number subscriber_name
    unique_device_identifier title
"""
# Dates, demographics, places, staff: together they tell; values, as they are delivered
# as text, may hold more than a value.
QUASI_NAMES = """
    birth_date birth_year deceased_at zip3 state race_code ethnicity_code sex_code
    marital_status_code language_code collected_at resulted_at started_at ended_at
    recorded_at measured_at observed_at administered_at dispensed_at answered_at
    stated_at linked_at source_updated_at practitioner_id organization_id
    organization_name location_name pharmacy_name service_name value_text value_code
    completed_at due_at ends_at ordered_at paid_at payer_id payer_name received_at
    reported_at requested_at scheduled_at service_ended_at service_started_at starts_at
    status_at submitted_at written_at amount allowed_amount billed_amount patient_amount
    cancellation_reason_name rejection_reason_name status_reason_name onset_age_years
"""
HARMLESS_NAMES = """
    admission_source_name admission_type_name alerts_overridden antibiotic_name
    appointment_type_name author_role_name body_site_code body_site_name category_code
    category_name change_reason_name claim_type_code clinical_status_code code_list
    code_name code_system condition_code condition_name contact_role_code
    criticality_code currency_code days_supply decision_code device_code device_name
    diagnosis_code diagnosis_code_system discharge_disposition_name dispenses_count
    dose_text dose_unit doses_per_day drug_code drug_name drug_type_code
    encounter_class_code encounter_type_code encounter_type_name frequency_text gsn_code
    is_deleted isolate_number laboratory_flag link_type_code local_code loinc_code
    method_code modality_code modality_name ndc_code note_type_code observation_code
    observation_name organism_name organization_type_name override_reason_name
    payer_type_code payment_type_code plan_code plan_name plan_type_code position_name
    priority_code priority_number procedure_code procedure_code_system procedure_name
    quantity question_code question_name reaction_1_name reaction_1_severity_code
    reaction_2_name reaction_2_severity_code reason_code reason_name reference_high
    reference_low reference_text refill_number refills_allowed relationship_code
    request_type_code requester_code role_code role_name route_code rxnorm_code
    scope_code sequence_number sop_code sop_name specialty_name specimen_name
    specimen_type_name status_code strength_text subscriber_relationship_code
    substance_code substance_name test_code test_name type_code unit vaccine_code
    vaccine_name value_number verification_status_code
"""

IDENTIFIES = frozenset(IDENTIFIES_NAMES.split())
QUASI = frozenset(QUASI_NAMES.split())
HARMLESS = frozenset(HARMLESS_NAMES.split())
