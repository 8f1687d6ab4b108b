{#-
    What the pharmacies handed out on one order. A dispense names its prescription, or
    only the pharmacy's own order, which several prescriptions may share (an infusion's
    drug and its fluid): `order_key` is whichever of the two it names.
-#}
with

dispenses as (

    select * from {{ ref('fct_dispenses') }}

),

counted as (

    select
        patient_key,
        order_key,
        count(*) as dispenses_count,
        min(handed_out_at) as first_dispensed_at,
        max(handed_out_at) as last_dispensed_at,
        sum(days_supply) as days_supply_total,
        max(supply_ends_at) as supply_ends_at,
        bit_or(sensitivity) as sensitivity
    from dispenses
    where is_handed_out
    group by patient_key, order_key

)

select * from counted
