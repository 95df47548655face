-- Grain: one row per account with people and breakdown.
with

people_accounts as (select * from {{ ref('int_people_accounts') }}),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

accounts as (select * from {{ ref('int_accounts_segmented') }}),

touched as (
    select
        people_accounts.account_id,
        first_touches.channel,
        first_touches.campaign_id,
        row_number() over (
            partition by people_accounts.account_id order by first_touches.first_touch_at, first_touches.touchpoint_id
        ) as touch_position
    from people_accounts
    inner join first_touches on people_accounts.person_id = first_touches.person_id
),

with_people as (select distinct account_id from people_accounts),

described as (
    select
        with_people.account_id,
        touched.channel,
        touched.campaign_id as campaign,
        accounts.segment,
        accounts.region,
        accounts.owner_id as owner
    from with_people
    left join touched on with_people.account_id = touched.account_id and touched.touch_position = 1
    left join accounts on with_people.account_id = accounts.account_id
)

{{ broken_down('described', 'account_id') }}
