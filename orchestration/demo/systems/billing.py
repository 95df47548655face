"""A plain export of bills, labelled as a finance tool's screen labels it."""

from orchestration.demo.delivery import Extract

SYSTEM = "billing"


def extracts() -> list[Extract]:
    """Invoices and credit notes, a version whenever one changes."""
    return [Extract(SYSTEM, "invoices", INVOICES, '_at, "Invoice ID"')]


# Half of the bills hold the id of a deal as Salesforce's screen shows it.
INVOICES = """
    select v.ts as _at, b.bill as "Invoice ID", case when b.credited_bill is null then coalesce(b.nowhere_id, case
            when starts_with(d.record, 'salesforce:') and d.deal % 2 = 1
            then left(split_part(d.record, ':', 2), 15) else split_part(d.record, ':', 2) end) end as "Opportunity ID",
        a.name as "Customer", a.domain as "Domain", b.kind as "Type", b.credited_bill as "Credited Invoice ID",
        v.status as "Status", b.amount || '.00' as "Amount", b.currency_code as "Currency",
        case when not b.is_draft then day_text(b.ts) end as "Issue Date",
        case when not b.is_draft then day_text(b.ts + 30 * 86400) end as "Due Date",
        case when v.status = 'paid' then day_text(v.ts) end as "Paid Date",
        case when v.status = 'void' then day_text(v.ts) end as "Voided Date", iso_z(v.ts) as "Last Modified"
    from (
        select bill, ts, case when is_draft then 'draft' else 'open' end as status from bills
        union all select bill, paid_at, 'paid' from bills where paid_at is not null
        union all select bill, voided_at, 'void' from bills where voided_at is not null
        union all select bill, given_up_at, 'uncollectible' from bills where given_up_at is not null
    ) v
    join bills b using (bill)
    join accounts a using (account)
    left join deals d on d.deal = b.deal
"""
