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
SOURCES_WITH_CLOCKS = """
    select source_system
    from marts.agg_critical_clocks
    where scope_code = 'source'
    order by source_system
"""
CLOCKS = """
    select
        scope_code,
        coalesce(analyte_name, analyte_code) as analyte,
        critical_count,
        acknowledged_count,
        acknowledged_in_30_minutes_count,
        acknowledged_in_1_hour_count,
        acknowledged_in_4_hours_count,
        acknowledged_in_24_hours_count,
        acknowledged_later_count,
        median_minutes,
        ninetieth_minutes,
        open_count,
        open_in_30_minutes_count,
        open_in_1_hour_count,
        open_in_4_hours_count,
        open_in_24_hours_count,
        open_later_count,
        longest_open_minutes,
        unclear_count,
        first_load_acknowledged_count,
        first_load_open_count
    from marts.agg_critical_clocks
    where source_system = %(source)s
    order by scope_code desc, open_count desc, critical_count desc, analyte_code
"""
FLAG_DIFFERENCES = """
    select
        source_system,
        analyte_code,
        coalesce(analyte_name, analyte_code) as analyte,
        judged_by_code,
        range_direction_code,
        laboratory_direction_code,
        results_count,
        compared_count
    from marts.agg_lab_flag_differences
    order by results_count desc, source_system, analyte_code, judged_by_code,
        range_direction_code, laboratory_direction_code
"""
UNIT_MIXES = """
    select
        source_system,
        test_code,
        coalesce(analyte_name, test_code) as analyte,
        unit,
        factor,
        smaller_unit,
        larger_unit,
        lower_count,
        upper_count,
        median_ratio,
        gap_ratio,
        patients_on_both_sides_count,
        patients_by_chance_count,
        is_between_patients
    from marts.agg_lab_unit_mixes
    order by is_between_patients, source_system, test_code, unit
"""
DELTA_CHECKS = """
    select
        source_system,
        check_code,
        analyte_name as analyte,
        kind_code,
        change_limit,
        limit_unit,
        window_hours,
        is_active,
        limit_source_name,
        compared_count,
        alert_count,
        rise_count
    from marts.agg_delta_checks
    order by is_active desc, source_system, analyte, check_code
"""
SPURIOUS_DRAWS = """
    select source_system, pattern_code, found_count, draws_count
    from marts.agg_spurious_draws
    order by source_system, pattern_code
"""
SOURCES_WITH_TURNAROUNDS = """
    select distinct source_system
    from marts.agg_lab_turnarounds
    order by source_system
"""
TURNAROUNDS = """
    select
        analyte_code,
        coalesce(analyte_name, analyte_code, 'Test not named') as analyte,
        priority_code,
        results_count,
        timed_count,
        untimed_count,
        reversed_count,
        median_minutes,
        ninetieth_minutes
    from marts.agg_lab_turnarounds
    where source_system = %(source)s
        and step_code = %(step)s
        and period_code = %(period)s
    order by analyte, priority_code
"""
