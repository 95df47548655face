-- Grain: one row per system that bills: how many times what its deals won it billed of them, in the middle of its deals;
-- of few deals it says nothing.
select
    system,
    count(*) as deal_count,
    median(billed_usd / won_usd) as median_ratio,
    greatest(median(billed_usd / won_usd), 1 / median(billed_usd / won_usd)) as factor
from (
    select
        bills.system,
        deals.opportunity_id,
        max(deals.amount_usd)::double as won_usd,
        sum(bills.amount_usd)::double as billed_usd
    from marts.fct_billing_records as deals
    inner join marts.fct_billing_records as bills on deals.opportunity_id = bills.opportunity_id
    where
        deals.system_role = 'crm' and deals.amount_usd > 0
        and bills.system_role = 'billing' and bills.amount_usd > 0
    group by bills.system, deals.opportunity_id
) as billed
group by system
having count(*) >= {{ parameters['threshold.billed_deals_sample.warn'] }}
