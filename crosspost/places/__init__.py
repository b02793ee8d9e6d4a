"""Places: which post names which place, in which words, and which two claims cannot both hold.

gazetteer   the places of the world that posts name, in three languages, with what contains what
recognise   mentions of places in a text, and every place that each may be
claims      what a mention claims: its kind, its strength, its stance
context     what the posts around a post say about its ambiguous names
relation    how two places, and the claims of two posts, stand to each other
"""

from crosspost.places.claims import claims, geotag_claim, inherited_claims, merge_sides
from crosspost.places.context import settled, spoken_of
from crosspost.places.gazetteer import Gazetteer, load
from crosspost.places.relation import Incompatibility, incompatibility, relation, strongest_tier

__all__ = [
    "Gazetteer",
    "Incompatibility",
    "claims",
    "geotag_claim",
    "incompatibility",
    "inherited_claims",
    "load",
    "merge_sides",
    "relation",
    "settled",
    "spoken_of",
    "strongest_tier",
]
