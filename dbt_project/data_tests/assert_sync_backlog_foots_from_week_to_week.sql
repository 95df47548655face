-- What waited at the end of the week before and fell due is synced, cancelled or still waits.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'What waited for the sync is neither synced, cancelled nor waiting still.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    period_start_date,
    from_system,
    to_system,
    backlog_count
from (
    select
        *,
        coalesce(lag(backlog_count) over (partition by from_system, to_system order by period_start_date), 0)
            as opening_count
    from {{ ref('fct_sync_health') }}
) as weeks
where opening_count + due_count <> synced_count + cancelled_count + backlog_count
