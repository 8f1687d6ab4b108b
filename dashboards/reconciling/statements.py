"""The SQL of the list of medicines to reconcile: selects from the marts, no rule."""

ORDERS = """
    select
        history.prescription_key,
        history.source_system,
        history.drug_type_code,
        history.drug_name,
        history.strength_text,
        history.dose_text,
        history.dose_unit,
        history.frequency_text,
        history.is_never_given,
        history.is_status_stopped,
        history.started_at,
        history.ended_at,
        history.replaced_at,
        history.last_dispensed_at,
        history.supply_ends_at,
        coalesce(source.as_of, now()) as as_of,
        history.prescription_key in (
            select active.prescription_key
            from marts.fct_active_medications as active
            where active.patient_key = %(patient_key)s
        ) as is_active
    from marts.fct_medication_history as history
    left join raw.source_as_of as source
        on history.source_system = source.source_system
    where history.patient_key = %(patient_key)s
    order by history.started_at, history.prescription_key
"""
INGREDIENTS = """
    select
        prescription_key,
        ingredient_name,
        mapping_method,
        drug_kind_code,
        daily_dose,
        daily_dose_unit
    from marts.fct_prescription_ingredients
    where patient_key = %(patient_key)s
    order by prescription_key, ingredient_name
"""
DISPENSES = """
    select
        dispenses.dispense_key,
        dispenses.prescription_key,
        dispenses.source_system,
        dispenses.drug_name,
        dispenses.frequency_text,
        dispenses.handed_out_at,
        dispenses.supply_ends_at,
        coalesce(source.as_of, now()) as as_of
    from marts.fct_dispenses as dispenses
    left join raw.source_as_of as source
        on dispenses.source_system = source.source_system
    where dispenses.patient_key = %(patient_key)s
        and dispenses.is_handed_out
        and dispenses.handed_out_at is not null
    order by dispenses.handed_out_at, dispenses.dispense_key
"""
DISPENSED = """
    select exposure_key as dispense_key, ingredient_name
    from marts.fct_medication_exposures
    where patient_key = %(patient_key)s and exposure_kind_code = 'dispense'
    order by exposure_key, ingredient_name
"""
GIVEN = """
    select prescription_key, max(administered_at) as given_at
    from marts.fct_administrations
    where patient_key = %(patient_key)s and is_given and prescription_key is not null
    group by prescription_key
"""
OF_LIST = {
    "list_orders": ORDERS,
    "list_ingredients": INGREDIENTS,
    "list_dispenses": DISPENSES,
    "list_dispensed": DISPENSED,
    "list_given": GIVEN,
}
# What was ordered in the last minutes is in no mart of the patient yet.
DRUGS = """
    select drug_key, ingredient_name
    from marts.dim_drug_ingredients
    where drug_key = any(%(keys)s)
    order by drug_key, ingredient_name
"""
