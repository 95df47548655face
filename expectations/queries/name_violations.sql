-- Grain: one row per campaign record and broken naming rule.
select
    named.campaign_record_id,
    named.system,
    named.campaign_name,
    rules.rule,
    rules.remedy
from ({% include 'named_campaigns.sql' %}) as named
inner join seeds.taxonomy_rules as rules on rules.field = 'campaign_name'
where not regexp_matches(named.campaign_name, rules.pattern)
