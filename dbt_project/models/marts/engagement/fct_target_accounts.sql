-- Grain: one row per domain that a row of the seed target_accounts names and holds today.
-- An account is found by its website, also that of a record merged into it, and by a host below the domain.
with

targets as (
    select * from {{ ref('target_accounts') }} as accounts
    where {{ holds_on('accounts', reporting_date(as_of())) }}
),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

records as (select * from {{ ref('int_account_records_united') }}),

engagement as (select * from {{ ref('fct_account_engagement') }}),

-- Of several accounts of one domain the one with the most people, or the most to sell.
found as (
    select
        targets.domain,
        engagement.*,
        row_number() over (
            partition by targets.domain
            order by
                engagement.won_opportunity_count desc, engagement.open_opportunity_count desc,
                engagement.person_count desc, engagement.account_id asc
        ) as place
    from targets
    inner join records
        on
            {{ site_domain('targets.domain') }} = records.domain
            or records.domain like '%.' || {{ site_domain('targets.domain') }}
    inner join resolved on records.account_record_id = resolved.account_record_id
    inner join engagement on resolved.account_id = engagement.account_id
)

select
    targets.domain,
    targets.account_name,
    targets.tier,
    targets.owner,
    found.account_id,
    case
        when found.account_id is null then 'not_in_crm'
        when found.won_opportunity_count > 0 then 'customer'
        when found.open_opportunity_count > 0 then 'in_pipeline'
        when found.is_engaged then 'engaged'
        when found.person_count > 0 then 'not_engaged'
        else 'no_people'
    end as penetration,
    cast(coalesce(found.person_count, 0) as bigint) as person_count,
    cast(coalesce(found.engaged_person_count, 0) as bigint) as engaged_person_count,
    found.last_touch_at,
    cast(coalesce(found.open_pipeline_usd, 0) as decimal(18, 2)) as open_pipeline_usd,
    cast(coalesce(found.won_usd, 0) as decimal(18, 2)) as won_usd,
    found.missing_roles
from targets
left join found on targets.domain = found.domain and found.place = 1
