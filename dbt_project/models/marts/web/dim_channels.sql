-- Grain: one row per channel.
with

channels as (select * from {{ ref('channels') }}),

final as (
    select channel, cast(channel_order as bigint) as channel_order, is_paid, is_direct, description
    from channels
)

select * from final
