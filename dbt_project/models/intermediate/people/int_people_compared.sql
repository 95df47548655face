-- Grain: one row per live person, with what tells humans apart, normalised, and the keys that people are compared by.
-- What several people share (role mailboxes, shared addresses and phones) is no evidence, so it is left out.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

resolved as (select * from {{ ref('int_people_resolved') }}),

survived as (select * from {{ ref('int_people_survived') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

role_addresses as (select * from {{ ref('int_role_addresses') }}),

shared_identifiers as (select * from {{ ref('shared_identifiers') }}),

free_mail_domains as (select * from {{ ref('free_mail_domains') }}),

live as (select distinct person_id from records where not is_deleted and not is_merged_away),

normalised as (
    select
        resolved.person_id,
        resolved.person_record_id,
        {{ normalize_text('survived.first_name') }} as first_name,
        {{ normalize_text('survived.last_name') }} as last_name,
        -- Nine digits tell a subscriber apart, with or without a country code before them.
        case
            when shared_phones.identifier is null and length(survived.phone) >= 7
                then substr(survived.phone, greatest(length(survived.phone) - 8, 1))
        end as phone,
        case
            when role_addresses.email is null and shared_addresses.identifier is null and survived.email like '%@%'
                then nullif(
                    {{ replace_all(split_part('survived.email', '@', 1), '[^a-z0-9]', '') }}, ''
                )
        end as mailbox,
        coalesce(
            people_accounts.account_id,
            {{ normalize_company('survived.company_name') }},
            case
                when free_mail_domains.email_domain is null then {{ split_part('survived.email', '@', 2) }}
            end
        ) as company,
        {{ normalize_text('survived.country') }} as country
    from live
    inner join resolved
        on live.person_id = resolved.person_id and resolved.person_record_id = resolved.oldest_record_id
    inner join survived on live.person_id = survived.person_id
    left join people_accounts on live.person_id = people_accounts.person_id
    left join role_addresses on survived.email = role_addresses.email
    left join free_mail_domains on {{ split_part('survived.email', '@', 2) }} = free_mail_domains.email_domain
    left join shared_identifiers as shared_addresses
        on shared_addresses.identifier_kind = 'email' and survived.email = shared_addresses.identifier
    left join shared_identifiers as shared_phones
        on shared_phones.identifier_kind = 'phone' and survived.phone = shared_phones.identifier
)

select
    *,
    last_name || '|' || company as name_company_key,
    first_name || '|' || company as first_name_company_key,
    first_name || '|' || last_name || '|' || country as name_country_key,
    case when length(mailbox) >= 6 then mailbox || '|' || country end as mailbox_country_key
from normalised
