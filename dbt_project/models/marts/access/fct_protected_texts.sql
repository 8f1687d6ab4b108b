{#-
    Every fact that has encrypted texts beside it, with its labels and whether the patient
    reads it: access.protected_texts gives a text out only if its fact stands here and may
    be seen. Nobody but the owner of that function reads it.
-#}
{{ config(indexes=[{'columns': ['patient_key', 'kind_code']}]) }}

with

facts as (

    {%- for kind, mart, key, is_for_patient in [
        ('notes', 'fct_notes', 'note_key', 'is_for_patient'),
        ('imaging_reports', 'fct_imaging_reports', 'imaging_report_key',
            'coalesce(is_final, false)'),
        ('appointments', 'fct_appointments', 'appointment_key', 'true'),
        ('referrals', 'fct_referrals', 'referral_key', 'false'),
        ('lab_orders', 'fct_lab_orders', 'lab_order_key', 'false'),
        ('medication_requests', 'fct_medication_requests', 'medication_request_key',
            "coalesce(requester_code, 'patient') = 'patient'"),
        ('correction_requests', 'fct_correction_requests', 'correction_request_key',
            'true'),
        ('family_history', 'fct_family_history', 'family_history_key', 'false'),
        ('devices', 'fct_devices', 'device_key', 'false'),
        ('contacts', 'dim_contacts', 'contact_key', 'true'),
        ('coverages', 'dim_coverages', 'coverage_key', 'true'),
    ] %}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ kind }}' as kind_code,
            {{ key }} as fact_key,
            patient_key,
            {{ is_for_patient }} as is_for_patient,
            sensitivity
        from {{ ref(mart) }}
        {{ only_touched_patients() }}
    {%- endfor %}

),

own_reports as (

    select * from {{ ref('own_reports') }}
    {{ only_touched_patients() }}

)

select
    facts.patient_key,
    facts.kind_code,
    facts.fact_key,
    facts.is_for_patient,
    facts.sensitivity,
    own_reports.modality_code as category_name,
    own_reports.released_counted_from,
    own_reports.released_known_from
from facts
left join own_reports
    on
        facts.patient_key = own_reports.patient_key
        and facts.fact_key = own_reports.imaging_report_key
        and facts.kind_code = 'imaging_reports'
