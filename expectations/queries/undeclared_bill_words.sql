-- Grain: one row per `word` (status or kind) of bills that no row of its seed knows, with the row to add.
{%- set seed, rest = {
    'status': ('bill_statuses', '<draft, billed, uncollectible or void>,<paid, unpaid or empty>,'),
    'kind': ('bill_kinds', '<invoice, credit_note or none>,finance,'),
}[word] %}
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
select
    bills.{{ word }},
    count(distinct bills.id) as bill_count,
    min(bills.id) as example,
    lower(bills.{{ word }}) || ',{{ rest }}' as row_to_add
from raw_billing.invoices as bills
left join seeds.{{ seed }} as known on {{ spelled('bills.' ~ word) }} = {{ spelled('known.' ~ word) }}
where bills.{{ word }} is not null and known.{{ word }} is null
group by bills.{{ word }}
order by bill_count desc, bills.{{ word }}
