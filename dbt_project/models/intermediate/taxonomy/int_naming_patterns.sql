-- Grain: one row per period and part of a campaign's name.
-- A name is right as far as this part when it matches `prefix_pattern`, whose only group is the part; the pattern of
-- the last part is that of the whole name.
with

periods as (select * from {{ ref('int_taxonomy_periods') }}),

parts as (select * from {{ ref('naming_parts') }}),

vocabularies as (select * from {{ ref('naming_vocabularies') }}),

-- A vocabulary that nobody filled yet lets everything pass.
spelled as (
    select
        periods.valid_from,
        periods.valid_to,
        parts.position,
        parts.part,
        parts.vocabulary is null as is_open,
        coalesce('[' || parts.separator || ']', '') as separator,
        coalesce(
            {{ listed("replace(vocabularies.value, '.', '[.]')", '|', 'vocabularies.value') }},
            min(parts.pattern),
            '.+'
        ) as part_pattern
    from periods
    inner join parts on {{ holds_on('parts', 'periods.valid_from') }}
    left join vocabularies
        on
            parts.vocabulary = vocabularies.vocabulary
            and {{ holds_on('vocabularies', 'periods.valid_from') }}
    group by periods.valid_from, periods.valid_to, parts.position, parts.part, parts.vocabulary, parts.separator
)

select
    valid_from,
    valid_to,
    position,
    part,
    is_open,
    '^' || coalesce(
        {{ running_text(
            "separator || '(?:' || part_pattern || ')'",
            'partition by valid_from order by position rows between unbounded preceding and 1 preceding'
        ) }}, ''
    )
    || separator || '(' || part_pattern || ')'
    || coalesce(lead(separator) over (partition by valid_from order by position), '$') as prefix_pattern
from spelled
