"""What people answer when their first form asks how they heard of the company, in their own words."""

import numpy as np
import pyarrow as pa

from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import CHANNELS
from orchestration.demo.streams import choose, stream
from orchestration.demo.world import World

# What is meant, and how people put it. The last stands for whatever says nothing.
ANSWERS = {
    "Search engine": (
        "Google", "google search", "Googled for attribution tools", "found you on Google", "Bing", "search engine",
        "Suchmaschine", "recherche Google", "goggle", "duckduckgo.com",
    ),
    "Social media": (
        "LinkedIn", "linked in post", "a LinkedIn ad", "Facebook", "saw it on Instagram", "social media", "LinkedIN ",
        "reddit thread", "YouTube",
    ),
    "Review site": ("softwarecompare", "read reviews on G2", "Capterra", "review site", "Vergleichsportal"),
    "Partner": ("our agency", "partner", "PartnerHub told us", "a consultant we work with", "System integrator"),
    "Event": ("trade show", "Messe Frankfurt", "your booth", "conference in Austin", "salon", "met you at an event"),
    "Webinar": ("webinar", "Your webinar on pipeline", "an online seminar"),
    "E-mail": ("your newsletter", "email", "E-Mail", "cold mail from your rep"),
    "AI assistant": ("ChatGPT", "asked chat gpt", "Perplexity", "Gemini", "an AI assistant"),
    "Word of mouth": (
        "a colleague", "Word of mouth", "a friend at a former employer", "my boss", "Empfehlung", "coworker",
        "Recommended by a peer", "used it at my last company", "bouche à oreille",
    ),
    "Podcast": ("podcast", "heard your CEO on a podcast", "The Pipeline Podcast"),
    "Unspecific": ("internet", "online", "the web", "your website", "don't remember", "web search or so?"),
}  # fmt: skip
MEANT = tuple(ANSWERS)
OF_CHANNEL = {
    "organic_search": "Search engine", "paid_search": "Search engine", "linkedin": "Social media",
    "meta": "Social media", "organic_social": "Social media", "referral": "Review site", "partner": "Partner",
    "event": "Event", "webinar": "Webinar", "email": "E-mail", "ai_assistant": "AI assistant",
}  # fmt: skip
# Of those who answer, the part whom somebody told, before anything that a browser shows.
UNSEEN = {"Word of mouth": 0.22, "Podcast": 0.08}


def answers(world: World, journeys: Journeys) -> dict[str, pa.Array]:
    """`told_source`, the words, and `meant_source`, what they mean, a value per person; null of whom no form asked."""
    rng = stream(world.parameters.seed, "answers")
    sessions, people = journeys.sessions, journeys.people
    count = len(people["known_at"])
    who, first = np.unique(sessions["person"], return_index=True)
    meant = np.full(count, MEANT.index("Unspecific"))
    of_channel = np.array([MEANT.index(OF_CHANNEL.get(channel.name, "Unspecific")) for channel in CHANNELS])
    meant[who] = of_channel[sessions["channel"][first]]
    seen = 1 - sum(UNSEEN.values())
    told = choose(rng, (seen, *UNSEEN.values()), count)
    meant = np.where(told > 0, np.array([0, *(MEANT.index(name) for name in UNSEEN)])[told], meant)
    asked = (people["origin"] == 0) & (people["known_at"] < NEVER)
    asked &= rng.random(count) < world.parameters.answer_share
    phrases = [phrase for texts in ANSWERS.values() for phrase in texts]
    sizes = np.array([len(texts) for texts in ANSWERS.values()])
    starts = np.cumsum(sizes) - sizes
    phrase = starts[meant] + (rng.random(count) * sizes[meant]).astype(np.int64)
    return {
        "told_source": pa.array(phrases).take(pa.array(phrase, mask=~asked)),
        "meant_source": pa.array(MEANT).take(pa.array(meant, mask=~asked)),
    }
