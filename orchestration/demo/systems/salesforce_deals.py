"""Salesforce's accounts and opportunities, what hangs on them, and its currencies; spelled as in `salesforce`."""

import duckdb

from orchestration.demo.deal_versions import deal_versions
from orchestration.demo.delivery import Extract
from orchestration.demo.store import put
from orchestration.demo.streams import salesforce_ids
from orchestration.demo.world import World

SYSTEM = "salesforce"
# Numbers of the account records that are merged away.
MERGED_FROM = 10_000_000


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """Accounts, opportunities, histories and rates; contact roles where there are contacts."""
    accounts = con.execute("select account from merged_accounts order by account").fetchnumpy()["account"]
    put(con, "merged_ids", {"account": accounts, "loser_id": salesforce_ids("001", MERGED_FROM + accounts)})
    stack, places = world.parameters.stack, {"epoch": world.clock.epoch}
    opportunities = OPPORTUNITY.format(versions=deal_versions("moved_deals"), **places)
    found = [
        Extract(SYSTEM, "Account", ACCOUNT.format(**places), '_at, "Id"', encoding="latin-1"),
        Extract(SYSTEM, "Opportunity", opportunities, '_at, "Id"', malformed=("Id", "LastModifiedDate")),
        Extract(SYSTEM, "OpportunityHistory", OPPORTUNITY_HISTORY.format(**places), '_at, "OpportunityId"'),
        Extract(
            SYSTEM,
            "OpportunityFieldHistory",
            OPPORTUNITY_FIELD_HISTORY.format(**places),
            '_at, "OpportunityId", "Field"',
        ),
        Extract(SYSTEM, "CurrencyType", CURRENCY_TYPE.format(**places), '"IsoCode"', is_prompt=True),
        Extract(SYSTEM, "DatedConversionRate", DATED_RATE.format(**places), '"IsoCode", "StartDate"', is_prompt=True),
    ]
    if stack.has_people:
        contacts = "contacts" if stack.has_conversions else "(select * from crm_leads where kind = 0)"
        roles = OPPORTUNITY_CONTACT_ROLE.format(contacts=contacts)
        found.append(Extract(SYSTEM, "OpportunityContactRole", roles, '_at, "Id"', compressed=True))
    return found


# Growth after most of a year, and the first deal won, are new versions.
ACCOUNT = """
    select v.ts as _at, a.id as "Id", a.name as "Name", p.id as "ParentId",
        'http://www.' || a.domain || '/' as "Website", a.industry as "Industry",
        a.employees + v.version * (a.employees // 10) as "NumberOfEmployees", a.revenue as "AnnualRevenue",
            a.country as "BillingCountry", a.state as "BillingState",
        case when v.version = 2 then 'Customer' else 'Prospect' end as "Type", f.id as "OwnerId",
            null as "MasterRecordId", false as "IsDeleted",
        iso_millis(v.created_at) as "CreatedDate", iso_millis(v.ts) as "LastModifiedDate"
    from accounts a
    join (
        select account, created_at as ts, 0 as version, created_at from crm_accounts
        union all select account, {epoch} + 86400 * (200 + account % 150) + 30000, 1, created_at from crm_accounts
            where created_at < {epoch} + 86400 * 190
        union all select account, min(closed_at) + 60, 2, min(c.created_at) from deals
            join crm_accounts c using (account) where is_won and closed_at is not null group by 1
    ) v using (account)
    left join accounts p on p.account = a.parent
    join (select region, min(id) as id from staff where kind = 0 and left_day is null
        group by 1) f on f.region = a.region
    where v.ts < cut()
    qualify row_number() over (partition by a.account, day_number(v.ts) order by v.ts desc) = 1
    union all
    select m.ts, i.loser_id, a.name || ' (new)', null, null, null, null, null, a.country, null, 'Prospect', null,
        a.id, true, iso_millis(m.created_at), iso_millis(m.ts)
    from merged_accounts m join merged_ids i using (account) join accounts a using (account)
"""

# A version a day. One made on an account record that was merged the same day shows it until its next version.
OPPORTUNITY = """
    with {versions}
    select v.ts as _at, d.id as "Id", case when day_number(v.ts) = day_number(x.ts) then i.loser_id
            when v.ts >= m.ts then b.id else a.id end as "AccountId", a.name || ' - ' || (100 + d.deal) as "Name",
        n.stage_name as "StageName", v.amount || '.0' as "Amount", d.currency_code as "CurrencyIsoCode",
        n.probability || '.0' as "Probability", day_text({epoch} + v.close_day * 86400) as "CloseDate",
        v.stage >= 4 as "IsClosed", v.stage = 4 as "IsWon", 'New Business' as "Type", c.lead_source as "LeadSource",
        null as "CampaignId", f.id as "OwnerId",
        case when v.stage = 5 then ['Price', 'Competitor', 'No Decision',
            'Missing Feature'][d.loss_reason + 1] end as "Loss_Reason__c", v.gone and k.person is null as "IsDeleted",
        case when v.gone and k.person is not null then iso_millis(v.ts) end as "_sdc_deleted_at",
        iso_millis(d.created_at) as "CreatedDate", iso_millis(v.ts) as "LastModifiedDate"
    from versions v
    join deals d using (deal)
    join accounts a using (account)
    join stage_names n using (stage)
    join staff f on f.staff = d.owner
    left join crm_identity c on c.person = d.person and c.kind = 0
    left join moved_deals m on m.deal = d.deal
    left join accounts b on b.account = m.account
    left join merged_accounts x on x.deal = d.deal
    left join merged_ids i on i.account = x.account
    left join connector_deletions k on k.person = d.person
"""

OPPORTUNITY_HISTORY = """
    select s.ts as _at, d.id as "OpportunityId", s.stage_name as "StageName", s.amount || '.00' as "Amount",
        d.currency_code as "CurrencyIsoCode",
        day_text({epoch} + s.close_day * 86400) as "CloseDate", n.probability as "Probability",
            iso_offset(s.ts) as "CreatedDate"
    from stage_log s join deals d using (deal) join stage_names n using (stage)
    where (s.deal, s.ts) not in (select (deal, ts) from lost_closings)
"""

OPPORTUNITY_FIELD_HISTORY = """
    with steps as (
        select s.*, lag(stage_name) over w as old_stage, lag(amount) over w as old_amount
            from stage_log s window w as (partition by deal order by ts)
    )
    select s.ts as _at, d.id as "OpportunityId", c.field as "Field", c.old_value as "OldValue",
        c.new_value as "NewValue", f.id as "CreatedById", iso_millis(s.ts) as "CreatedDate"
    from steps s
    join deals d using (deal)
    join staff f on f.staff = d.owner
    cross join lateral (
        select 'StageName' as field, s.old_stage as old_value, s.stage_name as new_value where s.old_stage is not null
        union all select 'Amount', s.old_amount || '.0', s.amount || '.0' where s.old_amount <> s.amount
        union all select 'created', null, null where s.old_stage is null
    ) c
    where (s.deal, s.ts) not in (select (deal, ts) from lost_closings)
"""

OPPORTUNITY_CONTACT_ROLE = """
    select v.ts as _at, r.id as "Id", d.id as "OpportunityId", k.id as "ContactId", r.role_name as "Role",
        r.is_primary as "IsPrimary", v.gone as "IsDeleted", iso_millis(r.ts) as "CreatedDate",
        iso_millis(v.ts) as "LastModifiedDate"
    from (select id, ts, false as gone from deal_roles
        union all select id, removed_at, true from deal_roles where removed_at is not null) v
    join deal_roles r using (id) join deals d using (deal) join {contacts} k on k.person = r.person
"""

CURRENCY_TYPE = """
    select {epoch} + 3600 as _at, iso_code as "IsoCode", rate as "ConversionRate", iso_code = 'USD' as "IsCorporate",
        true as "IsActive" from rates where month = 0
"""

# A full export each month; the newest interval is open until the next export closes it.
DATED_RATE = """
    select {epoch} + m.first_day * 86400 + 7200 as _at, r.iso_code as "IsoCode",
        day_text({epoch} + n.first_day * 86400) as "StartDate",
        case when n.month = m.month then '9999-12-31' else day_text({epoch} + coalesce(g.ends_day,
            n.next_first_day) * 86400) end as "NextStartDate",
        r.rate as "ConversionRate"
    from rate_months m
    join rate_months n on n.month <= m.month
    join rates r on r.month = n.month
    left join currency_gaps g on g.currency = r.currency and g.month = r.month
    union all
    -- Entered wrong, exported, and gone from the next export.
    select {epoch} + m.first_day * 86400 + 7200, r.iso_code,
        day_text({epoch} + (m.first_day + w.starts_after_days) * 86400), '9999-12-31', r.rate * 10
    from withdrawn_rates w join rate_months m using (month)
    join rates r on r.month = w.month and r.currency = w.currency
"""
