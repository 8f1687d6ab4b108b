"""The SQL of the risk: what the model said at the latest discharge, and since."""

# A stay of the marts joins a return within a day, so the admissions themselves tell.
RISK = """
    select
        score.status_code,
        score.risk,
        score.base_rate,
        score.predicted_at,
        score.window_ends_at,
        score.features_known_until,
        score.reason_1_name,
        score.reason_1_value,
        score.reason_1_effect,
        score.reason_2_name,
        score.reason_2_value,
        score.reason_2_effect,
        score.reason_3_name,
        score.reason_3_value,
        score.reason_3_effect,
        model.model_version,
        model.cutoff_at,
        model.training_stays,
        model.training_events,
        model.why_not_shown,
        patient.is_deceased,
        source.as_of,
        (
            select min(visit.started_at)
            from marts.fct_encounters as visit
            where visit.patient_key = score.patient_key
                and visit.is_inpatient
                and not visit.is_part_of_stay
                and visit.started_at > score.predicted_at
        ) as readmitted_at
    from ml.risk_score as score
    inner join ml.model as model
        on score.model_name = model.model_name
        and score.model_version = model.model_version
    inner join marts.dim_patients as patient
        on score.patient_key = patient.patient_key
    left join raw.source_as_of as source
        on patient.source_system = source.source_system
    where score.patient_key = %(patient_key)s and score.is_current
    order by score.predicted_at desc, model.trained_at desc, score.stay_key collate "C"
    limit 1
"""
