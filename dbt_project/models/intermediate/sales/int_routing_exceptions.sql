-- Grain: one row per MQL pass and kind of routing exception.
with

passes as (select * from {{ ref('int_mql_passes') }}),

owners as (select * from {{ ref('int_mql_owners') }}),

promises as (select * from {{ ref('sla_promises') }}),

records as (select * from {{ ref('int_person_records') }} where is_delivered),

territories as (select * from {{ ref('int_country_territories') }}),

-- Systems that disagree on the country are a field that drifted; routing is wrong when none of them backs the owner.
person_territories as (
    select distinct
        records.person_id,
        territories.territory
    from records
    inner join territories on lower(trim(records.country)) = lower(territories.country)
),

-- An owner's team that no country belongs to is no territory.
served as (select distinct territory from territories),

-- Where no extract tells the owners of such records nobody can say that one was missing.
delivered as (
    select distinct
        {{ split_part('person_record_id', ':', 1) }} || ':' || {{ split_part('person_record_id', ':', 2) }}
            as record_kind
    from {{ ref('int_owner_spells') }}
    where owner_id is not null
),

any_delivered as (select count(*) > 0 as has_owners from delivered),

located as (select distinct person_id from person_territories),

judged as (
    select
        passes.mql_pass_id,
        passes.person_id,
        passes.pass_number,
        passes.crm_record_id,
        coalesce(passes.crm_record_id, passes.mql_record_id) as record_id,
        passes.mql_at,
        passes.waited_until,
        passes.ended_at,
        owners.owner_id,
        owners.owner_kind,
        owners.owner_territory,
        owners.owner_left_at,
        owners.is_assigned,
        owners.assigned_at,
        owners.owner_change_count,
        {{ add_seconds('passes.mql_at', 'assignment.promised * 3600') }} as assign_by,
        churn.promised as promised_change_count,
        case when passes.crm_record_id is null then any_delivered.has_owners else delivered.record_kind is not null end
            as has_owners,
        located.person_id is not null and served.territory is not null and person_territories.person_id is null
            as is_outside_territory
    from passes
    inner join owners on passes.mql_pass_id = owners.mql_pass_id
    cross join any_delivered
    left join delivered
        on
            {{ split_part('passes.crm_record_id', ':', 1) }} || ':' || {{ split_part('passes.crm_record_id', ':', 2) }}
            = delivered.record_kind
    left join located on passes.person_id = located.person_id
    left join served on owners.owner_territory = served.territory
    left join person_territories
        on
            passes.person_id = person_territories.person_id
            and owners.owner_territory = person_territories.territory
    {% for alias, promise in [('assignment', 'assignment_clock_hours'), ('churn', 'owner_changes_in_24_hours')] -%}
        left join promises as {{ alias }}
            on
                {{ alias }}.promise = '{{ promise }}'
                and {{ holds_on(alias, reporting_date('passes.mql_at')) }}
    {% endfor %}
),

exceptions as (
    select
        *,
        case when owner_kind = 'queue' then 'queue_owner' else 'no_owner' end as exception_kind,
        'routing_no_owner' as defect_kind,
        case
            when crm_record_id is null then 'not in the CRM'
            when owner_kind = 'queue' then 'queue ' || owner_id
            else 'owned by ' || owner_kind
        end as detail,
        assign_by as occurred_at
    from judged
    where has_owners and not is_assigned and assign_by < coalesce(ended_at, {{ as_of() }})
    union all
    select
        *, 'inactive_owner', 'routing_inactive_owner',
        'inactive since ' || cast({{ reporting_date('owner_left_at') }} as string),
        greatest(coalesce(assigned_at, mql_at), owner_left_at)
    from judged
    where is_assigned and owner_left_at <= waited_until
    union all
    select
        *, 'outside_territory', 'routing_wrong_territory', 'owner serves ' || owner_territory,
        coalesce(assigned_at, mql_at)
    from judged
    where is_assigned and is_outside_territory
    union all
    select
        *, 'owner_churn', 'routing_owner_churn', cast(owner_change_count as string) || ' changes in 24 hours',
        coalesce(assigned_at, mql_at)
    from judged
    where owner_change_count > promised_change_count
    union all
    select
        *, 'late_assignment', 'routing_late_assignment',
        cast(cast({{ seconds_between('mql_at', 'assigned_at') }} / 3600 as bigint) as string) || ' hours after the MQL',
        assigned_at
    from judged
    where assigned_at > assign_by
)

select
    {{ hash_key(['mql_pass_id', 'exception_kind']) }} as routing_exception_id,
    mql_pass_id,
    person_id,
    pass_number,
    exception_kind,
    defect_kind,
    record_id,
    owner_id,
    detail,
    mql_at,
    occurred_at
from exceptions
