"""How far each attribution model is from what channels really brought, which only a simulated company can tell.

What a channel brought is the money that would not have been won had its touches had no effect. What no touch caused is
in none of it, so that shares are compared, not amounts.
"""

from dataclasses import dataclass

import duckdb
from rich.box import SIMPLE
from rich.table import Column, Table

# What the table needs to stand in one line a model.
WIDTH = 200
# Settings that differ in their lookback alone are told by the first of them.
ERRORS = """
    with
    brought as (
        select
            coalesce(channel, case true_channel when 'webinar' then 'Webinar' when 'event' then 'Events' end)
                as channel,
            sum(incremental_won_usd) as brought_usd
        from truth.channel_effects
        group by all
    ),
    shown as (
        select attribution_setting, setting_order
        from seeds.attribution_settings
        qualify row_number() over (partition by mode order by setting_order) = 1
    ),
    by_touch as (
        select attribution_setting, attribution_model, channel, sum(credit_usd) as credit_usd
        from marts.fct_attribution_credits_by_setting
        where basis = 'revenue' and channel <> 'unattributed'
        group by all
    ),
    -- A model of both is one: the Shapley value of conversions has a closed form.
    dealt as (
        select * from by_touch
        union all
        select attribution_setting, attribution_model, channel, credit_usd
        from marts.fct_channel_credits
        where
            basis = 'revenue' and channel <> 'unattributed'
            and attribution_model not in (select attribution_model from by_touch)
    ),
    models as (
        select distinct attribution_setting, setting_order, attribution_model
        from dealt
        inner join shown using (attribution_setting)
    ),
    channels as (select channel from brought union select channel from dealt),
    shares as (
        select
            models.attribution_setting,
            models.setting_order,
            models.attribution_model,
            channels.channel,
            coalesce(brought.brought_usd, 0) / (select sum(brought_usd) from brought) as true_share,
            coalesce(dealt.credit_usd, 0) / nullif(sum(dealt.credit_usd) over (
                partition by models.attribution_setting, models.attribution_model
            ), 0) as share
        from models
        cross join channels
        left join brought using (channel)
        left join dealt using (attribution_setting, attribution_model, channel)
    )
    select attribution_setting, attribution_model, channel, true_share, share
    from shares
    where share is not null
    order by setting_order, attribution_model, channel
"""


@dataclass(frozen=True)
class ModelError:
    """One model in one setting beside the truth: shares of won money by channel, 0 to 1."""

    setting: str
    model: str
    true_shares: dict[str, float]
    shares: dict[str, float]

    @property
    def misdealt(self) -> float:
        """Share of the money that it gives to another channel than the one that brought it."""
        return sum(abs(self.shares[channel] - share) for channel, share in self.true_shares.items()) / 2


def errors_of(connection: duckdb.DuckDBPyConnection) -> list[ModelError]:
    """Every model that the warehouse holds, by setting and then from the nearest to the farthest."""
    found: dict[tuple[str, str], ModelError] = {}
    for setting, model, channel, true_share, share in connection.execute(ERRORS).fetchall():
        error = found.setdefault((setting, model), ModelError(setting, model, {}, {}))
        error.true_shares[channel] = true_share
        error.shares[channel] = share
    settings = list(dict.fromkeys(setting for setting, _ in found))
    return sorted(found.values(), key=lambda error: (settings.index(error.setting), error.misdealt, error.model))


def table_of(errors: list[ModelError]) -> Table:
    """Points by which each model is off, channel by channel, under what the channel really brought."""
    true_shares = errors[0].true_shares
    table = Table(
        Column("attribution of won money", no_wrap=True),
        *(Column(channel, justify="right") for channel in true_shares),
        Column("misdealt", justify="right"),
        box=SIMPLE,
    )
    table.add_row("brought, in %", *(f"{100 * share:.1f}" for share in true_shares.values()), "", style="bold")
    setting = None
    for error in errors:
        if error.setting != setting:
            setting = error.setting
            table.add_row(f"off by, in points: {setting}", style="bold")
        points = (f"{100 * (error.shares[channel] - share):+.1f}" for channel, share in true_shares.items())
        table.add_row("  " + error.model, *points, f"{100 * error.misdealt:.1f}")
    return table
