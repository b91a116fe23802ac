"""Pure functions on pandas and numpy: what goes in with an index comes back with it, in the same order."""

from s3geo.statistics.classify import SCHEMES, Breaks, classify
from s3geo.statistics.composite import composite, contributions, copeland, influence, limits_of, relative_index
from s3geo.statistics.hierarchy import AGGREGATIONS
from s3geo.statistics.intervals import dobson, mean_interval, rate_interval, verdict, wilson
from s3geo.statistics.normalise import (
    NORMALISATIONS,
    distance_to_reference,
    distance_to_target,
    goalposts,
    min_max,
    percent_rank,
    z_score,
)
from s3geo.statistics.outliers import Treated, box_cox, log_shifted, treat_outliers
from s3geo.statistics.peers import nearest_peers, peer_distance
from s3geo.statistics.rank_model import OUTLIER_RULES, Choices
from s3geo.statistics.uncertainty import RankDraws, rank_interval, rank_sensitivity, rank_uncertainty, simulate_ranks

__all__ = [
    "AGGREGATIONS",
    "NORMALISATIONS",
    "OUTLIER_RULES",
    "SCHEMES",
    "Breaks",
    "Choices",
    "RankDraws",
    "Treated",
    "box_cox",
    "classify",
    "composite",
    "contributions",
    "copeland",
    "distance_to_reference",
    "distance_to_target",
    "dobson",
    "goalposts",
    "influence",
    "limits_of",
    "log_shifted",
    "mean_interval",
    "min_max",
    "nearest_peers",
    "peer_distance",
    "percent_rank",
    "rank_interval",
    "rank_sensitivity",
    "rank_uncertainty",
    "rate_interval",
    "relative_index",
    "simulate_ranks",
    "treat_outliers",
    "verdict",
    "wilson",
    "z_score",
]
