-- Grain: one row per field, value that its register holds, and reporting dates [valid_from, valid_to).
-- `value` is spelled as macro taxonomy_value has it. What a system holds was created there, so somebody answers for
-- it; links may name an ad platform's campaign by its number.
with

campaigns as (select * from {{ ref('int_campaigns_united') }}),

campaign_register as (select * from {{ ref('campaign_register') }}),

sources as (select * from {{ ref('utm_sources') }}),

source_categories as (select * from {{ ref('source_categories') }}),

mediums as (select * from {{ ref('utm_mediums') }}),

campaign_types as (select * from {{ ref('campaign_type_channels') }}),

channels as (select * from {{ ref('channels') }}),

domains as (select * from {{ ref('approved_domains') }}),

forms as (select * from {{ ref('registered_forms') }}),

united as (
    select 'utm_source' as field, source as value, valid_from, valid_to from sources
    union
    select 'utm_source', source, valid_from, valid_to from source_categories
    union
    select 'utm_medium', medium, valid_from, valid_to from mediums
    union
    select 'utm_campaign', campaign_name, valid_from, valid_to from campaign_register
    union
    select 'utm_campaign', utm_campaign, cast('1900-01-01' as date), cast(null as date) from campaigns
    where system <> 'web'
    union
    select 'utm_campaign', source_campaign_id, cast('1900-01-01' as date), cast(null as date) from campaigns
    where is_known_by_id
    union
    select 'campaign_name', campaign_name, valid_from, valid_to from campaign_register
    union
    select 'campaign_type', campaign_type, valid_from, valid_to from campaign_types
    union
    select 'channel', channel, valid_from, valid_to from channels
    union
    select 'landing_host', domain, valid_from, valid_to from domains
    union
    select 'form', form, valid_from, valid_to from forms
)

select
    field,
    {{ taxonomy_value('value') }} as value,
    min(value) as registered_value,
    valid_from,
    valid_to
from united
where {{ taxonomy_value('value') }} is not null
group by field, {{ taxonomy_value('value') }}, valid_from, valid_to
