-- Grain: one row per deal and version.
with

deals as (select * from {{ ref('stg_hubspot__deals') }}),

deal_accounts as (select * from {{ ref('hubspot__deal_accounts') }}),

stages as (select * from {{ ref('hubspot__sales_stages') }})

select
    'hubspot:' || cast(deals.deal_id as string) as opportunity_id,
    cast(deals.deal_id as string) as source_opportunity_id,
    'hubspot:' || cast(deal_accounts.company_id as string) as account_record_id,
    'hubspot:' || cast(deals.owner_id as string) as owner_id,
    deals.deal_name as opportunity_name,
    deals.stage_id as stage_name,
    deals.deal_type as opportunity_type,
    deals.amount,
    upper(deals.currency_code) as currency_code,
    coalesce(deals.is_closed, stages.is_closed) as is_closed,
    coalesce(deals.is_won, stages.is_won) as is_won,
    deals.close_date,
    deals.created_at,
    deals.updated_at,
    deals.is_deleted,
    deals.valid_from,
    deals.valid_to,
    deals.is_newest
from deals
left join deal_accounts on deals.deal_id = deal_accounts.deal_id
left join stages on deals.stage_id = stages.stage_name
