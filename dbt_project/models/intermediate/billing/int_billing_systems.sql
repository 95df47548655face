-- Grain: one row per system that bills, that an extract came from, and that a CRM with opportunities stands beside.
-- An extract without a row says that nothing was billed; none at all says nothing.
with

roles as (select * from {{ ref('system_roles') }} where system_role = 'billing' and role_rule <> 'never'),

crm as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

delivered as (
    select system from {{ ref('invoices') }}
    union
    select ledger.system
    from {{ ref('stg_lake__ledger') }} as ledger
    where ledger.load_status = 'loaded' and {{ tells_of('invoices', 'ledger') }}
),

compared as (
    select count(*) as opportunity_count
    from {{ ref('int_opportunity_records') }} as records
    inner join crm on records.system = crm.system
)

select roles.system
from roles
inner join delivered on roles.system = delivered.system
cross join compared
where compared.opportunity_count > 0
