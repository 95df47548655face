-- Grain: one row per key and file of the newest delivery whose rows, of one change date where the table has any, say
-- different things: of a version only one of them is believed, by its place in the file.
select
    _source_file as source_file,
    {{ key | join(', ') }},
    min(_source_line) as first_line,
    max(_source_line) as last_line
from {{ table }}
where _batch_id in (select newest.batch_id from ({% include 'newest_files.sql' %}) as newest)
group by _source_file, {{ key | join(', ') }}{% if cursor %}, {{ cursor }}{% endif %}
having count(distinct _row_hash) > 1
order by source_file, first_line
