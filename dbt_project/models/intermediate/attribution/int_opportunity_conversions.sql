-- Grain: one row per basis and opportunity that touches may earn credit for.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

living as (
    select
        opportunities.*,
        coalesce(accounts.account_id, opportunities.account_record_id) as account_id
    from opportunities
    left join accounts on opportunities.account_record_id = accounts.account_record_id
    where not opportunities.is_deleted
)

select
    'pipeline' as basis,
    opportunity_id,
    account_id,
    created_at as opportunity_created_at,
    created_at as conversion_at
from living
union all
select
    'revenue',
    living.opportunity_id,
    living.account_id,
    living.created_at,
    coalesce(milestones.last_closed_at, living.created_at)
from living
left join milestones on living.opportunity_id = milestones.opportunity_id
where living.is_won
