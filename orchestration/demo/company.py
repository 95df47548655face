"""The whole company in memory, before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.demo import deals, funnel, journeys, records, world
from orchestration.demo.parameters import Parameters


@dataclass
class Company:
    """What the steps of the simulation made, each on top of those before it."""

    world: world.World
    journeys: journeys.Journeys
    funnel: funnel.Funnel
    deals: deals.Deals
    records: records.Records


def found(parameters: Parameters, *, advance: Callable[[str], None] = lambda label: None) -> Company:
    """A company with its history over the whole horizon; `advance` hears of each step."""
    advance("people")
    given = world.build(parameters)
    lives = journeys.live(given)
    advance("funnel")
    passes = funnel.run(given, lives)
    struck = deals.strike(given, lives, passes)
    advance("records")
    return Company(given, lives, passes, struck, records.keep(given, lives, passes, struck))
