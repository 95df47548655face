-- Grain: one row per e-mail sent to a record whose own last word before it was an opt-out.
with

mails as (select * from {{ ref('int_mail_after_opt_out') }} where opt_out_scope = 'record')

select
    {{ hash_key(['system', 'message_id']) }} as defect_id,
    'mail_after_opt_out' as defect_kind,
    system,
    object,
    message_id as record_id,
    person_record_id as related_record_id,
    cast(null as string) as detail,
    sent_at as occurred_at
from mails
