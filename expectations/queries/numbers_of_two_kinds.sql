-- Grain: one row per id of bills under which an invoice and a credit note were told that differ in their deal or amount,
-- so that they are two documents and no correction of the kind of one.
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
select
    bills.id,
    count(*) as row_count,
    min(bills.kind) as one_kind,
    max(bills.kind) as other_kind,
    min(bills._source_file) as example_file
from raw_billing.invoices as bills
inner join seeds.bill_kinds as known on {{ spelled('bills.kind') }} = {{ spelled('known.kind') }}
where known.bill_kind <> 'none'
group by bills.id
having
    count(distinct known.bill_kind) > 1
    and (count(distinct abs(bills.amount)) > 1 or count(distinct bills.crm_opportunity_id) > 1)
