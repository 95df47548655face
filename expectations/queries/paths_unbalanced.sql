-- Grain: one row per attribution setting and basis whose paths hold other opportunities, or other money, than there are.
select
    paths.attribution_setting,
    paths.basis,
    paths.conversion_count,
    owed.conversion_count as opportunity_count,
    paths.amount_usd,
    owed.amount_usd as opportunities_amount_usd
from (
    select
        attribution_setting,
        basis,
        sum(conversion_count) as conversion_count,
        sum(amount_usd) as amount_usd
    from marts.fct_paths
    group by attribution_setting, basis
) as paths
left join (
    select 'pipeline' as basis, count(*) as conversion_count, coalesce(sum(amount_usd), 0) as amount_usd
    from marts.fct_opportunities
    union all
    select 'revenue', count(*), coalesce(sum(won_amount_usd), 0)
    from marts.fct_opportunities
    where is_won
) as owed on paths.basis = owed.basis
where paths.conversion_count <> owed.conversion_count or paths.amount_usd <> owed.amount_usd
order by paths.attribution_setting, paths.basis
