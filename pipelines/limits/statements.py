"""The SQL of learning: the mart is scanned once, into a table of this transaction."""

from pipelines.limits.cells import ALL, LIMITED_FACTS
from pipelines.limits.groups import BARS_OF_AN_OCTAVE

LEAST_PATIENTS_SHOWN = 5
# A bar for five patients, so that few bars have fewer; forty show any shape.
FEWEST_BARS, MOST_BARS = 10, 40

LEARN_FROM = f"""
    create temporary table learned_fact on commit drop as
    {LIMITED_FACTS}
"""
STATISTICS = "analyze learned_fact"
# Each fact counts for all ages and both sexes, for its band, and for band and sex.
CELLS = f"""
    select
        analyte_code,
        unit,
        case when grouping(age_band) = 1 then '{ALL}' else age_band end as age_band,
        case when grouping(sex_code) = 1 then '{ALL}' else sex_code end as sex_code,
        mode() within group (order by test_name) as analyte_name,
        count(*) as rows_count,
        count(distinct patient_key) as patients_count,
        percentile_cont(array[0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
            within group (order by cast(number as float8)) as quantiles
    from learned_fact
    group by grouping sets (
        (analyte_code, unit),
        (analyte_code, unit, age_band),
        (analyte_code, unit, age_band, sex_code)
    )
    having (grouping(age_band) = 1 or age_band is not null)
        and (grouping(sex_code) = 1 or sex_code in ('female', 'male'))
        and count(distinct patient_key) >= {LEAST_PATIENTS_SHOWN}
"""  # noqa: S608 - constants of ours
HALF_OCTAVES = f"""
    select
        analyte_code,
        unit,
        case when grouping(age_band) = 1 then '{ALL}' else age_band end as age_band,
        case when grouping(sex_code) = 1 then '{ALL}' else sex_code end as sex_code,
        bar,
        count(*) as rows_count,
        count(distinct patient_key) as patients_count
    from (
        select
            learned_fact.*,
            cast(floor(
                {BARS_OF_AN_OCTAVE} * ln(cast(number as float8)) / ln(2.0)
            ) as integer) as bar
        from learned_fact
        where number > 0
    ) as positive
    group by grouping sets (
        (analyte_code, unit, bar),
        (analyte_code, unit, age_band, bar),
        (analyte_code, unit, age_band, sex_code, bar)
    )
"""  # noqa: S608 - constants of ours
# What else is known: default ranges and critical limits of adults, and the site's own.
KNOWN = """
    select
        analyte_code,
        range_unit as unit,
        female_low,
        female_high,
        male_low,
        male_high,
        null as critical_low,
        null as critical_high
    from intermediate.int_lab_limits
    where range_unit is not null
    union all
    select
        analyte_code, critical_unit, null, null, null, null, critical_low, critical_high
    from intermediate.int_lab_limits
    where critical_unit is not null
    union all
    select
        analyte_code,
        comparable_unit,
        min(reference_low) filter (where known_sex_code = 'female'),
        max(reference_high) filter (where known_sex_code = 'female'),
        min(reference_low) filter (where known_sex_code = 'male'),
        max(reference_high) filter (where known_sex_code = 'male'),
        min(critical_low),
        max(critical_high)
    from intermediate.int_site_limits
    where not is_of_other_material and in_force_until is null
        and coalesce(age_until_years, 1000) > 18
    group by analyte_code, comparable_unit
"""
# Of two who learn at once the second sees what the first has learned.
LOCK = "select pg_advisory_xact_lock(hashtextextended('learning of limits', 0))"
# What an officer looks at now can still be signed, and what a limit in force stands on
# is where it is changed or retired. Whoever decides waits for the end.
LOCK_DECISIONS = "select pg_advisory_xact_lock(hashtextextended('quality limits', 0))"
FORGET = """
    delete from quality.limit_proposal as proposal
    where proposal.learned_at < now() - interval '1 day'
        and not exists (
            select 1
            from quality.limit_last_decided as decided
            where decided.proposal_id = proposal.proposal_id
                and decided.action_code = 'sign'
        )
"""
ENTER = """
    insert into quality.limit_proposal (
        learned_at, analyte_code, unit, age_band, sex_code, analyte_name, rows_count,
        patients_count, state, quantile_05, quantile_25, median, quantile_75,
        quantile_95, low, high, hump_factor, reference_low, reference_high,
        critical_low, critical_high
    )
    values (
        now(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        %s, %s
    )
"""
OF_PROPOSAL = f"""
    learned_fact.analyte_code = proposal.analyte_code
    and learned_fact.unit = proposal.unit
    and proposal.age_band in ('{ALL}', learned_fact.age_band)
    and proposal.sex_code in ('{ALL}', learned_fact.sex_code)
"""
# Of tables of their own the planner knows how many proposals and pictures there are: it
# joins each with the facts at once, and not one by one.
NEWLY_LEARNED = """
    create temporary table newly_learned on commit drop as
    select proposal_id, analyte_code, unit, age_band, sex_code, low, high
    from quality.limit_proposal
    where learned_at = now()
"""
STATISTICS_OF_LEARNED = "analyze newly_learned"
COUNT_BREAKING = f"""
    update quality.limit_proposal as learned
    set breaking_count = counted.rows_count
    from (
        select proposal.proposal_id, count(learned_fact.number) as rows_count
        from newly_learned as proposal
        left join learned_fact
            on {OF_PROPOSAL}
            and (
                learned_fact.number < proposal.low
                or learned_fact.number > proposal.high
            )
        where proposal.low is not null
        group by proposal.proposal_id
    ) as counted
    where learned.proposal_id = counted.proposal_id
"""  # noqa: S608 - constants of ours
PICTURES = """
    create temporary table picture (
        analyte_code text, unit text, age_band text, sex_code text,
        is_of_factors boolean, starts_at float8, ends_at float8, bars_count integer
    ) on commit drop
"""
STATISTICS_OF_PICTURES = "analyze picture"
ENTER_PICTURE = "insert into picture values (%s, %s, %s, %s, %s, %s, %s, %s)"
# Bars are equally wide as they are drawn. What is beyond the outermost thousandths,
# rounded outwards, is one open bar on either side; a bar with values of too few
# patients is not kept.
DRAW = f"""
    insert into quality.limit_histogram
    with

    drawn as (
        select
            proposal.proposal_id,
            picture.is_of_factors,
            picture.starts_at,
            picture.ends_at,
            picture.bars_count,
            learned_fact.patient_key,
            case
                when cast(learned_fact.number as float8) < picture.starts_at then 0
                when picture.is_of_factors then width_bucket(
                    ln(cast(learned_fact.number as float8)),
                    ln(picture.starts_at),
                    ln(picture.ends_at),
                    picture.bars_count
                )
                else width_bucket(
                    cast(learned_fact.number as float8),
                    picture.starts_at,
                    picture.ends_at,
                    picture.bars_count
                )
            end as position
        from newly_learned as proposal
        inner join picture
            on proposal.analyte_code = picture.analyte_code
            and proposal.unit = picture.unit
            and proposal.age_band = picture.age_band
            and proposal.sex_code = picture.sex_code
        inner join learned_fact
            on {OF_PROPOSAL}
    ),

    bars as (
        select
            proposal_id,
            position,
            is_of_factors,
            starts_at,
            ends_at,
            bars_count,
            count(*) as rows_count,
            count(distinct patient_key) as patients_count
        from drawn
        group by
            proposal_id, position, is_of_factors, starts_at, ends_at, bars_count
        having count(distinct patient_key) >= {LEAST_PATIENTS_SHOWN}
    )

    select
        proposal_id,
        position,
        case when position = 0 then null
            when is_of_factors
                then starts_at * power(ends_at / starts_at, (position - 1) * width)
            else starts_at + (ends_at - starts_at) * (position - 1) * width end,
        case when position > bars_count then null
            when is_of_factors
                then starts_at * power(ends_at / starts_at, position * width)
            else starts_at + (ends_at - starts_at) * position * width end,
        rows_count,
        patients_count
    from bars
    cross join lateral (select 1.0 / bars_count as width) as of_one
"""  # noqa: S608 - constants of ours
