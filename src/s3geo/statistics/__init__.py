"""Pure functions on pandas and numpy: what goes in with an index comes back with it, in the same order."""

from s3geo.statistics.classify import SCHEMES, Breaks, classify
from s3geo.statistics.intervals import verdict

__all__ = ["SCHEMES", "Breaks", "classify", "verdict"]
