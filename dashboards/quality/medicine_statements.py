"""The SQL of the page about medicines: counts, no patient."""

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
