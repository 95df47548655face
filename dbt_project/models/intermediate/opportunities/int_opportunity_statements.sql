-- Grain: one row per opportunity and instant at which a log or a version of its record says that it changed; null is
-- not said.
-- A log tells when; a version holds at the latest since it was written. A closing that only a version tells was by the
-- end of its close date, unless something told of another stage since.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

records as (select * from {{ ref('int_opportunity_records') }}),

changes as (select * from {{ ref('opportunity_changes') }}),

versions as (select * from {{ ref('opportunities') }}),

stages as (select * from {{ ref('int_opportunity_stages') }}),

own_words as (
    select opportunity_id, valid_from as said_at from versions
    union all
    select opportunity_id, changed_at from changes
),

-- Records merged into one that takes over the creation of one of them: until the survivor's own first word, that one
-- tells of it.
tellers as (
    select
        opportunity_id,
        opportunity_id as told_by,
        cast(null as timestamp) as told_until
    from opportunities
    union all
    select
        opportunities.opportunity_id,
        records.opportunity_record_id,
        min(own_words.said_at)
    from opportunities
    inner join records
        on opportunities.opportunity_id = records.opportunity_id and opportunities.created_at = records.created_at
    inner join own_words on opportunities.opportunity_id = own_words.opportunity_id
    where records.is_merged_away
    group by opportunities.opportunity_id, records.opportunity_record_id
),

judged as (
    select
        opportunities.opportunity_id,
        tellers.told_until,
        versions.valid_from,
        versions.stage_name,
        cast(versions.amount as decimal(18, 2)) as amount,
        versions.close_date,
        opportunities.created_at,
        coalesce(versions.is_closed, stages.is_closed, false) as is_closed
    from versions
    inner join tellers on versions.opportunity_id = tellers.told_by
    inner join opportunities on tellers.opportunity_id = opportunities.opportunity_id
    left join stages on versions.system = stages.system and versions.stage_name = stages.stage_name
),

stated as (
    select
        tellers.opportunity_id, changes.changed_at as said_at, changes.changed_at as said_by, changes.stage_name,
        changes.amount, changes.close_date, false as is_version, false as is_creation,
        coalesce(changes.is_inferred, false) as is_inferred
    from changes
    inner join tellers on changes.opportunity_id = tellers.told_by
    where tellers.told_until is null or changes.changed_at < tellers.told_until
    union all
    select opportunity_id, created_at as said_at, created_at as said_by, null, null, null, true, true, true
    from opportunities
    union all
    select
        opportunity_id,
        case
            when is_closed and close_date is not null
                then greatest(created_at, least(valid_from, {{ day_end('close_date') }}))
            else greatest(created_at, valid_from)
        end,
        greatest(created_at, valid_from),
        stage_name,
        amount,
        close_date,
        true,
        false,
        true
    from judged
    where told_until is null or valid_from < told_until
),

{%- set columns = ['stage_name', 'amount', 'close_date'] %}
{%- set before = 'partition by opportunity_id order by said_by, is_version'
    ~ ' rows between unbounded preceding and 1 preceding' %}

followed as (
    select
        stated.*,
        {% for column in columns -%}
            {{ last_known('stated.' ~ column, before) }} as {{ column }}_before,
        {% endfor -%}
        max(case when stated.stage_name is not null then stated.said_by end) over ({{ before }}) as last_staged_at
    from stated
),

-- A version says what differs from what was said before.
differing as (
    select
        opportunity_id,
        said_at,
        said_by,
        last_staged_at,
        is_version,
        is_creation,
        is_inferred,
        {% for column in columns -%}
            case
                when
                    not is_version
                    or {{ column }}_before is null
                    {% if column == 'stage_name' -%}
                        or {{ value_spelling(column) }} <> {{ value_spelling(column ~ '_before') }}
                    {%- else -%}
                        or {{ column }} <> {{ column }}_before
                    {%- endif %}
                    then {{ column }}
            end as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from followed
),

statements as (
    select
        opportunity_id,
        case
            when last_staged_at is null or (stage_name is not null and said_at > last_staged_at) then said_at
            else said_by
        end as changed_at,
        stage_name,
        amount,
        close_date,
        is_inferred
    from differing
    where
        not is_version
        or is_creation
        or stage_name is not null
        or amount is not null
        or close_date is not null
)

-- Of one instant a log's word comes before a version's.
select
    statements.opportunity_id,
    statements.changed_at,
    {% for column in columns -%}
        coalesce(
            max(case when not statements.is_inferred then statements.{{ column }} end), max(statements.{{ column }})
        ) as {{ column }},
    {% endfor -%}
    min(case when statements.is_inferred then 1 else 0 end) = 1 as is_inferred
from statements
inner join opportunities on statements.opportunity_id = opportunities.opportunity_id
group by statements.opportunity_id, statements.changed_at
