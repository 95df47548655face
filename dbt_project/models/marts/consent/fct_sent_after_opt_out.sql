-- Grain: one row per e-mail sent to a person whose last word before was an opt-out.
with

mails as (select * from {{ ref('int_mail_after_opt_out') }})

select
    {{ hash_key(['system', 'message_id']) }} as sent_after_opt_out_id,
    system,
    message_id,
    person_id,
    person_record_id as record_id,
    email_name,
    opt_out_scope,
    opt_out_record_id,
    opt_out_evidence,
    consent_change_id,
    {{ seconds_between('opted_out_at', 'sent_at') }} / 3600.0 as hours_after_opt_out,
    opted_out_at,
    sent_at
from mails
