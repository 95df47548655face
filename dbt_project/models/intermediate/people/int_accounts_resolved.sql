-- Grain: one row per account record, with the account it belongs to: the survivor of its merges; a record of another
-- system that names the CRM's account, or has its domain, is that account.
with

records as (select * from {{ ref('int_account_records_united') }}),

free_mail_domains as (select * from {{ ref('free_mail_domains') }}),

crm as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

merged_pairs as (select account_record_id as id, merged_into_record_id as target from records),

{{ follow_pointers('merged_pairs', 4) }},

survivors as (
    select
        records.*,
        coalesce(pointer_ends.target, records.account_record_id) as survivor_id,
        crm.system is not null as is_of_crm
    from records
    left join pointer_ends on records.account_record_id = pointer_ends.id
    left join crm on records.system = crm.system
),

crm_domains as (
    select
        survivors.domain,
        min(survivors.survivor_id) as account_id
    from survivors
    left join free_mail_domains on survivors.domain = free_mail_domains.email_domain
    where
        survivors.is_of_crm and survivors.survivor_id = survivors.account_record_id
        and not survivors.is_deleted and survivors.domain is not null and free_mail_domains.email_domain is null
    group by survivors.domain
    having count(*) = 1
),

-- What a merged record is linked to, or has as its domain, holds for its survivor and for all that was merged into it.
homes as (
    select
        survivors.survivor_id,
        min(crm_domains.account_id) as domain_account_id,
        coalesce(
            min(case when survivors.survivor_id = survivors.account_record_id then linked.survivor_id end),
            min(linked.survivor_id)
        ) as linked_account_id
    from survivors
    left join survivors as linked on survivors.linked_record_id = linked.account_record_id
    left join crm_domains
        on
            survivors.domain = crm_domains.domain
            and survivors.survivor_id = survivors.account_record_id
            and not survivors.is_of_crm
    group by survivors.survivor_id
),

final as (
    select
        survivors.account_record_id,
        survivors.system,
        survivors.record_id,
        coalesce(homes.linked_account_id, homes.domain_account_id, survivors.survivor_id) as account_id,
        survivors.survivor_id <> survivors.account_record_id as is_merged_away,
        homes.linked_account_id is null and homes.domain_account_id is not null as is_matched_by_domain
    from survivors
    inner join homes on survivors.survivor_id = homes.survivor_id
)

select * from final
