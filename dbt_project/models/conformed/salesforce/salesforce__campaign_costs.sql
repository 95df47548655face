-- Grain: one row per campaign and kind of cost.
-- A cost is of the days from the campaign's first to its last; without a last one of the month of its first, or of that
-- in which it was made.
with

campaigns as (
    select * from {{ ref('stg_salesforce__campaigns') }} where is_newest and not coalesce(is_deleted, false)
),

dated as (
    select
        *,
        coalesce(start_date, {{ reporting_date('coalesce(created_at, updated_at)') }}, end_date) as first_date
    from campaigns
),

kinds as (
    {% for kind, amount in [('actual', 'cost_amount'), ('budget', 'budget_amount')] -%}
        select
            campaign_id,
            '{{ kind }}' as cost_kind,
            {{ amount }} as amount,
            first_date,
            end_date,
            currency_code
        from dated
        where {{ amount }} <> 0
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    campaign_id || ':' || cost_kind as cost_id,
    'crm_campaign' as cost_source,
    cost_kind,
    'salesforce:' || campaign_id as campaign_id,
    first_date as start_date,
    case when end_date >= first_date then end_date else first_date end as end_date,
    amount,
    upper(currency_code) as currency_code
from kinds
