-- Grain: one row per campaign and source whose cost does not count, though it is far more than what does.
select
    campaign_id,
    cost_source,
    sum(sum(case when is_counted then amount_usd else 0 end)) over (partition by campaign_id) as counted_usd,
    sum(case when is_counted then 0 else amount_usd end) as not_counted_usd
from marts.fct_marketing_costs
where campaign_id <> 'unknown'
group by campaign_id, cost_source
qualify
    not_counted_usd > {{ parameters['threshold.contradicting_cost_ratio.warn'] }} * greatest(counted_usd, 0)
    and not_counted_usd >= {{ parameters['threshold.contradicting_cost_usd.warn'] }}
order by not_counted_usd desc, campaign_id, cost_source
