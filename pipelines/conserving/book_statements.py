"""What is asked of the books of loads and of quarantine, by source and feed.

Each answers with source, feed, what came in, what is missing, what is too much, and the
parts of what is accounted for. ``compared`` stands for ``COMPARED``.
"""

# A line that is delivered again in the same bytes is refused again, and waits once. So
# of one archived file as many records are in quarantine as one reading refused at
# least, and all of its readings together at most.
COMPARED = """
    read_alike as (
        select
            source_system,
            feed,
            archive_address,
            table_name,
            sum(refused) as most,
            max(refused) as least
        from files
        group by source_system, feed, archive_address, table_name
    ),

    refused as (
        select
            refused.source_system,
            coalesce(refused.feed, '') as feed,
            coalesce(file.archive_address, '') as archive_address,
            coalesce(file.table_name, '') as table_name,
            sum(refused.records) as records
        from quarantine.row as refused
        inner join raw.delivery_file as file
            on refused.file_id = file.file_id
        where (refused.feed is null) = %(is_of_files)s
        group by 1, 2, 3, 4
    ),

    compared as (
        select
            coalesce(read_alike.source_system, refused.source_system) as source_system,
            coalesce(read_alike.feed, refused.feed) as feed,
            sum(greatest(
                coalesce(read_alike.least, 0) - coalesce(refused.records, 0), 0
            )) as missing,
            sum(greatest(
                coalesce(refused.records, 0) - coalesce(read_alike.most, 0), 0
            )) as extra
        from read_alike
        full join refused
            on read_alike.source_system = refused.source_system
            and read_alike.feed = refused.feed
            and read_alike.archive_address = refused.archive_address
            and read_alike.table_name = refused.table_name
        group by 1, 2
    )
"""
JUDGED_RECORDS = """
    with

    reasons as (
        select file_id, sum(records) as records
        from raw.delivery_exclusion
        group by file_id
    ),

    files as (
        select
            delivery.source_system,
            '' as feed,
            coalesce(file.archive_address, '') as archive_address,
            coalesce(file.table_name, '') as table_name,
            file.records,
            file.mapped,
            file.refused,
            greatest(file.excluded - coalesce(reasons.records, 0), 0) as without_reason,
            greatest(coalesce(reasons.records, 0) - file.excluded, 0) as only_reason
        from raw.delivery_file as file
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        left join reasons
            on file.file_id = reasons.file_id
        where file.replayed_file_id is null
    ),

    {compared},

    totals as (
        select
            source_system,
            sum(records) as records,
            sum(without_reason) as without_reason,
            sum(only_reason) as only_reason,
            sum(mapped) as mapped,
            sum(refused) as refused
        from files
        group by source_system
    )

    select
        totals.source_system,
        '' as feed,
        cast(totals.records as bigint),
        cast(totals.without_reason + compared.missing as bigint),
        cast(totals.only_reason + compared.extra as bigint),
        cast(totals.mapped as bigint),
        cast(totals.refused - compared.missing + compared.extra as bigint)
    from totals
    inner join compared
        on totals.source_system = compared.source_system
    order by totals.source_system collate "C"
"""
REASONS = """
    select
        delivery.source_system,
        exclusion.reason,
        cast(sum(exclusion.records) as bigint)
    from raw.delivery_exclusion as exclusion
    inner join raw.delivery_file as file
        on exclusion.file_id = file.file_id
    inner join raw.delivery as delivery
        on file.delivery_id = delivery.delivery_id
    where file.replayed_file_id is null
    group by delivery.source_system, exclusion.reason
"""
MAPPED_RECORDS = """
    with

    files as (
        select
            file.file_id,
            delivery.source_system,
            file.mapped,
            coalesce(sum(made.made), 0) as made
        from raw.delivery_file as file
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        left join raw.delivery_feed as made
            on file.file_id = made.file_id
        where file.replayed_file_id is null
        group by file.file_id, delivery.source_system, file.mapped
    )

    select
        source_system,
        '' as feed,
        cast(sum(mapped) as bigint),
        cast(sum(greatest(mapped - made, 0)) as bigint),
        cast(0 as bigint),
        cast(sum(least(mapped, made)) as bigint)
    from files
    group by source_system
    order by source_system collate "C"
"""
LANDED_ROWS = """
    with

    files as (
        select
            delivery.source_system,
            counted.feed,
            coalesce(file.archive_address, '') as archive_address,
            coalesce(file.table_name, '') as table_name,
            counted.made,
            counted.landed,
            counted.unchanged,
            counted.refused
        from raw.delivery_feed as counted
        inner join raw.delivery_file as file
            on counted.file_id = file.file_id
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where file.replayed_file_id is null
    ),

    {compared},

    totals as (
        select
            source_system,
            feed,
            sum(made) as made,
            sum(landed) as landed,
            sum(unchanged) as unchanged,
            sum(refused) as refused
        from files
        group by source_system, feed
    )

    select
        compared.source_system,
        compared.feed,
        cast(coalesce(totals.made, 0) as bigint),
        cast(compared.missing as bigint),
        cast(compared.extra as bigint),
        cast(coalesce(totals.landed, 0) as bigint),
        cast(coalesce(totals.unchanged, 0) as bigint),
        cast(
            coalesce(totals.refused, 0) - compared.missing + compared.extra as bigint
        )
    from compared
    left join totals
        on compared.source_system = totals.source_system
        and compared.feed = totals.feed
    order by compared.source_system collate "C", compared.feed collate "C"
"""
# Rows of a feed that were released are the rows that replays made, file by file.
DECIDED_ROWS = """
    with

    released as (
        select
            source_system,
            feed,
            released_file_id as file_id,
            sum(records) as records
        from quarantine.row
        where status = 'released' and feed is not null
        group by source_system, feed, released_file_id
    ),

    replayed as (
        select delivery.source_system, made.feed, made.file_id, made.made
        from raw.delivery_feed as made
        inner join raw.delivery_file as file
            on made.file_id = file.file_id
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where file.replayed_file_id is not null
    ),

    compared as (
        select
            coalesce(released.source_system, replayed.source_system) as source_system,
            coalesce(released.feed, replayed.feed) as feed,
            sum(greatest(
                coalesce(released.records, 0) - coalesce(replayed.made, 0), 0
            )) as missing,
            sum(greatest(
                coalesce(replayed.made, 0) - coalesce(released.records, 0), 0
            )) as extra
        from released
        full join replayed
            on released.file_id = replayed.file_id
            and released.feed = replayed.feed
        group by 1, 2
    ),

    states as (
        select
            source_system,
            feed,
            sum(refused_count) as refused,
            sum(waiting_count) as waiting,
            sum(released_count) as released,
            sum(discarded_count) as discarded
        from quarantine.balance
        where feed is not null
        group by source_system, feed
    )

    select
        coalesce(states.source_system, compared.source_system),
        coalesce(states.feed, compared.feed),
        cast(coalesce(states.refused, 0) as bigint),
        cast(coalesce(compared.missing, 0) as bigint),
        cast(coalesce(compared.extra, 0) as bigint),
        cast(coalesce(states.waiting, 0) as bigint),
        cast(
            coalesce(states.released, 0)
            - coalesce(compared.missing, 0) + coalesce(compared.extra, 0) as bigint
        ),
        cast(coalesce(states.discarded, 0) as bigint)
    from states
    full join compared
        on states.source_system = compared.source_system
        and states.feed = compared.feed
    order by 1, 2
"""
STORED_VERSIONS = """
    with

    booked as (
        select counted.file_id, delivery.source_system, counted.landed
        from raw.delivery_feed as counted
        inner join raw.delivery_file as file
            on counted.file_id = file.file_id
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where counted.feed = {feed} and delivery.status = 'landed'
    ),

    stored as (
        select file_id, source_system, count(*) as versions
        from {table}
        group by file_id, source_system
    )

    select
        coalesce(booked.source_system, stored.source_system),
        {feed},
        cast(coalesce(sum(booked.landed), 0) as bigint),
        cast(sum(greatest(
            coalesce(booked.landed, 0) - coalesce(stored.versions, 0), 0
        )) as bigint),
        cast(sum(greatest(
            coalesce(stored.versions, 0) - coalesce(booked.landed, 0), 0
        )) as bigint),
        cast(coalesce(sum(stored.versions), 0) as bigint)
    from booked
    full join stored
        on booked.file_id = stored.file_id
        and booked.source_system = stored.source_system
    group by 1
    order by 1
"""
