-- Grain: one row per system, kind of record and class whose records are a discrepancy or on their way: its share of the
-- system's records and what of them entered it in the last seven days. Of few records a share says nothing.
select
    records.entity,
    records.system,
    classes.reconciliation_class,
    classes.owner,
    count(*) filter (where records.reconciliation_class = classes.reconciliation_class) as record_count,
    record_count / count(*)::double as class_share,
    classes.max_share,
    count(*) filter (
        where records.reconciliation_class = classes.reconciliation_class
            and records.since_at >= {{ as_of }} - interval 7 days
    ) / count(*)::double as weekly_growth,
    classes.max_weekly_growth
from marts.fct_reconciliation_records as records
cross join seeds.reconciliation_classes as classes
group by records.entity, records.system, classes.reconciliation_class, classes.owner, classes.max_share,
    classes.max_weekly_growth
having count(*) >= {{ parameters['threshold.reconciliation_sample.warn'] }}
