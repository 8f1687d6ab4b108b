"""The SQL of the patient's pages: selects from the own record, no rule.

None has a condition on the patient: row-level security leaves the rows of the one
asking, and ``patient_key`` in each result tells the audit whose they were.
"""

PROFILE = """
    select
        profile.patient_key,
        source.is_historical,
        as_of.as_of,
        (
            select max(delivery.landed_at)
            from raw.delivery as delivery
            where delivery.source_system = profile.source_system
                and delivery.status = 'landed'
        ) as last_landed_at
    from marts.own_profile as profile
    inner join raw.source as source
        on profile.source_system = source.source_system
    left join raw.source_as_of as as_of
        on profile.source_system = as_of.source_system
"""
RESULTS = """
    select
        patient_key,
        test_name,
        is_test_explained,
        test_explanation,
        specimen_words,
        germ_name,
        antibiotic_name,
        comparator,
        number_or_bound,
        value_words,
        value_text,
        unit_words,
        is_unit_explained,
        range_low,
        range_high,
        range_words,
        range_basis_code,
        judgement_code,
        susceptibility_code,
        is_final,
        is_corrected,
        taken_at
    from marts.own_results
    order by taken_at desc nulls last, test_name collate "C", lab_result_key
"""
MEDICINES = """
    select
        patient_key,
        prescription_key,
        drug_name,
        reason_name,
        dose_text,
        delivered_dose_unit,
        dose_unit_words,
        delivered_frequency,
        frequency_words,
        doses_per_day,
        route_words,
        refills_left,
        next_refill_on,
        is_taken_now,
        is_in_hospital,
        started_at,
        ended_at,
        is_end_worked_out
    from marts.own_medicines
    order by started_at desc nulls last, prescription_key
"""
PLANS = """
    select
        patient_key,
        plan_name,
        reason_name,
        goal_text,
        outcome_text,
        is_running,
        started_at,
        ended_at
    from marts.own_plans
    order by is_running desc, started_at desc nulls last, care_plan_key
"""
VISITS = """
    select
        visit.patient_key,
        visit.kind_words,
        visit.type_words,
        visit.reason_name,
        visit.service_name,
        visit.location_name,
        visit.is_open,
        visit.has_time_conflict,
        visit.started_at,
        visit.ended_at,
        practitioner.practitioner_name,
        practitioner.specialty_name,
        coalesce(
            organization.organization_name, practitioner.organization_name
        ) as organization_name
    from marts.own_visits as visit
    left join marts.dim_practitioners as practitioner
        on visit.practitioner_key = practitioner.practitioner_key
    left join marts.dim_organizations as organization
        on visit.organization_key = organization.organization_key
    order by visit.started_at desc nulls last, visit.encounter_key
"""
LOOKS = """
    select
        look.happened_at,
        look.person_name,
        look.role_code,
        look.action,
        look.subject,
        look.result,
        look.is_own
    from access.looks_at_own_record() as look
    order by look.happened_at desc
"""
