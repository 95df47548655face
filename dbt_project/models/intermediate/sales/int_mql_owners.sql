-- Grain: one row per MQL pass: who owned it from when on, and in whose business hours it waits.
with

passes as (select * from {{ ref('int_mql_passes') }}),

spells as (select * from {{ ref('int_owner_spells') }}),

owners as (select * from {{ ref('int_sales_owners') }}),

survived as (select * from {{ ref('int_people_survived') }}),

territories as (select * from {{ ref('int_country_territories') }}),

regions as (select distinct region from {{ ref('business_calendars') }}),

held as (
    select
        passes.mql_pass_id,
        passes.mql_at,
        passes.waited_until,
        spells.owner_id,
        spells.owner_kind,
        spells.owner_kind = 'human' as is_human,
        spells.is_change,
        spells.is_dated or spells.known_from <= passes.mql_at as is_dated,
        spells.owned_from
    from passes
    inner join spells on passes.crm_record_id = spells.person_record_id
    where
        (spells.owned_until is null or spells.owned_until > passes.mql_at)
        and (passes.ended_at is null or spells.owned_from < passes.ended_at)
),

-- The owner that counts is the human who holds it at the first touch; before one does, whoever is there.
summed as (
    select
        mql_pass_id,
        min(case when is_human and is_dated then greatest(owned_from, mql_at) end) as assigned_at,
        max(case when is_human then 1 else 0 end) = 1 as is_assigned,
        coalesce(
            max_by(owner_id, case when is_human and owned_from <= waited_until then owned_from end),
            min_by(owner_id, case when is_human then owned_from end),
            max_by(owner_id, owned_from)
        ) as owner_id
    from held
    group by mql_pass_id
),

changed as (
    select
        held.mql_pass_id,
        count(*) as owner_change_count
    from held
    inner join summed on held.mql_pass_id = summed.mql_pass_id
    where
        held.is_change
        and held.owned_from >= coalesce(summed.assigned_at, held.mql_at)
        and {{ seconds_between('coalesce(summed.assigned_at, held.mql_at)', 'held.owned_from') }} <= 86400
    group by held.mql_pass_id
),

final as (
    select
        passes.mql_pass_id,
        summed.owner_id,
        case
            when summed.mql_pass_id is null or summed.owner_id is null then 'nobody'
            when summed.is_assigned then 'human'
            else owners.owner_kind
        end as owner_kind,
        owners.territory as owner_territory,
        owners.left_at as owner_left_at,
        summed.assigned_at,
        coalesce(summed.is_assigned, false) as is_assigned,
        cast(coalesce(changed.owner_change_count, 0) as bigint) as owner_change_count,
        territories.territory,
        coalesce(owner_regions.region, person_regions.region, 'default') as region
    from passes
    left join summed on passes.mql_pass_id = summed.mql_pass_id
    left join changed on passes.mql_pass_id = changed.mql_pass_id
    left join owners on summed.owner_id = owners.owner_id
    left join survived on passes.person_id = survived.person_id
    left join territories on lower(trim(survived.country)) = lower(territories.country)
    left join regions as owner_regions on owners.territory = owner_regions.region
    left join regions as person_regions on territories.territory = person_regions.region
)

select * from final
