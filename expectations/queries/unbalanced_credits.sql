-- Grain: one row per basis, model and opportunity whose credit or money does not sum to the whole, in integers.
select
    credits.basis,
    credits.attribution_model,
    credits.opportunity_id,
    sum(credits.credit_share) as credit_share,
    sum(credits.credit_usd) as credit_usd,
    max(case credits.basis when 'revenue' then opportunities.won_amount_usd else opportunities.amount_usd end)
        as amount_usd
from marts.fct_attribution_credits as credits
left join marts.fct_opportunities as opportunities on credits.opportunity_id = opportunities.opportunity_id
group by credits.basis, credits.attribution_model, credits.opportunity_id
having
    sum(credits.credit_share * 1000000000000)::hugeint <> 1000000000000
    or coalesce(sum(credits.credit_usd * 100), 0)::hugeint <> coalesce(amount_usd * 100, 0)::hugeint
order by credits.opportunity_id
