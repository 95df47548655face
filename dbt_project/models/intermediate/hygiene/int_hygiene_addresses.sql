-- Grain: one row per person record with an address: since when it has another than before, and whether its system marks
-- the one that it has as undeliverable; has_mark says that it told of an address of the record at all.
-- A mark is of the address that the record had when it was set: from a bounce on that the system dates, else with the
-- first version in a row that carries it. What was corrected since is marked no more.
{%- set before = 'partition by person_record_id order by valid_from' %}
with

versions as (select * from {{ ref('people') }}),

carried as (
    select
        person_record_id,
        valid_from,
        is_undeliverable,
        undeliverable_at,
        {{ last_known(
            normalize_email('email'), before ~ ' rows between unbounded preceding and current row'
        ) }} as address
    from versions
),

followed as (
    select
        *,
        lag(address) over ({{ before }}) as address_before,
        lag(coalesce(is_undeliverable, false)) over ({{ before }}) as was_undeliverable
    from carried
),

summed as (
    select
        person_record_id,
        {{ newest_known('is_undeliverable') }} as is_undeliverable,
        max(case when address <> address_before then valid_from end) as changed_at,
        coalesce(
            max(undeliverable_at),
            max(case when is_undeliverable and not coalesce(was_undeliverable, false) then valid_from end)
        ) as marked_at
    from followed
    where address is not null
    group by person_record_id
)

select
    person_record_id,
    changed_at,
    is_undeliverable is not null as has_mark,
    case when not is_undeliverable or coalesce(marked_at >= changed_at, true) then is_undeliverable end
        as is_undeliverable
from summed
