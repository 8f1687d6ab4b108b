{#-
    What pairs would tell now if the site had not silenced them: as int_alerts_of_pairs,
    of the pairs that it leaves out. Nobody is shown them; they are counted.
-#}
with

silenced as (

    select * from {{ ref('int_interaction_pairs_graded') }}
    where is_silenced

),

taken as (

    select
        patient_key,
        taken_key,
        ingredient_name,
        taken_from,
        taken_until,
        known_from,
        known_until
    from {{ ref('fct_medications_taken') }}
    where
        known_until is null
        and ingredient_name in (
            select silenced.ingredient_a from silenced
            union distinct
            select silenced.ingredient_b from silenced
        )

),

pairs as (

    {{ interacting_pairs(
        'taken',
        ['patient_key'],
        columns=[
            'first_taken.taken_key as first_taken_key',
            'second_taken.taken_key as second_taken_key',
            'rules.list_severity_code',
        ],
        overlap=are_taken_together('first_taken', 'second_taken'),
        rules='silenced',
    ) }}

)

select * from pairs
