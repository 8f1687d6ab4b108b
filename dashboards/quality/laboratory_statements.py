"""The SQL of the pages about the laboratory's results: counts, no patient, no value."""

SOURCES_WITH_RESULTS = """
    select distinct source_system
    from marts.agg_lab_judgements
    order by source_system
"""
JUDGEMENTS = """
    select
        source_system,
        analyte_code,
        coalesce(analyte_name, analyte_code) as analyte,
        displayed_flag,
        displayed_flag_source,
        range_source_code,
        reason_code,
        results_count,
        numbers_count,
        numbers_without_range_count
    from marts.agg_lab_judgements
    where %(source)s::text is null or source_system = %(source)s
    order by source_system, analyte_code, displayed_flag
"""
