-- Grain: one row per delivered person record of a system, before identity: the last that its versions say of each
-- field. A column that an extract left out, and null, say nothing; a link that was cleared is gone.
{%- set fields = [
    'email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone', 'country', 'state', 'industry',
    'lead_source', 'lead_status', 'lifecycle_stage', 'owner_id', 'account_record_id', 'account_link', 'web_client_id',
    'is_opted_out', 'converted_record_id', 'converted_date', 'mql_at', 'total_score', 'fit_score', 'engagement_score',
] %}
{%- set custom = custom_fields('people') %}
with

versions as (select * from {{ ref('people') }}),

living as (
    select
        person_record_id,
        max(valid_from) as changed_at
    from versions
    where not coalesce(is_deleted, false)
    group by person_record_id
),

-- A record that changed after its deletion lives.
deletions as (
    select
        told.person_record_id,
        min(told.deleted_at) as deleted_at
    from {{ ref('record_deletions') }} as told
    left join living on told.person_record_id = living.person_record_id
    where living.changed_at is null or living.changed_at <= told.deleted_at
    group by told.person_record_id
),

email_providers as (select * from {{ ref('email_providers') }}),

country_names as (select * from {{ ref('country_names') }}),

known as (
    select
        person_record_id,
        system,
        record_type,
        record_id,
        {% for field in fields + custom.keys() | list -%}
            {{ newest_known(field) }} as {{ field }},
        {% endfor -%}
        max(case when is_newest then merged_into_record_id end) as merged_into_record_id,
        coalesce({{ newest_known('is_deleted') }}, false) as is_removed,
        max(case when not is_deleted then valid_from end) as last_alive_at,
        min(created_at) as created_at,
        max(updated_at) as updated_at
    from versions
    group by person_record_id, system, record_type, record_id
),

-- Who was restored is deleted from the deletion on that followed.
removals as (
    select
        versions.person_record_id,
        min(versions.valid_from) as removed_at
    from versions
    inner join known on versions.person_record_id = known.person_record_id
    where versions.is_deleted and (known.last_alive_at is null or versions.valid_from > known.last_alive_at)
    group by versions.person_record_id
),

trimmed as (
    select
        known.*,
        known.is_removed or deletions.person_record_id is not null as is_deleted,
        case
            when known.is_removed
                then least(removals.removed_at, coalesce(deletions.deleted_at, removals.removed_at))
            else deletions.deleted_at
        end as deleted_at,
        nullif({{ replace_all('known.phone', '[^0-9]', '') }}, '') as typed_digits,
        {{ normalize_email('known.email') }} as email_trimmed
    from known
    left join removals on known.person_record_id = removals.person_record_id
    left join deletions on known.person_record_id = deletions.person_record_id
),

checked as (
    select
        *,
        coalesce({{ is_email_shaped('email_trimmed') }}, false) as is_email_valid,
        case when not {{ is_phone_of_nobody('typed_digits') }} then typed_digits end as phone_digits
    from trimmed
)

select
    checked.system,
    checked.record_type,
    checked.record_id,
    checked.person_record_id,
    checked.system || ':' || checked.record_id as system_record_id,
    checked.email_trimmed,
    checked.is_email_valid,
    case
        when checked.is_email_valid then {{ email_folded('checked.email_trimmed', 'providers') }}
        else checked.email_trimmed
    end as email_normalized,
    checked.first_name,
    checked.last_name,
    checked.company_name,
    checked.job_title,
    checked.phone_digits,
    coalesce(country_names.country, trim(checked.country)) as country,
    checked.state,
    checked.industry,
    checked.lead_source,
    checked.lead_status,
    checked.lifecycle_stage,
    checked.owner_id,
    checked.account_record_id,
    checked.account_link,
    checked.web_client_id,
    checked.is_deleted,
    checked.deleted_at,
    checked.is_opted_out,
    checked.converted_record_id,
    checked.converted_date,
    checked.merged_into_record_id,
    checked.created_at,
    checked.updated_at,
    checked.mql_at,
    checked.total_score,
    checked.fit_score,
    checked.engagement_score{% for field in custom %}, checked.{{ field }}{% endfor %}
from checked
left join email_providers as providers on {{ split_part('checked.email_trimmed', '@', 2) }} = providers.email_domain
left join country_names on {{ country_spelling('checked.country') }} = country_names.spelling
