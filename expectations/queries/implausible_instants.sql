-- Grain: one row per version of a record that tells an instant that can't be.
select {{ key }} as record, implausible_instants, valid_from
from {{ table }}
where implausible_instants is not null
order by valid_from desc, record
