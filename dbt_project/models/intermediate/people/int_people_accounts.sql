-- Grain: one row per person with an account: the best match of the ladder, with its method and confidence.
-- A record that is there comes before one that was deleted or merged away.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

account_records as (select * from {{ ref('int_account_records_united') }}),

free_mail_domains as (select * from {{ ref('free_mail_domains') }}),

close_names as (select * from {{ ref('int_account_names_close') }}),

methods as (select * from {{ ref('account_match_methods') }}),

live_accounts as (
    select
        accounts.account_id, account_records.domain, account_records.account_name_normalized, account_records.created_at
    from accounts
    inner join account_records on accounts.account_record_id = account_records.account_record_id
    where not account_records.is_deleted
),

account_domains as (
    select
        live_accounts.domain,
        live_accounts.account_id,
        row_number() over (
            partition by live_accounts.domain
            order by live_accounts.created_at asc nulls last, live_accounts.account_id asc
        ) as domain_rank
    from live_accounts
    left join free_mail_domains on live_accounts.domain = free_mail_domains.email_domain
    where live_accounts.domain is not null and free_mail_domains.email_domain is null
),

oldest_of_domain as (select * from account_domains where domain_rank = 1),

child_domains as (
    -- A host of other firms' sites has no account below it that bears its name.
    select {{ parent_domain('domain') }} as domain, min(account_id) as account_id
    from live_accounts
    where
        replace(account_name_normalized, ' ', '')
        like '%' || {{ split_part(parent_domain('domain'), '.', 1) }} || '%'
    group by {{ parent_domain('domain') }}
    having count(distinct account_id) = 1
),

account_names as (
    select account_name_normalized, min(account_id) as account_id
    from live_accounts
    where account_name_normalized is not null
    group by account_name_normalized
    having count(distinct account_id) = 1
),

keyed as (
    select
        person_id, account_link, account_record_id, updated_at, person_record_id,
        case when is_email_valid then {{ split_part('email_normalized', '@', 2) }} end as email_domain,
        {{ normalize_company('company_name') }} as company_name_normalized,
        {{ normalize_text('country') }} as country_normalized
    from records
),

candidates as (
    select
        keyed.person_id, keyed.person_record_id, keyed.updated_at, accounts.account_id,
        keyed.account_link as account_match_method,
        1.0 as similarity
    from keyed
    inner join accounts on keyed.account_record_id = accounts.account_record_id
    {% for method, matched, condition in [
        ('email_domain', 'oldest_of_domain', 'keyed.email_domain = matched.domain'),
        ('parent_domain', 'oldest_of_domain', parent_domain('keyed.email_domain') ~ ' = matched.domain'),
        ('child_domain', 'child_domains', 'keyed.email_domain = matched.domain'),
        ('company_name', 'account_names', 'keyed.company_name_normalized = matched.account_name_normalized'),
    ] -%}
        union all
        select keyed.person_id, keyed.person_record_id, keyed.updated_at, matched.account_id, '{{ method }}', 1.0
        from keyed
        inner join {{ matched }} as matched
            on {{ condition }}
    {% endfor -%}
    union all
    select
        keyed.person_id, keyed.person_record_id, keyed.updated_at, matched.account_id, 'close_name', matched.similarity
    from keyed
    inner join close_names as matched
        on keyed.company_name_normalized = matched.company_name and keyed.country_normalized = matched.country
),

ranked as (
    select
        candidates.*,
        methods.confidence * candidates.similarity as confidence,
        row_number() over (
            partition by candidates.person_id
            order by
                case when records.is_deleted or records.is_merged_away then 2 else 1 end asc,
                methods.method_order asc, candidates.similarity desc, candidates.updated_at desc nulls last,
                candidates.person_record_id asc
        ) as match_rank
    from candidates
    inner join methods on candidates.account_match_method = methods.account_match_method
    inner join records on candidates.person_record_id = records.person_record_id
),

final as (
    select person_id, account_id, account_match_method, confidence as account_match_confidence
    from ranked
    where match_rank = 1
)

select * from final
