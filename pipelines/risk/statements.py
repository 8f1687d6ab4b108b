"""The SQL of the risk model.

A closed collection neither teaches nor is scored: its patients are no longer cared for,
and its calendar may lie in another century.
"""

STAYS = """
    select
        cohort.stay_key,
        cohort.patient_key,
        cohort.is_index,
        cohort.is_readmitted,
        cohort.predicted_at,
        cohort.window_ends_at,
        cohort.sensitivity
    from ml.readmission_cohort as cohort
    inner join raw.source as source
        on cohort.source_system = source.source_system
    where cohort.is_predicted
        and not source.is_historical
        and (%(is_everyone)s or cohort.patient_key in (
            select building.patient_key from raw.building_patients as building
        ))
    order by cohort.stay_key collate "C"
"""
FEATURES = """
    select
        feature.stay_key,
        feature.feature_name,
        feature.feature_value,
        feature.known_from,
        feature.predicted_at
    from ml.readmission_features as feature
    where %(is_everyone)s or feature.patient_key in (
        select building.patient_key from raw.building_patients as building
    )
    order by feature.stay_key collate "C", feature.feature_name collate "C"
"""
NEWEST_MODEL = """
    select
        model_version,
        trained_at,
        training_events,
        base_rate,
        is_shown,
        artefact_digest
    from ml.model
    where model_name = %s
    order by trained_at desc, model_version collate "C" desc
    limit 1
"""
DIGEST_OF_MODEL = """
    select artefact_digest from ml.model where model_name = %s and model_version = %s
"""
INSERT_MODEL = """
    insert into ml.model (
        model_name, model_version, trained_at, cutoff_at, training_stays,
        training_events, test_stays, test_events, base_rate, scorecard, is_shown,
        why_not_shown, artefact_digest, description
    )
    values (
        %(model_name)s, %(model_version)s, clock_timestamp(), %(cutoff_at)s,
        %(training_stays)s, %(training_events)s, %(test_stays)s, %(test_events)s,
        %(base_rate)s, %(scorecard)s, %(is_shown)s, %(why_not_shown)s,
        %(artefact_digest)s, %(description)s
    )
"""
# What a row says; two rows that agree in it say the same.
SAID = (
    "patient_key", "stay_key", "model_version", "predicted_at", "window_ends_at",
    "status_code", "risk", "base_rate", "reason_1_name", "reason_1_value",
    "reason_1_effect", "reason_2_name", "reason_2_value", "reason_2_effect",
    "reason_3_name", "reason_3_value", "reason_3_effect", "training_events",
    "is_model_shown", "features_known_until", "sensitivity",
)  # fmt: skip
CURRENT_SCORES = f"""
    select score_id, {", ".join(SAID)}
    from ml.risk_score
    where model_name = %(model_name)s
        and is_current
        and (%(is_everyone)s or patient_key in (
            select building.patient_key from raw.building_patients as building
        ))
"""  # noqa: S608 - names of columns
RETIRE = "update ml.risk_score set is_current = false where score_id = any(%s)"
INSERT_SCORE = f"""
    insert into ml.risk_score (model_name, scored_at, {", ".join(SAID)})
    values (%(model_name)s, clock_timestamp(), {", ".join(f"%({c})s" for c in SAID)})
"""  # noqa: S608 - names of columns
LAST_BUILD_WAS_FULL = """
    select is_full from raw.build
    where status = 'succeeded' order by build_id desc limit 1
"""
