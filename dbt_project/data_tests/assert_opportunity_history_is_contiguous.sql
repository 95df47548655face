-- history_gap and history_dup: intervals of an opportunity follow each other, from its creation at the latest, and
-- exactly one is open.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'An opportunity\'s history has a gap or two open intervals, so pipeline of a past day is wrong.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

history as (
    select
        *,
        lead(valid_from) over (partition by opportunity_id order by valid_from) as next_valid_from
    from {{ ref('int_opportunity_history') }}
),

opportunities as (select * from {{ ref('int_opportunities_united') }})

select
    opportunities.opportunity_id,
    sum(case when history.valid_to is null then 1 else 0 end) as open_count
from opportunities
left join history on opportunities.opportunity_id = history.opportunity_id
group by opportunities.opportunity_id
having
    sum(case when history.valid_to is null then 1 else 0 end) <> 1
    or sum(case when history.next_valid_from <> history.valid_to then 1 else 0 end) > 0
    or min(history.valid_from) > min(opportunities.created_at)
