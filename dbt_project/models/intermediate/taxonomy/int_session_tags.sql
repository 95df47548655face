-- Grain: one row per session, field and value that its links wrote; '' for a field that they should have written.
-- As written, because what the sessions hold is in lower case already. Words for nothing are no values. Assistants
-- write a source of their own into links of others: what such a link lacks nobody left out.
{%- set parts = ['source', 'medium', 'campaign'] %}
with

events as (
    select * from {{ ref('web_events') }}
    where coalesce(written_source, written_medium, written_campaign) is not null
),

sessions as (select * from {{ ref('int_web_sessions') }}),

periods as (select * from {{ ref('int_taxonomy_periods') }}),

assistants as (
    select * from {{ ref('source_categories') }}
    where source_category = 'SOURCE_CATEGORY_AI_ASSISTANT'
),

tags as (
    {% for part in parts -%}
        select system, client_id, occurred_at, 'utm_{{ part }}' as field, written_{{ part }} as value
        from events
        where {{ traffic_value('written_' ~ part) }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

written as (
    select distinct sessions.session_id, tags.field, tags.value
    from tags
    inner join sessions
        on
            tags.client_id = sessions.client_id
            and tags.system = sessions.system
            and tags.occurred_at >= sessions.session_start_at
            and tags.occurred_at <= sessions.session_end_at
),

-- Sessions that a link of somebody who tags links brought: it should have written all of them.
linked as (
    select written.session_id
    from written
    inner join sessions on written.session_id = sessions.session_id
    left join assistants
        on
            written.field = 'utm_source'
            and {{ normalize_text('written.value') }} = assistants.source
            and {{ holds_on('assistants', reporting_date('sessions.session_start_at')) }}
    group by written.session_id
    having count(assistants.source) = 0
),

tagged as (
    select
        sessions.*,
        sessions.campaign is not null or linked.session_id is not null as is_linked
    from sessions
    left join linked on sessions.session_id = linked.session_id
),

-- Where no link tells, web analytics may: it was told the campaign by the tag itself.
collected as (
    {% for part in parts -%}
        select
            session_id,
            'utm_{{ part }}' as field,
            coalesce({{ 'campaign' if part == 'campaign' else 'tagged_' ~ part }}, '') as value
        from tagged
        where is_linked {%- if part == 'campaign' %} or click_id_type is not null{% endif %}
        union all
    {% endfor -%}
    select session_id, 'landing_host', landing_page_host
    from tagged
    where (is_linked or click_id_type is not null) and landing_page_host is not null
),

united as (
    select * from written
    union all
    select collected.*
    from collected
    left join written on collected.session_id = written.session_id and collected.field = written.field
    where written.session_id is null
)

select
    united.session_id,
    sessions.system,
    sessions.client_id,
    sessions.session_start_at,
    united.field,
    united.value,
    periods.valid_from as judged_on
from united
inner join sessions on united.session_id = sessions.session_id
inner join periods on {{ holds_on('periods', reporting_date('sessions.session_start_at')) }}
