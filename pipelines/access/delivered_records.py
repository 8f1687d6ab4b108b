"""The SQL of what became of a delivery's records: for its page and its report.

Both take ``delivery_id``.
"""

# Records that no feed takes, by the reason: one row per table and reason.
EXCLUSIONS = """
    select
        coalesce(file.table_name, 'no table of this source') as table_name,
        exclusion.reason,
        cast(sum(exclusion.records) as bigint) as records
    from raw.delivery_exclusion as exclusion
    inner join raw.delivery_file as file
        on exclusion.file_id = file.file_id
    where file.delivery_id = %(delivery_id)s
    group by file.table_name, exclusion.reason
    order by sum(exclusion.records) desc, file.table_name collate "C"
"""
# What the feeds made of the others: one row per feed.
FEEDS = """
    select
        feed.feed,
        cast(sum(feed.made) as bigint) as made,
        cast(sum(feed.landed) as bigint) as landed,
        cast(sum(feed.unchanged) as bigint) as unchanged,
        cast(sum(feed.refused) as bigint) as refused
    from raw.delivery_feed as feed
    inner join raw.delivery_file as file
        on feed.file_id = file.file_id
    where file.delivery_id = %(delivery_id)s
    group by feed.feed
    order by sum(feed.refused) desc, feed.feed collate "C"
"""
