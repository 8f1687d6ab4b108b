"""What the columns of MIMIC-IV's files tell about who somebody is.

MIMIC is de-identified, but a hospital's export of the same shape is not. A column of
one name has one class in every file: the gravest that it has in any.
"""

IDENTIFIES_NAMES = """
    subject_id hadm_id stay_id transfer_id labevent_id microevent_id specimen_id
    micro_specimen_id pharmacy_id poe_id emar_id comments
"""
QUASI_NAMES = """
    admittime dischtime deathtime edregtime edouttime intime outtime transfertime
    charttime chartdate storetime storedate starttime stoptime entertime verifiedtime
    expirationdate dod anchor_age anchor_year anchor_year_group gender race language
    marital_status insurance admission_location discharge_location careunit
    admit_provider_id order_provider_id provider_id caregiver_id value result_value
"""
HARMLESS_NAMES = """
    ab_itemid ab_name admission_type basal_rate category code curr_service
    dilution_comparison dilution_text dilution_value disp_sched dispensation
    dose_unit_rx dose_val_rx doses_per_24_hrs drg_code drg_type drug drug_type duration
    duration_interval eventtype expiration_unit expiration_value field_name
    fill_quantity flag fluid form_rx form_unit_disp form_val_disp formulary_drug_cd
    frequency gsn hcpcs_cd hospital_expire_flag icd_code icd_version infusion_type
    interpretation isolate_num itemid label lockout_interval loinc_code long_title
    medication ndc one_hr_max org_itemid org_name poe_seq prev_service priority
    proc_type prod_strength quantity ref_range_lower ref_range_upper result_name route
    seq_num sliding_scale spec_itemid spec_type_desc status test_itemid test_name
    test_seq valuenum valueuom
"""

IDENTIFIES = frozenset(IDENTIFIES_NAMES.split())
QUASI = frozenset(QUASI_NAMES.split())
HARMLESS = frozenset(HARMLESS_NAMES.split())
