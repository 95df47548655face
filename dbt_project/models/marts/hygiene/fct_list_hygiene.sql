-- Grain: one row per marketing platform and part of its list (breakdown and its value).
{%- set parts = ['lead_source', 'channel', 'segment', 'region', 'owner'] %}
{%- set troubles = {
    'email_normalized': 'invalid', 'role_mailbox': 'role_mailbox', 'hard_bounce': 'hard_bounced',
    'soft_bounce_count': 'soft_bounced', 'first_record_id': 'duplicate', 'last_engaged_at': 'inactive',
} %}
with

recipients as (select * from {{ ref('int_hygiene_recipients') }}),

records as (select * from {{ ref('int_hygiene_records') }} where record_kind = 'recipient'),

judgements as (select * from {{ ref('int_hygiene_judgements') }} where record_type = 'recipient'),

-- Null where nobody could judge.
troubled as (
    select
        {% for field, trouble in troubles.items() -%}
            max(case when field = '{{ field }}' then case when is_broken then 1 else 0 end end) as {{ trouble }},
        {% endfor -%}
        system,
        record_id
    from judgements
    group by system, record_id
),

described as (
    select
        {% for part in parts -%}
            records.{{ part }},
        {% endfor -%}
        {% for trouble in troubles.values() -%}
            troubled.{{ trouble }},
        {% endfor -%}
        records.system,
        case when recipients.is_mailable then 1 else 0 end as mailable,
        case when recipients.is_opted_out then 1 when not recipients.is_opted_out then 0 end as opted_out,
        case when recipients.is_suspended then 1 when not recipients.is_suspended then 0 end as suspended,
        case when recipients.is_never_engaged then 1 when not recipients.is_never_engaged then 0 end as never_engaged
    from records
    inner join recipients on records.system = recipients.system and records.record_id = recipients.record_id
    left join troubled on records.system = troubled.system and records.record_id = troubled.record_id
),

summed as (
    {% for part in ['all'] + parts -%}
        select
            system,
            '{{ part }}' as breakdown,
            {{ "'all'" if part == 'all' else part }} as breakdown_value,
            {% for counted in ['mailable', 'opted_out', 'suspended', 'never_engaged'] + troubles.values() | list -%}
                sum({{ counted }}) as {{ counted }}_count,
            {% endfor -%}
            count(*) as recipient_count
        from described
        group by system{{ '' if part == 'all' else ', ' ~ part }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    {{ hash_key(['system', 'breakdown', 'breakdown_value']) }} as list_hygiene_id,
    system,
    breakdown,
    {{ safe_text(mask_emails('breakdown_value')) }} as breakdown_value,
    cast(recipient_count as bigint) as recipient_count,
    cast(mailable_count as bigint) as mailable_count,
    {% for counted in ['opted_out', 'suspended'] + troubles.values() | list + ['never_engaged'] -%}
        cast({{ counted }}_count as bigint) as {{ counted }}_count,
    {% endfor -%}
    cast(mailable_count as double) / recipient_count as mailable_share
from summed
