"""The SQL of the doses of a shift: selects from the marts, of several patients."""

# No condition on the patient: row-level security leaves those of the person asking.
LYING = """
    select patient_key, min(started_at) as started_at
    from marts.fct_encounters
    where is_inpatient and is_open
    group by patient_key
"""
# What is taken on the source's today, what begins in the shift, and what ended in it or
# after it. An order of a stay ends with the stay, unless it is taken all the same.
ORDERED = """
    with orders as (
        select
            history.*,
            least(
                history.ended_at,
                history.replaced_at,
                case
                    when history.is_inpatient_order then history.encounter_ended_at
                end
            ) as over_at,
            active.prescription_key is not null as is_active
        from marts.fct_medication_history as history
        left join marts.fct_active_medications as active
            on history.patient_key = active.patient_key
            and history.prescription_key = active.prescription_key
        where history.patient_key = any(%(patient_keys)s)
            and not history.is_never_given
    )
    select
        orders.patient_key,
        orders.prescription_key,
        orders.drug_name,
        orders.drug_code,
        orders.dose_text,
        orders.dose_unit,
        orders.frequency_text,
        orders.route_code,
        often.doses_per_day,
        often.is_as_needed,
        orders.is_active,
        orders.started_at,
        case
            when orders.is_active then least(orders.ended_at, orders.replaced_at)
            else orders.over_at
        end as ended_at
    from orders
    left join lateral (
        select
            min(held.doses_per_day) as doses_per_day,
            bool_or(held.is_as_needed) as is_as_needed
        from marts.fct_prescription_ingredients as held
        where held.patient_key = orders.patient_key
            and held.prescription_key = orders.prescription_key
    ) as often on true
    where orders.is_active
        or (
            orders.over_at > %(begins_at)s
            and (orders.started_at is null or orders.started_at < %(ends_at)s)
        )
        or (
            orders.over_at is null
            and not orders.is_status_stopped
            and orders.started_at >= %(begins_at)s
            and orders.started_at < %(ends_at)s
        )
    order by orders.drug_name collate "C", orders.prescription_key
"""
RECORDED = """
    select
        patient_key,
        administration_key,
        prescription_key,
        drug_name,
        drug_code,
        dose_text,
        dose_unit,
        status_code,
        reason_name,
        performer_name,
        scheduled_at,
        administered_at
    from marts.fct_administrations
    where patient_key = any(%(patient_keys)s) and administered_at >= %(since)s
    order by administered_at, administration_key
"""
# Of whom medicines are kept from the nurse, so that no list of them looks whole.
KEPT_BACK = """
    select asked.patient_key, hidden.fact_count
    from unnest(%(patient_keys)s::bigint[]) as asked (patient_key)
    cross join lateral access.hidden_facts(asked.patient_key) as hidden
    where hidden.kind_code = 'prescriptions'
"""
