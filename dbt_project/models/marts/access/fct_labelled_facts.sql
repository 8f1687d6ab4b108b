{#-
    Every fact with a label, without what it says: access.hidden_facts counts from here
    what a page does not show. Nobody but the owner of that function reads it.
-#}
{{ config(indexes=[{'columns': ['patient_key']}]) }}

with

facts as (

    {%- for kind, mart, key in [
        ('encounters', 'fct_encounters', 'encounter_key'),
        ('conditions', 'fct_conditions', 'condition_key'),
        ('allergies', 'fct_allergies', 'allergy_key'),
        ('procedures', 'fct_procedures', 'procedure_key'),
        ('immunizations', 'fct_immunizations', 'immunization_key'),
        ('social_history', 'fct_social_history', 'social_history_key'),
        ('questionnaire_responses', 'fct_questionnaire_responses',
            'questionnaire_response_key'),
        ('care_plans', 'fct_care_plans', 'care_plan_key'),
        ('imaging_studies', 'fct_imaging_studies', 'study_key'),
        ('lab_results', 'fct_lab_results', 'lab_result_key'),
        ('vital_signs', 'fct_vital_signs', 'vital_sign_key'),
        ('prescriptions', 'fct_medication_history', 'prescription_key'),
        ('dispenses', 'fct_dispenses', 'dispense_key'),
        ('administrations', 'fct_administrations', 'administration_key'),
        ('medication_requests', 'fct_medication_requests', 'medication_request_key'),
        ('appointments', 'fct_appointments', 'appointment_key'),
        ('referrals', 'fct_referrals', 'referral_key'),
        ('devices', 'fct_devices', 'device_key'),
        ('family_history', 'fct_family_history', 'family_history_key'),
        ('notes', 'fct_notes', 'note_key'),
        ('lab_orders', 'fct_lab_orders', 'lab_order_key'),
        ('specimens', 'fct_specimens', 'specimen_key'),
        ('imaging_reports', 'fct_imaging_reports', 'imaging_report_key'),
    ] %}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ kind }}' as kind_code,
            {{ key }} as fact_key,
            patient_key,
            sensitivity
        from {{ ref(mart) }}
        where sensitivity <> 0 {{ only_touched_patients('and') }}
    {%- endfor %}

)

select
    patient_key,
    kind_code,
    fact_key,
    sensitivity
from facts
