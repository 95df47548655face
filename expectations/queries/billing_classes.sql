-- Grain: one row per class that has a limit: the gaps of its months and owners, over what was won or, where that is more,
-- billed in the last twelve months. Of few records a share says nothing.
select
    classes.reconciliation_class,
    classes.owner,
    coalesce(sum(abs(mart.gap_usd)) filter (where mart.reconciliation_class = classes.reconciliation_class), 0)
    / nullif(greatest(sum(mart.won_usd), sum(mart.billed_usd)), 0)::double as class_share,
    classes.max_share
from marts.fct_won_and_billed as mart
cross join seeds.billing_classes as classes
where mart.periods_ago between 0 and 12 and classes.max_share is not null
group by classes.reconciliation_class, classes.owner, classes.max_share
having sum(mart.deal_count + mart.bill_count) >= {{ parameters['threshold.reconciliation_sample.warn'] }}
