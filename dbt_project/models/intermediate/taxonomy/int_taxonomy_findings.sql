-- Grain: one row per value of a field, day by whose rules it is judged, and rule that it breaks.
-- The whole taxonomy is judged here and nowhere else: links and campaigns of the extracts for the marts, plans and
-- links before launch by `.venv/bin/touchstone campaign check plan.csv`, which runs this text on values of its own.
-- A repair is the value of an approved alias, else the same value without capitals, blanks and markup, else the one
-- registered value that it is nearest to; of two that are as near nobody knows which was meant.
{%- set letters_per_edit = 5 %}
{%- set most_edits = 2 %}
with

subjects as (select * from {{ ref('int_taxonomy_values') }}),

rules as (select * from {{ ref('taxonomy_rules') }}),

registry as (select * from {{ ref('int_taxonomy_registry') }}),

patterns as (select * from {{ ref('int_naming_patterns') }}),

aliases as (select * from {{ ref('utm_aliases') }}),

repair_kinds as (select * from {{ ref('repair_kinds') }}),

folded as (
    select
        field, value, judged_on, has_register,
        {{ before_markup('value') }} as own_value,
        {{ taxonomy_value('value') }} as folded_value
    from subjects
),

judged_days as (select distinct field, judged_on from folded),

kept as (
    select distinct judged_days.field, judged_days.judged_on
    from judged_days
    inner join registry on judged_days.field = registry.field and {{ holds_on('registry', 'judged_days.judged_on') }}
),

registered as (
    select distinct folded.field, folded.value, folded.judged_on
    from folded
    inner join registry
        on
            folded.field = registry.field
            and folded.folded_value = registry.value
            and {{ holds_on('registry', 'folded.judged_on') }}
),

-- Where nobody keeps a register nothing can be missing from it.
standing as (
    select
        folded.field,
        folded.value,
        folded.judged_on,
        folded.own_value,
        folded.folded_value,
        folded.has_register and kept.field is not null as is_kept,
        registered.field is not null as is_registered
    from folded
    left join kept on folded.field = kept.field and folded.judged_on = kept.judged_on
    left join registered
        on
            folded.field = registered.field
            and folded.value = registered.value
            and folded.judged_on = registered.judged_on
),

parts_in_use as (
    select distinct
        patterns.valid_from,
        patterns.position,
        regexp_extract(registry.value, patterns.prefix_pattern, 1) as part_value
    from registry
    inner join patterns on patterns.is_open
    where registry.field = 'utm_campaign'
),

named_fields as (select distinct field from rules where test = 'named'),

-- A name is strange when a part of it is wrong, or in use nowhere else: then it may be a misspelling.
names as (
    select
        standing.field,
        standing.value,
        standing.judged_on,
        min_by(
            patterns.part,
            case
                when not {{ matches_rule('standing.folded_value', 'patterns.prefix_pattern') }} then patterns.position
            end
        ) as broken_part,
        max(
            case
                when not {{ matches_rule('standing.folded_value', 'patterns.prefix_pattern') }} then 1
                when patterns.is_open and parts_in_use.part_value is null then 1
                else 0
            end
        ) = 1 as is_strange
    from standing
    inner join named_fields on standing.field = named_fields.field
    inner join patterns on {{ holds_on('patterns', 'standing.judged_on') }}
    left join parts_in_use
        on
            patterns.valid_from = parts_in_use.valid_from
            and patterns.position = parts_in_use.position
            and regexp_extract(standing.folded_value, patterns.prefix_pattern, 1) = parts_in_use.part_value
    where standing.folded_value is not null
    group by standing.field, standing.value, standing.judged_on
),

-- Of pairs there are many: what can be said of one value is said before.
strange as (
    select
        standing.field,
        standing.value,
        standing.judged_on,
        standing.folded_value,
        length(standing.folded_value) as letter_count,
        cast(floor(length(standing.folded_value) / 3.0) as int) as third,
        {{ value_spelling('standing.folded_value') }} as spelling,
        {{ replace_all('standing.folded_value', '[0-9]', '') }} as without_digits
    from standing
    left join names
        on
            standing.field = names.field
            and standing.value = names.value
            and standing.judged_on = names.judged_on
    where standing.is_kept and not standing.is_registered and coalesce(names.is_strange, true)
),

targets as (
    select
        *,
        length(value) as letter_count,
        {{ value_spelling('value') }} as spelling,
        {{ replace_all('value', '[0-9]', '') }} as without_digits
    from registry
),

-- Names that differ in digits only are those of two quarters or versions, and no misspelling of each other. Edits are
-- counted only where the first or the last third is the same: all single ones, and two unless they are at both ends.
candidates as (
    select
        strange.field,
        strange.value,
        strange.judged_on,
        targets.registered_value as candidate,
        case
            when strange.spelling = targets.spelling then 0
            else {{ typing_distance('strange.folded_value', 'targets.value') }}
        end as edit_count
    from strange
    inner join targets
        on
            strange.field = targets.field
            and {{ holds_on('targets', 'strange.judged_on') }}
            and strange.without_digits <> targets.without_digits
            and (
                strange.spelling = targets.spelling
                or (
                    abs(strange.letter_count - targets.letter_count) <= {{ most_edits }}
                    and (
                        left(strange.folded_value, strange.third) = left(targets.value, strange.third)
                        or right(strange.folded_value, strange.third) = right(targets.value, strange.third)
                    )
                )
            )
),

near as (
    select
        field,
        value,
        judged_on,
        edit_count,
        count(distinct candidate) as candidate_count,
        min(candidate) as candidate,
        row_number() over (partition by field, value, judged_on order by edit_count) as nearness
    from candidates
    where edit_count <= {{ most_edits }} and edit_count * {{ letters_per_edit }} <= length(value)
    group by field, value, judged_on, edit_count
),

approved as (
    select
        standing.field,
        standing.value,
        standing.judged_on,
        min(aliases.value) as approved_value
    from standing
    inner join aliases
        on
            standing.field = aliases.field
            and standing.folded_value = {{ taxonomy_value('aliases.alias') }}
            and {{ holds_on('aliases', 'standing.judged_on') }}
    group by standing.field, standing.value, standing.judged_on
),

compared as (
    select
        standing.*,
        names.broken_part,
        near.candidate as nearest_value,
        near.edit_count,
        approved.approved_value,
        case
            when approved.approved_value is not null then 'approved'
            when
                standing.folded_value <> standing.value
                and (standing.is_registered or (not standing.is_kept and names.broken_part is null))
                then 'folded'
            when near.candidate_count = 1
                then case near.edit_count when 0 then 'separators' when 1 then 'one_edit' else 'two_edits' end
        end as repair_kind
    from standing
    left join names
        on
            standing.field = names.field
            and standing.value = names.value
            and standing.judged_on = names.judged_on
    left join near
        on
            standing.field = near.field
            and standing.value = near.value
            and standing.judged_on = near.judged_on
            and near.nearness = 1
    left join approved
        on
            standing.field = approved.field
            and standing.value = approved.value
            and standing.judged_on = approved.judged_on
),

repaired as (
    select
        *,
        case repair_kind
            when 'approved' then approved_value
            when 'folded' then folded_value
            else case when repair_kind is not null then nearest_value end
        end as suggested_value
    from compared
),

judged as (
    select
        repaired.*,
        rules.rule,
        rules.test,
        rules.severity,
        rules.owner,
        rules.remedy,
        rules.defect_kind,
        rules.argument,
        case rules.test
            when 'present' then repaired.value = ''
            when 'matches'
                then repaired.value <> '' and not {{ matches_rule('lower(repaired.value)', 'rules.argument') }}
            when 'excludes' then {{ matches_rule('repaired.value', 'rules.argument') }}
            when 'lower_case' then repaired.own_value <> lower(repaired.own_value)
            when 'named' then repaired.broken_part is not null
            when 'registered'
                then repaired.value <> '' and repaired.is_kept and not repaired.is_registered
        end as is_broken
    from repaired
    inner join rules on repaired.field like rules.field and {{ holds_on('rules', 'repaired.judged_on') }}
)

-- What a repair would leave as it is, an address in it, it does not repair. The marts hold what an approved alias
-- means, and write everything in lower case.
select
    judged.field,
    judged.value,
    judged.judged_on,
    judged.rule,
    judged.severity,
    judged.owner,
    judged.remedy,
    case
        when judged.defect_kind = 'unregistered_campaign' and judged.edit_count is not null then 'utm_typo'
        else judged.defect_kind
    end as defect_kind,
    judged.folded_value,
    case when judged.test = 'named' then judged.broken_part end as broken_part,
    judged.nearest_value,
    case when is_repair.repair_kind is not null then judged.suggested_value end as suggested_value,
    is_repair.repair_kind,
    is_repair.confidence as repair_confidence,
    coalesce(
        judged.field in ('utm_source', 'utm_medium', 'utm_campaign')
        and (is_repair.repair_kind = 'approved' or judged.suggested_value = {{ normalize_text('judged.value') }}),
        false
    ) as is_repair_applied
from judged
left join repair_kinds as is_repair
    on
        judged.repair_kind = is_repair.repair_kind
        and not (
            judged.test in ('matches', 'excludes')
            and judged.test = case
                when {{ matches_rule('judged.suggested_value', 'judged.argument') }} then 'excludes'
                else 'matches'
            end
        )
where judged.is_broken
