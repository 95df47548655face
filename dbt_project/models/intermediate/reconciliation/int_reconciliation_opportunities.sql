-- Grain: one row per living opportunity record of the CRM and of the systems that copy its opportunities: its class, of
-- those whose evidence it shows the one with the lowest priority.
-- A system of whose records none names one of the CRM's is no copy, and has no rows; without a copy the CRM has none.
{%- set fields = ['amount', 'currency_code', 'close_date', 'outcome'] %}
with

records as (select * from {{ ref('int_opportunity_records') }}),

versions as (select * from {{ ref('opportunities') }}),

changes as (select * from {{ ref('opportunity_changes') }} where changed_at <= {{ as_of() }}),

stages as (select * from {{ ref('int_opportunity_stages') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

rules as (select * from {{ ref('sync_rules') }} where record_type = 'opportunity'),

reconciled_fields as (select * from {{ ref('reconciled_fields') }} where entity = 'opportunity'),

classes as (select * from {{ ref('reconciliation_classes') }}),

delivered as (select * from {{ ref('int_delivered_until') }} where record_type = 'opportunity'),

named as (
    select opportunity_id as record_id, {{ newest_known('linked_opportunity_id') }} as crm_record_id
    from versions
    group by opportunity_id
),

copies as (
    select records.*, named.crm_record_id
    from records
    inner join named on records.opportunity_record_id = named.record_id
    left join crm_systems on records.system = crm_systems.system
    where crm_systems.system is null
),

-- Which systems copy shows in what is linked.
copying as (
    select distinct system, {{ split_part('crm_record_id', ':', 1) }} as crm_system from copies
    where crm_record_id is not null
),

copied as (select distinct crm_system from copying),

originals as (
    select records.*
    from records
    inner join copied on records.system = copied.crm_system
),

alike as (
    select
        copies.opportunity_record_id as copy_record_id,
        originals.opportunity_record_id as crm_record_id,
        {% for side in ['copies', 'originals'] -%}
            cast({{ side }}.amount as string) as {{ side }}_amount,
            {{ side }}.told_currency_code as {{ side }}_currency_code,
            cast({{ side }}.close_date as string) as {{ side }}_close_date,
            case
                when {{ side }}.is_won then 'won'
                when {{ side }}.is_closed then 'lost'
                when not {{ side }}.is_closed then 'open'
            end as {{ side }}_outcome,
        {% endfor -%}
        greatest(copies.created_at, originals.created_at) as linked_at,
        row_number() over (
            partition by originals.opportunity_record_id, copies.system
            order by copies.created_at, copies.opportunity_record_id
        ) = 1 as is_primary,
        first_value(copies.opportunity_record_id) over (
            partition by originals.opportunity_record_id, copies.system
            order by copies.created_at, copies.opportunity_record_id
            rows between unbounded preceding and unbounded following
        ) as first_record_id
    from copies
    inner join originals on copies.crm_record_id = originals.opportunity_record_id
    where
        not (copies.is_deleted or copies.is_merged_away)
        and not (originals.is_deleted or originals.is_merged_away)
),

compared as (
    {% for field in fields -%}
        select
            copy_record_id, crm_record_id, linked_at, '{{ field }}' as field,
            originals_{{ field }} as crm_value, copies_{{ field }} as map_value
        from alike
        where is_primary and coalesce(originals_{{ field }}, '') <> coalesce(copies_{{ field }}, '')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

unequal as (
    select
        compared.*,
        reconciled_fields.label
    from compared
    inner join reconciled_fields on compared.field = reconciled_fields.field
    where (compared.crm_value is not null and compared.map_value is not null) or reconciled_fields.must_agree_when_empty
),

differing_sides as (
    select copy_record_id as record_id, field from unequal
    union
    select crm_record_id, field from unequal
),

-- A log tells when, where there is one; of what it does not tell, versions do.
stated as (
    select
        versions.opportunity_id as record_id,
        versions.valid_from,
        true as is_version,
        cast(cast(versions.amount as decimal(18, 2)) as string) as amount,
        versions.currency_code,
        cast(versions.close_date as string) as close_date,
        coalesce(versions.is_closed, stages.is_closed) as is_closed,
        coalesce(versions.is_won, stages.is_won) as is_won
    from versions
    left join stages on versions.system = stages.system and versions.stage_name = stages.stage_name
    where versions.valid_from <= {{ as_of() }}
    union all
    select
        changes.opportunity_id,
        changes.changed_at,
        false,
        cast(cast(changes.amount as decimal(18, 2)) as string),
        cast(null as string),
        cast(changes.close_date as string),
        stages.is_closed,
        stages.is_won
    from changes
    left join stages on changes.system = stages.system and changes.stage_name = stages.stage_name
),

outcomes as (
    select
        *,
        case
            when is_won then 'won'
            when is_closed then 'lost'
            when not is_closed then 'open'
        end as outcome
    from stated
),

held as (
    {% for field in fields -%}
        select
            sides.record_id, sides.field, sides.record_id as version_of, outcomes.{{ field }} as value,
            outcomes.valid_from
        from differing_sides as sides
        inner join outcomes on sides.record_id = outcomes.record_id
        where sides.field = '{{ field }}' and (outcomes.is_version or outcomes.{{ field }} is not null)
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

taken as (
    {{ value_changes('held', of=['record_id', 'field']) }}
),

dated as (
    {{ differing_since('unequal', 'linked_at', ['crm_record_id', 'copy_record_id'], 'taken') }}
),

differing as (
    select
        dated.copy_record_id,
        dated.crm_record_id,
        dated.since_at,
        dated.label,
        dated.label || ': CRM ' || coalesce(dated.crm_value, 'empty') || ', copy '
        || coalesce(dated.map_value, 'empty') as shown
    from dated
    left join delivered as crm on {{ split_part('dated.crm_record_id', ':', 1) }} = crm.system
    left join delivered as copies on {{ split_part('dated.copy_record_id', ':', 1) }} = copies.system
    where
        dated.since_at + interval '{{ var("sync_sla_hours") }}' hour
        <= least(coalesce(crm.delivered_until, {{ as_of() }}), coalesce(copies.delivered_until, {{ as_of() }}))
),

drifting as (
    select
        copy_record_id,
        crm_record_id,
        min(since_at) as since_at,
        count(*) as field_count,
        {{ listed('label', ', ', 'label') }} as differing_fields,
        {{ listed('shown', '; ', 'label') }} as shown
    from differing
    group by copy_record_id, crm_record_id
),

living_sides as (
    select
        'map' as system_role, copies.system, copies.opportunity_record_id as record_id, copies.opportunity_id,
        copies.created_at, copying.crm_system as other_system
    from copies
    inner join copying on copies.system = copying.system
    where not (copies.is_deleted or copies.is_merged_away)
    union all
    select
        'crm', originals.system, originals.opportunity_record_id, originals.opportunity_id, originals.created_at,
        copying.system as other_system
    from originals
    inner join copying on originals.system = copying.crm_system
    where not (originals.is_deleted or originals.is_merged_away)
),

living as (
    select
        living_sides.*,
        living_sides.created_at + interval '{{ var("sync_sla_hours") }}' hour as promised_at,
        coalesce(delivered.delivered_until, {{ as_of() }}) as told_until
    from living_sides
    left join delivered on living_sides.other_system = delivered.system
),

sides as (
    select
        copy_record_id as record_id, crm_record_id as counterpart_record_id, linked_at, is_primary, first_record_id
    from alike
    union all
    select crm_record_id, copy_record_id, linked_at, is_primary, first_record_id
    from alike
    where is_primary
),

paired as (select distinct record_id from sides),

-- What no rule declares shows in what the sync did: one that carried few of those it had time for was told to.
carried as (
    select
        living.system,
        living.other_system,
        sum(case when paired.record_id is not null then 1.0 else 0.0 end) / count(*) as carried_share
    from living
    left join paired on living.record_id = paired.record_id
    where living.promised_at <= living.told_until
    group by living.system, living.other_system
),

standing as (
    select
        living.*,
        coalesce(rules.who_syncs, 'auto') = 'none'
        or (
            coalesce(rules.who_syncs, 'auto') = 'auto'
            and coalesce(carried.carried_share < {{ var('sync_rule_least_share') }}, false)
        ) as is_excluded
    from living
    left join rules on living.system = rules.from_system and living.other_system = rules.to_system
    left join carried on living.system = carried.system and living.other_system = carried.other_system
),

-- What was linked less than the promise of the sync before the CRM's last delivery, and is in none, is in the next one.
-- A link leads nowhere since its target went or, where nobody knows when that was, since it was first told.
told_links as (
    select
        copies.opportunity_record_id as record_id,
        min(versions.valid_from) as told_at
    from copies
    inner join versions
        on
            copies.opportunity_record_id = versions.opportunity_id
            and copies.crm_record_id = versions.linked_opportunity_id
    group by copies.opportunity_record_id
),

last_alive as (
    select opportunity_id, max(valid_from) as alive_at from versions
    where not is_deleted
    group by opportunity_id
),

-- What was restored is deleted from the deletion on that followed. The last word of what was merged away is its merge.
gone as (
    select
        records.opportunity_record_id as record_id,
        case when records.is_merged_away then 'was merged into another' else 'was deleted' end as what_became,
        case
            when records.is_deleted then min(case when versions.is_deleted then versions.valid_from end)
            else records.updated_at
        end as gone_at
    from records
    left join last_alive on records.opportunity_record_id = last_alive.opportunity_id
    left join versions
        on
            records.opportunity_record_id = versions.opportunity_id
            and (last_alive.alive_at is null or last_alive.alive_at < versions.valid_from)
    where records.is_merged_away or records.is_deleted
    group by records.opportunity_record_id, records.is_merged_away, records.is_deleted, records.updated_at
),

dangling as (
    select
        copies.opportunity_record_id as record_id,
        copies.crm_record_id as counterpart_record_id,
        coalesce(gone.gone_at, told_links.told_at) as since_at,
        coalesce(gone.what_became, 'was never delivered') as what_became,
        gone.record_id is null
        and told_links.told_at + interval '{{ var("sync_sla_hours") }}' hour
        > coalesce(delivered.delivered_until, {{ as_of() }}) as is_expected
    from copies
    left join records on copies.crm_record_id = records.opportunity_record_id
    left join delivered on {{ split_part('copies.crm_record_id', ':', 1) }} = delivered.system
    left join gone on copies.crm_record_id = gone.record_id
    left join told_links on copies.opportunity_record_id = told_links.record_id
    where copies.crm_record_id is not null and (records.opportunity_record_id is null or gone.record_id is not null)
),

expected as (select distinct record_id from dangling where is_expected),

claims as (
    select
        record_id, 'matched' as reconciliation_class, counterpart_record_id, linked_at as since_at,
        'The copy carries the id of the original' as reason, null as differing_fields, null as evidence
    from sides
    where is_primary
    union all
    select
        copy_record_id, 'linked_field_drift', crm_record_id, since_at,
        case when field_count = 1 then 'One compared field differs' else field_count || ' compared fields differ' end,
        differing_fields, shown
    from drifting
    union all
    select
        crm_record_id, 'linked_field_drift', copy_record_id, since_at,
        case when field_count = 1 then 'One compared field differs' else field_count || ' compared fields differ' end,
        differing_fields, shown
    from drifting
    union all
    select
        record_id, 'double_linked', counterpart_record_id, linked_at,
        'Shares its counterpart with the older ' || first_record_id, null, null
    from sides
    where not is_primary
    union all
    select
        record_id,
        case when is_expected then 'in_flight' else 'linked_to_merged_or_deleted' end,
        counterpart_record_id,
        since_at,
        case
            when is_expected then 'Its counterpart is as young as what was delivered last of such records'
            else 'Its counterpart ' || what_became
        end,
        null,
        null
    from dangling
    union all
    select
        standing.record_id,
        case
            when standing.is_excluded then 'excluded_by_sync_rule'
            when standing.promised_at > standing.told_until then 'in_flight'
            else standing.system_role || '_only'
        end,
        null,
        case when standing.promised_at > standing.told_until then standing.created_at else standing.promised_at end,
        case
            when standing.is_excluded then 'The sync carries no such opportunity to the other system'
            when standing.promised_at > {{ as_of() }} then 'The sync still has time to carry it'
            when standing.promised_at > standing.told_until
                then 'Nothing of the other system was delivered since the promise of the sync ended'
            else 'It has no counterpart, and the promise of the sync is over'
        end,
        null,
        null
    from standing
    left join paired on standing.record_id = paired.record_id
    left join expected on standing.record_id = expected.record_id
    where paired.record_id is null and expected.record_id is null
),

ranked as (
    {{ claims_by_priority('claims', 'classes') }}
),

counterparts as (
    select record_id, min(counterpart_record_id) as paired_record_id from sides
    where is_primary
    group by record_id
)

select
    living.system_role,
    living.system,
    living.record_id,
    living.opportunity_id,
    living.created_at,
    ranked.reconciliation_class,
    ranked.reason,
    coalesce(ranked.counterpart_record_id, counterparts.paired_record_id) as counterpart_record_id,
    counterparts.paired_record_id,
    ranked.differing_fields,
    ranked.evidence,
    coalesce(ranked.since_at, living.created_at) as since_at
from (select distinct system_role, system, record_id, opportunity_id, created_at from living) as living
inner join ranked on living.record_id = ranked.record_id and ranked.place = 1
left join counterparts on living.record_id = counterparts.record_id
