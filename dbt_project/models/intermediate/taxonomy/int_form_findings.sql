-- Grain: one row per form, day by whose rules it is judged, and rule of what must be filled in that it breaks.
-- One fill may leave a field empty, and a visit without a campaign fills no hidden one: a form lacks a field when none
-- of its fills of late held it. Where no system tells the fields of a form, it lacks none.
with

tags as (select * from {{ ref('int_form_tags') }}),

registered_forms as (select * from {{ ref('registered_forms') }}),

rules as (select * from {{ ref('taxonomy_rules') }} where test = 'filled_in'),

thresholds as (select * from {{ ref('check_thresholds') }}),

limits as (
    select
        max(case when threshold = 'form_fill_days' then warn end) as day_count,
        max(case when threshold = 'form_least_fills' then warn end) as least_count
    from thresholds
),

needed as (
    {% for kind in ['required_fields', 'hidden_fields'] -%}
        select registered_forms.form, registered_forms.valid_from, registered_forms.valid_to, listed.item as form_field
        from registered_forms
        cross join {{ id_list_rows('registered_forms.' ~ kind, '[ ,;]+') }}
        where listed.item <> ''
        {{ 'union' if not loop.last }}
    {% endfor %}
),

recent as (
    select tags.*, {{ taxonomy_value('tags.value') }} as form
    from tags
    cross join limits
    where
        tags.filled_fields is not null
        and {{ days_between('tags.filled_at', as_of()) }} <= limits.day_count
),

held as (
    select
        recent.form,
        recent.judged_on,
        needed.form_field,
        count(*) as fill_count,
        sum(
            case
                when recent.filled_fields like '% ' || {{ value_spelling('needed.form_field') }} || ' %' then 1 else 0
            end
        ) as held_count
    from recent
    inner join needed
        on
            recent.form = {{ taxonomy_value('needed.form') }}
            and {{ holds_on('needed', 'recent.judged_on') }}
    group by recent.form, recent.judged_on, needed.form_field
),

lacking as (
    select
        held.form,
        held.judged_on,
        {{ listed('held.form_field', ', ', 'held.form_field') }} as form_fields
    from held
    cross join limits
    where held.held_count = 0 and held.fill_count >= limits.least_count
    group by held.form, held.judged_on
),

-- As its fills write it.
written as (select distinct form, value, judged_on from recent)

select
    'form' as field,
    written.value,
    lacking.judged_on,
    rules.rule,
    rules.severity,
    rules.owner,
    rules.remedy,
    rules.defect_kind,
    lacking.form_fields as broken_part
from lacking
inner join written on lacking.form = written.form and lacking.judged_on = written.judged_on
inner join rules on {{ holds_on('rules', 'lacking.judged_on') }}
