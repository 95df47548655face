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

final as (
    select
        survivors.account_record_id,
        survivors.system,
        survivors.record_id,
        coalesce(linked.survivor_id, crm_domains.account_id, survivors.survivor_id) as account_id,
        survivors.survivor_id <> survivors.account_record_id as is_merged_away,
        linked.survivor_id is null and crm_domains.account_id is not null as is_matched_by_domain
    from survivors
    left join crm_domains on not survivors.is_of_crm and survivors.domain = crm_domains.domain
    left join survivors as linked on survivors.linked_record_id = linked.account_record_id
)

select * from final
