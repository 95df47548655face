{#
  What a part of `total` gets, in integers: its `whole` units, and one of those that are left over where its `remainder`
  is among the largest, of equal ones the first by `tiebreak`. Over a `partition` the parts sum to the total, in whatever
  order rows come.
#}
{% macro largest_remainder(whole, remainder, total, partition, tiebreak) -%}
    {{ whole }} + case
        when
            row_number() over (partition by {{ partition }} order by {{ remainder }} desc, {{ tiebreak }} asc)
            <= {{ total }} - sum({{ whole }}) over (partition by {{ partition }})
            then 1
        else 0
    end
{%- endmacro %}
