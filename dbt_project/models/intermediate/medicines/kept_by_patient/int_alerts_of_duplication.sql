{#-
    Two different ingredients of one therapeutic class taken at one time. A switch is no
    duplication: it overlaps by up to switch_overlap_days. Two orders of one ingredient
    are none either, since a dose is often made of two products.
-#}
with

taken as (

    select
        taken.patient_key,
        taken.taken_key,
        taken.exposure_key,
        taken.ingredient_name,
        taken.sensitivity,
        taken.taken_from,
        taken.taken_until,
        taken.known_from,
        taken.known_until,
        classes.class_name
    from {{ ref('fct_medications_taken') }} as taken
    inner join {{ ref('int_therapeutic_classes_of_ingredients') }} as classes
        on taken.ingredient_name = classes.ingredient_name
    {{ only_touched_patients() }}

),

-- Most patients have one ingredient of a class, in a hundred orders: no pairs.
several_of_a_class as (

    select
        patient_key,
        class_name
    from taken
    group by patient_key, class_name
    having min(ingredient_name) < max(ingredient_name)

),

candidates as (

    select taken.*
    from taken
    inner join several_of_a_class
        on
            taken.patient_key = several_of_a_class.patient_key
            and taken.class_name = several_of_a_class.class_name

),

pairs as (

    select
        first_taken.patient_key,
        first_taken.class_name,
        first_taken.ingredient_name as ingredient_a,
        second_taken.ingredient_name as ingredient_b,
        first_taken.taken_key as first_taken_key,
        second_taken.taken_key as second_taken_key,
        first_taken.exposure_key as first_exposure_key,
        second_taken.exposure_key as second_exposure_key,
        first_taken.sensitivity | second_taken.sensitivity as sensitivity,
        greatest(first_taken.taken_from, second_taken.taken_from) as began_at,
        least(first_taken.taken_until, second_taken.taken_until) as ended_at,
        greatest(first_taken.known_from, second_taken.known_from) as known_from,
        least(first_taken.known_until, second_taken.known_until) as known_until
    from candidates as first_taken
    inner join candidates as second_taken
        on
            first_taken.patient_key = second_taken.patient_key
            and first_taken.class_name = second_taken.class_name
            and first_taken.ingredient_name < second_taken.ingredient_name
            and {{ are_taken_together('first_taken', 'second_taken') }}

)

select * from pairs
where ended_at > began_at + interval '{{ var("switch_overlap_days") }} days'
