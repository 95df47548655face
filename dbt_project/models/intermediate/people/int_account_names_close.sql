-- Grain: one row per company name and country that people give, with the one account whose name is closest.
-- Only names of one country that begin alike are compared, so the work grows with the names and not with their pairs.
-- The first words must be as similar as the whole: what firms of one trade have in common says nothing.
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

account_records as (select * from {{ ref('int_account_records_united') }} where not is_deleted),

methods as (select * from {{ ref('account_match_methods') }} where account_match_method = 'close_name'),

given_names as (
    select distinct
        {{ normalize_company('company_name') }} as company_name,
        {{ normalize_text('country') }} as country
    from records
    where company_name is not null and country is not null
),

account_names as (
    select distinct
        accounts.account_id,
        account_records.account_name_normalized as account_name,
        {{ normalize_text('account_records.country') }} as country
    from accounts
    inner join account_records on accounts.account_record_id = account_records.account_record_id
),

compared as (
    select
        given_names.company_name,
        given_names.country,
        account_names.account_id,
        methods.min_similarity,
        least(
            {{ text_similarity('given_names.company_name', 'account_names.account_name') }},
            {{ text_similarity(
                split_part('given_names.company_name', ' ', 1), split_part('account_names.account_name', ' ', 1)
            ) }}
        ) as similarity
    from given_names
    inner join account_names
        on
            given_names.country = account_names.country
            and substr(given_names.company_name, 1, 4) = substr(account_names.account_name, 1, 4)
    cross join methods
    where
        abs(length(given_names.company_name) - length(account_names.account_name))
        <= (1 - methods.min_similarity)
        * greatest(length(given_names.company_name), length(account_names.account_name))
),

ranked as (
    select
        *,
        max(similarity) over (partition by company_name, country) as best_similarity
    from compared
    where similarity >= min_similarity
)

select
    company_name,
    country,
    min(account_id) as account_id,
    max(similarity) as similarity
from ranked
where similarity = best_similarity
group by company_name, country
having count(distinct account_id) = 1
