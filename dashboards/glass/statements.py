"""The SQL of what is kept from whom."""

HIDDEN = """
    select kind_code, fact_count
    from access.hidden_facts(%(patient_key)s)
    order by kind_code collate "C"
"""
