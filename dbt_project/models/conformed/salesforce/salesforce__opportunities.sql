-- Grain: one row per opportunity and version. Without flags a probability of 100 % says that it is won; none says less.
with

opportunities as (select * from {{ ref('stg_salesforce__opportunities') }})

select
    'salesforce:' || opportunity_id as opportunity_id,
    opportunity_id as source_opportunity_id,
    'salesforce:' || account_id as account_record_id,
    'salesforce:' || campaign_id as campaign_id,
    'salesforce:' || owner_id as owner_id,
    opportunity_name,
    stage_name,
    opportunity_type,
    lead_source,
    loss_reason,
    amount,
    upper(currency_code) as currency_code,
    coalesce(is_closed, case when is_won or probability_percent >= 100 then true end) as is_closed,
    coalesce(is_won, case when probability_percent >= 100 then true end) as is_won,
    close_date,
    created_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    {{- conformed_custom_fields('opportunities', 'salesforce.opportunity') }}
    is_newest
from opportunities
