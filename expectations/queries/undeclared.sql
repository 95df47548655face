-- Grain: one row: the share of records whose value of a governed column no row of seeds/vocabularies.csv knows.
select
    coalesce((select sum(row_count) from ({% include 'undeclared_values.sql' %})), 0)
    / nullif((select sum(row_count) from ({% include 'values.sql' %})), 0) as undeclared_share
