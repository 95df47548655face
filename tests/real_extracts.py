"""The vendors' public extracts laid out as a landing, for tests and trials on real spellings."""

import shutil
from pathlib import Path

# Folder and file of each extract -> table. Every file stays whole, under its own name.
EXTRACTS: dict[str, str] = {
    "fivetran_marketo/marketo_lead_data.csv": "marketo/leads",
    "fivetran_marketo/marketo_activity_change_data_value_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_click_email_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_delete_lead_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_email_bounced_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_email_delivered_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_merge_leads_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_open_email_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_send_email_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_activity_unsubscribe_email_data.csv": "marketo/activities",
    "fivetran_marketo/marketo_program_data.csv": "marketo/programs",
    "fivetran_salesforce/sf_account_data.csv": "salesforce/Account",
    "fivetran_salesforce/sf_contact_data.csv": "salesforce/Contact",
    "fivetran_salesforce/sf_lead_data.csv": "salesforce/Lead",
    "fivetran_salesforce/sf_opportunity_data.csv": "salesforce/Opportunity",
    "fivetran_salesforce/sf_opportunity_history_data.csv": "salesforce/OpportunityHistory",
    "fivetran_salesforce/sf_task_data.csv": "salesforce/Task",
    "fivetran_salesforce/sf_event_data.csv": "salesforce/Event",
    "fivetran_salesforce/sf_user_data.csv": "salesforce/User",
    "fivetran_hubspot/contact_data.csv": "hubspot/contacts",
    "fivetran_hubspot/company_data.csv": "hubspot/companies",
    "fivetran_hubspot/deal_data.csv": "hubspot/deals",
    "fivetran_hubspot/deal_contact_data.csv": "hubspot/deal_contacts",
    "fivetran_hubspot/deal_company_data.csv": "hubspot/deal_companies",
    "fivetran_hubspot/deal_pipeline_stage_data.csv": "hubspot/deal_pipeline_stages",
    "fivetran_hubspot/merged_deal_data.csv": "hubspot/merged_deals",
    "fivetran_hubspot/contact_property_history_data.csv": "hubspot/contact_property_history",
    "fivetran_hubspot/company_property_history_data.csv": "hubspot/company_property_history",
    "fivetran_hubspot/deal_property_history_data.csv": "hubspot/deal_property_history",
    "fivetran_hubspot/contact_merge_audit_data.csv": "hubspot/contact_merge_audit",
    "fivetran_hubspot/email_event_data.csv": "hubspot/email_events",
    "fivetran_hubspot/email_event_status_change_data.csv": "hubspot/email_event_status_changes",
    "fivetran_hubspot/contact_form_submission_data.csv": "hubspot/form_submissions",
    "fivetran_hubspot/owner_data.csv": "hubspot/owners",
    "fivetran_hubspot/engagement_data.csv": "hubspot/engagements",
    "fivetran_pardot/pardot_prospect_data.csv": "pardot/prospect",
    "fivetran_pardot/pardot_visitor_data.csv": "pardot/visitor",
    "fivetran_pardot/pardot_visitor_activity_data.csv": "pardot/visitor_activity",
    "fivetran_pardot/pardot_campaign_data.csv": "pardot/campaign",
    "fivetran_pardot/pardot_list_data.csv": "pardot/list",
    "fivetran_pardot/pardot_list_membership_data.csv": "pardot/list_membership",
    "fivetran_pardot/pardot_opportunity_data.csv": "pardot/opportunity",
    "fivetran_pardot/pardot_opportunity_prospect_data.csv": "pardot/opportunity_prospect",
    "fivetran_google_ads/campaign_stats_data.csv": "google_ads/campaign_stats",
    "fivetran_google_ads/campaign_history_data.csv": "google_ads/campaigns",
    "fivetran_google_ads/account_history_data.csv": "google_ads/accounts",
    "fivetran_linkedin/linkedin_ad_analytics_by_campaign_data.csv": "linkedin_ads/ad_analytics_by_campaign",
    "fivetran_linkedin/linkedin_campaign_history_data.csv": "linkedin_ads/campaigns",
    "fivetran_linkedin/linkedin_account_history_data.csv": "linkedin_ads/accounts",
    "fivetran_facebook_ads/facebook_ads_basic_ad_data.csv": "meta_ads/ad_insights",
    "fivetran_facebook_ads/facebook_ads_ad_history_data.csv": "meta_ads/ads",
    "fivetran_facebook_ads/facebook_ads_campaign_history_data.csv": "meta_ads/campaigns",
    "fivetran_facebook_ads/facebook_ads_account_history_data.csv": "meta_ads/accounts",
}

# The vendor's own samples, in the spellings of its API and bulk extracts.
SAMPLES: dict[str, str] = {
    "adobe_marketo_docs/bulk_activity_extract_sample.csv": "marketo/activities",
    "adobe_marketo_docs/rest_activities_sample_1.json": "marketo/activity_types",
    "adobe_marketo_docs/rest_activities_sample_2.json": "marketo/activities",
    "adobe_marketo_docs/rest_activities_sample_4.json": "marketo/activities",
}


def arrange(shared_data: Path, landing: Path, *, samples: bool = True) -> None:
    """Copy each extract into `landing` as `<system>/<object>/<file>`, marked complete."""
    for source, folder in {**EXTRACTS, **(SAMPLES if samples else {})}.items():
        place = landing / folder / Path(source).name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shared_data / source, place)
        place.with_name(place.name + ".done").touch()
