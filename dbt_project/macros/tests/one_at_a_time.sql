{#
  Rows that are valid for an interval: of each `of`, no day has two, and none ends before it starts. An interval is from
  its first day until before its last; without a last it is open. With `gaps` forbidden the next one starts on the day
  that one ends. Returns one row per interval that breaks this.
#}
{% test one_at_a_time(model, of, starts='valid_from', ends='valid_to', gaps='allowed') %}
    {{ config(meta=test_meaning('one_at_a_time')) }}
    select *
    from (
        select
            {{ of | join(', ') }},
            {{ starts }},
            {{ ends }},
            lead({{ starts }}) over (partition by {{ of | join(', ') }} order by {{ starts }}) as next_start
        from {{ model }}
    ) as intervals
    where
        {{ ends }} <= {{ starts }}
        or coalesce({{ ends }} > next_start, next_start is not null)
        {%- if gaps == 'forbidden' %}
        or {{ ends }} < next_start
        {%- endif %}
{% endtest %}
