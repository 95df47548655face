{#
  CTEs of which the last, `km_curve`, has one row per `group` and `duration`, with `event_count` and `survival`: the
  Kaplan-Meier estimate of those still waiting after it. `relation` has a row per subject, its `duration`, and whether
  the event ended it (`is_event`); the others are censored there, at risk up to and including that duration. A null
  duration is no subject.
  The curve is a product over the event times, taken as a sum of logarithms; it is zero, which has none, once an event
  takes the last at risk.
#}
{% macro kaplan_meier_curve(relation, group, duration, is_event) -%}
{%- set keys = group | join(', ') -%}
km_times as (
    select
        {{ keys }},
        {{ duration }} as duration,
        count(*) as subject_count,
        sum(case when {{ is_event }} then 1 else 0 end) as event_count
    from {{ relation }}
    where {{ duration }} is not null
    group by {{ keys }}, {{ duration }}
),

km_at_risk as (
    select
        *,
        sum(subject_count) over (
            partition by {{ keys }} order by duration desc rows between unbounded preceding and current row
        ) as at_risk_count
    from km_times
),

km_logarithms as (
    select
        *,
        max(case when event_count = at_risk_count then 1 else 0 end) over km_until as is_exhausted,
        sum(case when event_count < at_risk_count then ln(1 - cast(event_count as double) / at_risk_count) else 0 end)
            over km_until as log_survival
    from km_at_risk
    window
        km_until as (
            partition by {{ keys }} order by duration rows between unbounded preceding and current row
        )
),

km_curve as (
    select
        *,
        case when is_exhausted = 1 then 0 else exp(log_survival) end as survival
    from km_logarithms
)
{%- endmacro %}

{#
  The curve, and `kaplan_meier`: one row per `group` with `median_duration`, the earliest duration at which the estimate
  falls to one half; null while it stays above. Where the curve ends at zero the median is reached at the latest.
#}
{% macro kaplan_meier_median(relation, group, duration, is_event) -%}
{%- set keys = group | join(', ') -%}
{{ kaplan_meier_curve(relation, group, duration, is_event) }},

-- The tolerance takes a curve that is exactly one half as such, whatever the logarithms rounded.
kaplan_meier as (
    select
        {{ keys }},
        min(case when is_exhausted = 1 or log_survival <= ln(0.5) + 1e-9 then duration end) as median_duration
    from km_curve
    group by {{ keys }}
)
{%- endmacro %}
