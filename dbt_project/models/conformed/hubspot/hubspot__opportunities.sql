-- Grain: one row per deal and version.
with

deals as (select * from {{ ref('stg_hubspot__deals') }}),

deal_accounts as (select * from {{ ref('hubspot__deal_accounts') }}),

stages as (select * from {{ ref('hubspot__sales_stages') }}),

-- The survivor lists what was merged into it, or a table does; the deal merged away stays as a record.
merge_log as (
    select listed.item as deal_id, cast(deals.deal_id as string) as surviving_deal_id
    from deals
    cross join {{ id_list_rows('deals.merged_deal_ids') }}
    where {{ matches('listed.item', '^[1-9][0-9]*$') }}
    union
    select cast(merged_deal_id as string), cast(surviving_deal_id as string)
    from {{ ref('stg_hubspot__merged_deals') }}
),

merged as (
    select
        deal_id,
        max(surviving_deal_id) as surviving_deal_id
    from merge_log
    where deal_id <> surviving_deal_id
    group by deal_id
)

select
    'hubspot:' || cast(deals.deal_id as string) as opportunity_id,
    cast(deals.deal_id as string) as source_opportunity_id,
    'hubspot:' || cast(deal_accounts.company_id as string) as account_record_id,
    'hubspot:' || cast(deals.owner_id as string) as owner_id,
    deals.deal_name as opportunity_name,
    deals.stage_id as stage_name,
    deals.deal_type as opportunity_type,
    deals.loss_reason,
    deals.amount,
    upper(deals.currency_code) as currency_code,
    coalesce(deals.is_closed, stages.is_closed) as is_closed,
    coalesce(deals.is_won, stages.is_won) as is_won,
    deals.close_date,
    'hubspot:' || merged.surviving_deal_id as merged_into_opportunity_id,
    'salesforce:' || deals.salesforce_opportunity_id as linked_opportunity_id,
    deals.created_at,
    deals.updated_at,
    deals.is_deleted,
    deals.valid_from,
    deals.valid_to,
    {{- conformed_custom_fields('opportunities', 'hubspot.deals') }}
    deals.is_newest
from deals
left join deal_accounts on deals.deal_id = deal_accounts.deal_id
left join merged on cast(deals.deal_id as string) = merged.deal_id
left join stages on deals.stage_id = stages.stage_name
