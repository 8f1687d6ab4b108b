"""The SQL of the pages about medicines and their alerts: counts, no patient."""

SOURCES_WITH_MEDICINES = """
    select distinct source_system
    from marts.agg_drug_mappings
    order by source_system
"""
DRUG_MAPPINGS = """
    select
        source_system,
        record_kind_code,
        mapping_method,
        drug_kind_code,
        unmapped_name,
        facts_count,
        with_rxnorm_code_count
    from marts.agg_drug_mappings
    where %(source)s::text is null or source_system = %(source)s
    order by source_system, record_kind_code, mapping_method, facts_count desc
"""
DAILY_DOSES = """
    select
        source_system,
        dose_basis_code,
        refusal_code,
        doses_count
    from marts.agg_daily_doses
    where %(source)s::text is null or source_system = %(source)s
    order by source_system, doses_count desc
"""
ALERT_COUNTS = """
    select
        scope_code,
        alert_kind_code,
        first_ingredient_name,
        second_ingredient_name,
        severity_code,
        list_severity_code,
        site_action_code,
        alerts_count,
        patients_count,
        list_alerts_count,
        list_patients_count,
        prescriptions_count,
        prescribed_patients_count
    from marts.agg_medication_alerts
    order by
        alerts_count desc,
        list_alerts_count desc,
        alert_kind_code,
        first_ingredient_name,
        second_ingredient_name
"""
# A pair that is in no list any more, or was silenced, has no grade in force.
SHOWN_ALERTS = """
    select
        counts.alert_kind_code,
        counts.severity_code,
        counts.alert_code,
        counts.shown_count,
        counts.overridden_count,
        counts.prescribers_count,
        counts.patients_count,
        counts.override_reason_code,
        counts.reason_count,
        pairs.first_ingredient_name,
        pairs.second_ingredient_name,
        pairs.severity_code as severity_in_force
    from access.shown_alert_counts() as counts
    left join marts.dim_alerting_pairs as pairs
        on pairs.alert_kind_code in ('interaction', 'qt')
        and counts.alert_kind_code = pairs.alert_kind_code
        and counts.alert_code = pairs.alert_kind_code || ':' || replace(
            least(
                pairs.first_ingredient_name collate "C",
                pairs.second_ingredient_name collate "C"
            )
            || '+'
            || greatest(
                pairs.first_ingredient_name collate "C",
                pairs.second_ingredient_name collate "C"
            ),
            ',',
            ' '
        )
    order by
        counts.shown_count desc,
        counts.alert_kind_code,
        counts.alert_code,
        counts.severity_code,
        counts.reason_count desc,
        counts.override_reason_code
"""
