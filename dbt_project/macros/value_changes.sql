{#
  When each value that a record holds was taken: one row per `of` columns, from `held` (columns of `of`, `version_of`,
  value, valid_from; a version without the value is there with null). It held since its record began where no version
  before tells of another or of none, and has no row then. A version that says nothing changes nothing.
#}
{% macro value_changes(held, of) -%}
    {%- set keys = of | join(', ') -%}
    {%- set before %}
        partition by {{ keys }}, version_of order by valid_from rows between unbounded preceding and 1 preceding
    {%- endset -%}
    select {{ keys }}, max(valid_from) as changed_at
    from (
        select
            *,
            {{ last_known('spelling', before) }} as spelling_before,
            row_number() over (partition by {{ keys }}, version_of order by valid_from) as version_number
        from (select *, {{ normalize_text('value') }} as spelling from {{ held }}) as spelled
    ) as followed
    where spelling is not null and version_number > 1 and coalesce(spelling <> spelling_before, true)
    group by {{ keys }}
{%- endmacro %}

{#
  The rows of `different`, each a pair of records and a field in which they differ, with `since_at`: when the later side
  last changed it, by the rows of `changes` (record_id, field, changed_at), and no earlier than column `start`. `sides`
  are the columns of the two records.
#}
{% macro differing_since(different, start, sides, changes) -%}
    select
        {{ different }}.*,
        greatest(
            {{ different }}.{{ start }}
            {%- for side in sides -%}
                , coalesce(changes_of_{{ side }}.changed_at, {{ different }}.{{ start }})
            {%- endfor %}
        ) as since_at
    from {{ different }}
    {% for side in sides -%}
        left join {{ changes }} as changes_of_{{ side }}
            on
                {{ different }}.{{ side }} = changes_of_{{ side }}.record_id
                and {{ different }}.field = changes_of_{{ side }}.field
    {% endfor %}
{%- endmacro %}
