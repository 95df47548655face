-- Grain: one row per opportunity of any CRM, its newest version.
with

opportunities as (select * from {{ ref('stg_salesforce__opportunities') }}),

deals as (select * from {{ ref('stg_hubspot__deals') }}),

deal_companies as (select * from {{ ref('stg_hubspot__deal_companies') }}),

pipeline_stages as (select * from {{ ref('stg_hubspot__deal_pipeline_stages') }}),

currency_types as (select * from {{ ref('stg_salesforce__currency_types') }}),

opportunity_stages as (select * from {{ ref('opportunity_stages') }}),

-- A single-currency CRM exports no currency: its amounts are in the corporate currency.
corporate as (
    select coalesce(max(upper(currency_code)), '{{ var("reporting_currency") }}') as currency_code
    from currency_types
    where is_corporate
),

-- Association type 5 is HubSpot's primary company.
deal_accounts as (
    select
        deal_id,
        coalesce(min(case when association_type_id = 5 then company_id end), min(company_id)) as company_id
    from deal_companies
    group by deal_id
),

united as (
    select
        'salesforce' as system,
        opportunity_id as source_opportunity_id,
        account_id as account_record_id,
        campaign_id as source_campaign_id,
        owner_id,
        opportunity_name,
        stage_name,
        opportunity_type,
        lead_source,
        loss_reason,
        amount,
        currency_code,
        is_closed,
        is_won,
        is_deleted,
        close_date,
        created_at,
        updated_at
    from opportunities
    union all
    select
        'hubspot',
        cast(deals.deal_id as string),
        cast(deal_accounts.company_id as string),
        cast(null as string),
        cast(deals.owner_id as string),
        deals.deal_name,
        deals.stage_id,
        deals.deal_type,
        cast(null as string),
        cast(null as string),
        deals.amount,
        deals.currency_code,
        coalesce(deals.is_closed, pipeline_stages.is_closed),
        coalesce(deals.is_won, pipeline_stages.is_won),
        deals.is_deleted,
        deals.close_date,
        deals.created_at,
        deals.updated_at
    from deals
    left join deal_accounts on deals.deal_id = deal_accounts.deal_id
    left join pipeline_stages on deals.stage_id = pipeline_stages.stage_id
)

select
    united.system || ':' || united.source_opportunity_id as opportunity_id,
    united.system,
    united.source_opportunity_id,
    united.account_record_id,
    united.source_campaign_id,
    united.owner_id,
    united.opportunity_name,
    united.stage_name,
    opportunity_stages.stage_order,
    united.opportunity_type,
    united.lead_source,
    united.loss_reason,
    cast(united.amount as decimal(18, 2)) as amount,
    coalesce(upper(united.currency_code), corporate.currency_code) as currency_code,
    coalesce(opportunity_stages.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(united.is_closed, opportunity_stages.is_closed, false) as is_closed,
    coalesce(united.is_won, opportunity_stages.is_won, false) as is_won,
    coalesce(united.is_deleted, false) as is_deleted,
    united.close_date,
    united.created_at,
    united.updated_at
from united
cross join corporate
left join opportunity_stages
    on
        united.system = opportunity_stages.system
        and united.stage_name = opportunity_stages.stage_name
