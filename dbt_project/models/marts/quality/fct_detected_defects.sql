-- Grain: one row per defect: its kind, the record that shows it and, where several can be, what of it.
with

{% for area in ['people', 'sync', 'web', 'consent', 'delivery', 'sales'] -%}
    {{ area }} as (select * from {{ ref('int_defects_' ~ area) }}),

{% endfor -%}

person_records as (select * from {{ ref('int_person_records') }}),

defect_kinds as (select * from {{ ref('defect_kinds') }}),

united as (
    {% for area in ['people', 'sync', 'web', 'consent', 'delivery', 'sales'] -%}
        select * from {{ area }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    united.defect_id,
    united.defect_kind,
    defect_kinds.area,
    united.system,
    united.object,
    {{ safe_text(mask_emails('united.record_id')) }} as record_id,
    {{ safe_text(mask_emails('united.related_record_id')) }} as related_record_id,
    coalesce(person_records.person_id, related_records.person_id) as person_id,
    {{ safe_text(mask_emails('united.detail')) }} as detail,
    -- A merge or a deletion settles what was wrong with the record.
    not coalesce(person_records.is_deleted or person_records.is_merged_away, false) as is_open,
    defect_kinds.owner,
    defect_kinds.remedy,
    {{ reporting_date('united.occurred_at') }} as occurred_date,
    united.occurred_at
from united
inner join defect_kinds on united.defect_kind = defect_kinds.defect_kind
left join person_records on united.record_id = person_records.person_record_id
left join person_records as related_records on united.related_record_id = related_records.person_record_id
