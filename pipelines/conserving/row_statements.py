"""What is asked of the books about rows of feeds, quarantine, and stored versions.

Each answers with source, feed, what came in, what is missing, what is too much, and the
parts of what is accounted for. ``compared`` stands for ``COMPARED`` of the files.
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
# Rows of a feed that were released are the rows that replays made, file by file. How
# many records a file that was refused whole has is known only when it is read again: so
# it is compared whether that file is in the books, as is that of a line without a feed.
DECIDED_ROWS = """
    with

    released as (
        select
            source_system,
            coalesce(feed, '') as feed,
            released_file_id as file_id,
            sum(records) as records
        from quarantine.row
        where status = 'released'
        group by 1, 2, 3
    ),

    replayed as (
        select delivery.source_system, made.feed, made.file_id, made.made
        from raw.delivery_feed as made
        inner join raw.delivery_file as file
            on made.file_id = file.file_id
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where file.replayed_file_id is not null
        union all
        select
            delivery.source_system,
            '',
            file.file_id,
            coalesce(released.records, file.records)
        from raw.delivery_file as file
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        left join released
            on file.file_id = released.file_id and released.feed = ''
        where delivery.is_replay
            and file.replayed_file_id is null
            and file.verdict not in ('refused', 'held')
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
            coalesce(feed, '') as feed,
            sum(refused_count) as refused,
            sum(waiting_count) as waiting,
            sum(released_count) as released,
            sum(discarded_count) as discarded
        from quarantine.balance
        group by 1, 2
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
# A version with sealed columns has two rows, and is stored if both are there.
WITH_SEALED = """
    raw.{feed}
    inner join identity.{feed} as sealed
        using (source_system, record_id, version_at, content_hash, file_id)
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
        from {versions}
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
