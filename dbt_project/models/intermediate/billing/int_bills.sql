-- Grain: one row per bill: its newest words, what became of it by the night, the deal that it names, its money.
-- A credit note that names no deal is of the deal of the bill that it takes back.
{%- set fields = [
    'invoice_number', 'crm_opportunity_id', 'credited_invoice_id', 'invoice_kind', 'status', 'amount', 'currency_code',
    'issued_at', 'due_at', 'paid_at', 'voided_at', 'crm_account_id', 'customer_domain', 'customer_name',
] %}
with

billing_systems as (select * from {{ ref('int_billing_systems') }}),

versions as (
    select
        invoices.*,
        row_number() over (partition by invoices.invoice_id order by invoices.valid_from) as version_number,
        lag(invoices.amount) over (partition by invoices.invoice_id order by invoices.valid_from) as amount_before,
        lag(invoices.crm_opportunity_id) over (
            partition by invoices.invoice_id order by invoices.valid_from
        ) as opportunity_before
    from {{ ref('invoices') }} as invoices
    inner join billing_systems on invoices.system = billing_systems.system
    where invoices.valid_from <= {{ as_of() }}
),

statuses as (select * from {{ ref('bill_statuses') }}),

records as (select * from {{ ref('int_opportunity_records') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

corporate as (select max(currency_code) as currency_code from {{ ref('int_corporate_currency') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

known as (
    select
        system,
        invoice_id,
        {% for field in fields -%}
            {{ newest_known(field) }} as {{ field }},
        {% endfor -%}
        coalesce({{ newest_known('is_deleted') }}, false) as is_deleted,
        max(case when status is not null then valid_from end) as status_told_at,
        max(case when voided_at is not null then valid_from end) as voided_told_at,
        min(valid_from) as first_told_at,
        max(case when version_number > 1 and amount <> amount_before then valid_from end) as amount_changed_at,
        max(
            case
                when crm_opportunity_id is distinct from opportunity_before and crm_opportunity_id is not null
                    then valid_from
            end
        ) as linked_at
    from versions
    group by system, invoice_id
),

named as (
    select
        known.*,
        coalesce(known.crm_opportunity_id, credited.crm_opportunity_id) as named_opportunity_id,
        {{ stated_day('coalesce(known.issued_at, known.paid_at, known.first_told_at)') }} as issued_date,
        statuses.bill_state as told_state,
        statuses.payment as told_payment,
        known.status is not null and statuses.bill_state is null as is_status_undeclared
    from known
    left join known as credited on known.credited_invoice_id = credited.invoice_id
    left join statuses on {{ value_spelling('known.status') }} = {{ value_spelling('statuses.status') }}
    where known.invoice_kind <> 'none'
),

-- Whom a bill is for: the account that it names, else the only one of the customer's domain, else of its name.
accounts as (
    select accounts.account_id, records.record_id, records.domain, records.account_name_normalized
    from {{ ref('int_account_records_united') }} as records
    inner join {{ ref('int_accounts_resolved') }} as accounts on records.account_record_id = accounts.account_record_id
    inner join crm_systems on records.system = crm_systems.system
    where not records.is_deleted or accounts.is_merged_away
),

{% for column in ['record_id', 'domain', 'account_name_normalized'] -%}
    account_by_{{ column }} as (
        select {{ column }}, min(account_id) as account_id
        from accounts
        where {{ column }} is not null
        group by {{ column }}
        having count(distinct account_id) = 1
    ),

{% endfor -%}
-- Of an id that two systems use, the CRM's record is meant.
targets as (
    select
        records.*,
        row_number() over (
            partition by {{ opportunity_key('records.source_opportunity_id') }}
            order by case when crm_systems.system is not null then 0 else 1 end, records.opportunity_record_id
        ) as place
    from records
    left join crm_systems on records.system = crm_systems.system
),

linked as (
    select
        named.*,
        targets.opportunity_record_id,
        case
            when named.named_opportunity_id is null then 'none'
            when named.named_opportunity_id like '%;%' then 'several'
            when targets.opportunity_record_id is null then 'unknown'
            when survivors.is_deleted then 'deleted'
            when targets.is_merged_away then 'merged'
            when targets.is_deleted then 'deleted'
            else 'living'
        end as link_state,
        case
            when not survivors.is_deleted and (targets.is_merged_away or not targets.is_deleted)
                then survivors.opportunity_record_id
        end as opportunity_id
    from named
    left join targets
        on
            {{ opportunity_key('named.named_opportunity_id') }} = {{ opportunity_key('targets.source_opportunity_id') }}
            and targets.place = 1
    left join records as survivors on targets.opportunity_id = survivors.opportunity_record_id
),

-- What is voided was never billed, what will be issued is not yet. A later word of the status takes back the instant
-- that an earlier version told.
judged as (
    select
        linked.*,
        coalesce(linked.currency_code, corporate.currency_code, '{{ var("reporting_currency") }}') as billed_currency,
        case
            when linked.is_deleted or linked.told_state = 'void' then 'void'
            when
                linked.voided_at <= {{ as_of() }}
                and (linked.status_told_at is null or linked.voided_told_at >= linked.status_told_at)
                then 'void'
            when coalesce(linked.told_state, case when linked.issued_at is null then 'draft' end) = 'draft' then 'draft'
            when linked.issued_date > {{ reporting_date(as_of()) }} then 'scheduled'
            else coalesce(linked.told_state, 'billed')
        end as bill_state
    from linked
    cross join corporate
)

select
    judged.invoice_id as bill_id,
    judged.system,
    judged.invoice_number,
    judged.invoice_kind,
    judged.status,
    judged.is_status_undeclared,
    judged.bill_state,
    judged.bill_state in ('billed', 'uncollectible') as is_standing,
    judged.link_state,
    judged.named_opportunity_id,
    judged.opportunity_record_id,
    judged.opportunity_id,
    coalesce(
        account_by_record_id.account_id, account_by_domain.account_id, account_by_account_name_normalized.account_id
    ) as account_id,
    cast(judged.amount as decimal(18, 2)) as amount,
    judged.billed_currency as currency_code,
    cast(round(cast(judged.amount as double) * currency_rates.reporting_rate, 2) as decimal(18, 2)) as amount_usd,
    currency_rates.reporting_rate,
    judged.issued_date,
    case
        when {{ is_midnight('judged.issued_at') }} then {{ day_start('judged.issued_date') }}
        else coalesce(judged.issued_at, judged.paid_at, judged.first_told_at)
    end as issued_at,
    judged.due_at,
    case judged.told_payment
        when 'paid' then true
        when 'unpaid' then false
        else coalesce(judged.paid_at <= {{ as_of() }}, false)
    end as is_paid,
    judged.credited_invoice_id as credited_bill_id,
    judged.first_told_at,
    judged.amount_changed_at,
    coalesce(judged.linked_at, judged.first_told_at) as linked_at
from judged
left join account_by_record_id on judged.crm_account_id = account_by_record_id.record_id
left join account_by_domain on {{ site_domain('judged.customer_domain') }} = account_by_domain.domain
left join account_by_account_name_normalized
    on {{ normalize_company('judged.customer_name') }} = account_by_account_name_normalized.account_name_normalized
left join currency_rates
    on
        judged.billed_currency = currency_rates.currency_code
        and judged.issued_date >= currency_rates.start_date
        and judged.issued_date < currency_rates.end_date
