{#-
    Two ingredients taken at one time that int_interaction_rules calls an interacting
    pair. Severity, mechanism and source are those of the rule. Most of what is taken is in
    no pair at all, and leaves before the join.
-#}
with

rules as (

    select * from {{ ref('int_interaction_rules') }}

),

medications as (

    select * from {{ ref('fct_medications_taken') }}
    {{ only_touched_patients() }}

),

taken as (

    select
        patient_key,
        taken_key,
        exposure_key,
        ingredient_name,
        sensitivity,
        taken_from,
        taken_until,
        known_from,
        known_until
    from medications
    where
        ingredient_name in (
            select rules.ingredient_a from rules
            union distinct
            select rules.ingredient_b from rules
        )

),

pairs as (

    {{ interacting_pairs(
        'taken',
        ['patient_key'],
        columns=[
            'first_taken.taken_key as first_taken_key',
            'second_taken.taken_key as second_taken_key',
            'first_taken.exposure_key as first_exposure_key',
            'second_taken.exposure_key as second_exposure_key',
            'rules.mechanism_name',
            'rules.effect_name',
            'rules.source_name',
            'first_taken.sensitivity | second_taken.sensitivity as sensitivity',
            'greatest(first_taken.taken_from, second_taken.taken_from) as began_at',
            'least(first_taken.taken_until, second_taken.taken_until) as ended_at',
            'greatest(first_taken.known_from, second_taken.known_from) as known_from',
            'least(first_taken.known_until, second_taken.known_until) as known_until',
        ],
        overlap=are_taken_together('first_taken', 'second_taken'),
    ) }}

)

select * from pairs
