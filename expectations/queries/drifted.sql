-- Grain: one row per table and column in which files drift in the manner of `kind`, with the last such file.
select
    last_source_file,
    column_name,
    file_count
from marts.fct_column_drift
where drift_kind = '{{ kind }}'
order by last_source_file, column_name
