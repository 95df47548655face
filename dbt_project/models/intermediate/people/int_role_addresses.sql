-- Grain: one row per e-mail address that names nobody: a mailbox of several people, a word typed to fill the field.
with

addresses as (
    select email_normalized from {{ ref('int_person_records_united') }}
    union
    select email_normalized from {{ ref('int_further_addresses') }}
),

parts as (
    select
        email_normalized as email,
        {{ split_part('email_normalized', '@', 1) }} as mailbox,
        {{ split_part(split_part('email_normalized', '@', 2), '.', 1) }} as domain_name
    from addresses
    where email_normalized like '%@%'
),

role_mailboxes as (select * from {{ ref('role_mailboxes') }}),

-- `sales-emea`, `info_de`, `support.uk`, `sales2`: the first word. Behind a point two letters may be somebody's name.
worded as (select *, regexp_extract(mailbox, '^[a-z]+', 0) as first_word from parts)

select worded.email
from worded
left join role_mailboxes as mailboxes on worded.mailbox = mailboxes.mailbox
left join role_mailboxes as words
    on
        worded.first_word = words.mailbox
        and (length(words.mailbox) >= 4 or substr(worded.mailbox, length(words.mailbox) + 1, 1) <> '.')
where
    mailboxes.mailbox is not null
    or words.mailbox is not null
    -- x@x.com, test@test.com
    or worded.mailbox = worded.domain_name
    -- xxx@corp.com
    or (length(worded.mailbox) >= 3 and replace(worded.mailbox, substr(worded.mailbox, 1, 1), '') = '')
