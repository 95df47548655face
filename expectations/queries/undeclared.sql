-- Grain: one row: the share of records whose value of a governed column no row of seeds/vocabularies.csv knows; null of
-- fewer records than say anything.
select
    case
        when sum(row_count) >= {{ parameters['threshold.unknown_sample.warn'] }}
            then coalesce((select sum(row_count) from ({% include 'undeclared_values.sql' %})), 0) / sum(row_count)
    end as undeclared_share
from ({% include 'values.sql' %})
