-- Grain: one row per record, rule and field that was judged. What is wrong with a record is judged here and nowhere
-- else: rates, samples and lists of records all read it.
-- What no record of a kind holds, no extract brought: that is asked of nobody. Words for nothing are no value.
with

held as (
    select *, cast(null as boolean) as is_found from {{ ref('int_hygiene_values') }}
    union all
    select * from {{ ref('int_hygiene_references') }}
),

asked as (select * from {{ ref('int_hygiene_rules_asked') }}),

null_spellings as (
    select distinct {{ normalize_text('spelling') }} as spelling
    from {{ ref('null_spellings') }}
    where holds_in = 'text'
),

countries as (select distinct country from {{ ref('country_names') }}),

told as (
    select system, record_type, field
    from held
    where value is not null
    group by system, record_type, field
),

said as (
    select
        held.*,
        told.field is not null as is_told,
        case when null_spellings.spelling is null then nullif(trim(held.value), '') end as value_said
    from held
    left join told
        on held.system = told.system and held.record_type = told.record_type and held.field = told.field
    left join null_spellings on {{ normalize_text('held.value') }} = null_spellings.spelling
),

judged as (
    select
        said.system,
        said.record_type,
        said.record_id,
        asked.rule,
        asked.field,
        asked.is_critical,
        said.value,
        case asked.test
            when 'filled' then case when said.is_told then said.value_said is null end
            when 'absent' then said.value is not null
            when 'delivered' then not said.is_found
            when 'email' then not {{ is_email_shaped('said.value_said') }}
            when 'matches' then not {{ matches_rule('lower(said.value_said)', 'asked.argument') }}
            when 'country' then case when said.value_said is not null then countries.country is null end
            when 'within_days'
                then
                    {{ days_between(try_cast('said.value_said', 'timestamp'), as_of()) }}
                    > {{ try_cast('asked.argument', 'double') }}
            when 'ahead' then {{ try_cast('said.value_said', 'date') }} < {{ reporting_date(as_of()) }}
        end as is_broken
    from said
    inner join asked
        on
            said.system = asked.system
            and said.record_type = asked.record_type
            and said.field = asked.field
    left join countries on said.value_said = countries.country
)

select
    system,
    record_type,
    record_id,
    rule,
    field,
    is_critical,
    is_broken,
    case when is_broken then value end as value
from judged
where is_broken is not null
