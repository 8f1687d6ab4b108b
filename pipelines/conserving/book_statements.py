"""What is asked of the books about files and their records, by source.

Each answers with source, feed (none), what came in, what is missing, what is too much,
and the parts of what is accounted for. ``compared`` stands for ``COMPARED``.
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
