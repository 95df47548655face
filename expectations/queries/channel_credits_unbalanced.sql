-- Grain: one row per attribution setting, basis and model whose credits do not sum to the paths, exactly.
select
    credits.attribution_setting,
    credits.basis,
    credits.attribution_model,
    sum(credits.conversion_credit) as conversion_credit,
    max(paths.conversion_count) as conversion_count,
    sum(credits.credit_usd) as credit_usd,
    max(paths.amount_usd) as amount_usd
from marts.fct_channel_credits as credits
left join (
    select
        attribution_setting,
        basis,
        sum(conversion_count) as conversion_count,
        sum(amount_usd) as amount_usd
    from marts.fct_paths
    group by attribution_setting, basis
) as paths on credits.attribution_setting = paths.attribution_setting and credits.basis = paths.basis
group by credits.attribution_setting, credits.basis, credits.attribution_model
having
    sum(credits.conversion_credit) <> coalesce(max(paths.conversion_count), -1)::decimal(38, 9)
    or sum(credits.credit_usd) <> coalesce(max(paths.amount_usd), -1)
order by credits.attribution_setting, credits.basis, credits.attribution_model
