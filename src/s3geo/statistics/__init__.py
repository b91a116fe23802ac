"""Pure functions on pandas and numpy: what goes in with an index comes back with it, in the same order."""

from s3geo.geography.aggregate import aggregate, rounded_sum
from s3geo.statistics.autocorrelation import Moran, benjamini_hochberg, getis_ord, local_moran, moran
from s3geo.statistics.classify import SCHEMES, Breaks, classify
from s3geo.statistics.complexity import economic_complexity, reflections
from s3geo.statistics.composite import composite, contributions, copeland, influence, limits_of, relative_index
from s3geo.statistics.concentration import entropy, hachman, herfindahl, krugman, locational_gini, relative_entropy
from s3geo.statistics.draws import OUTLIER_RULES, Choices
from s3geo.statistics.flows import Gravity, gravity
from s3geo.statistics.hierarchy import AGGREGATIONS
from s3geo.statistics.intervals import difference_interval, dobson, mean_interval, rate_interval, verdict, wilson
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
from s3geo.statistics.partners import largest_additions, rank_stability, score_partners
from s3geo.statistics.peers import nearest_peers, peer_distance
from s3geo.statistics.rank_study import RankDraws, RankStudy
from s3geo.statistics.relatedness import added_density, cooccurrence, relatedness, relatedness_density
from s3geo.statistics.specialisation import (
    expected_by_chance,
    location_quotient,
    lq_interval,
    presence,
    rounded_lq_interval,
    specialised,
    survey_lq_interval,
)
from s3geo.statistics.uncertainty import rank_interval, rank_sensitivity, rank_uncertainty, simulate_ranks
from s3geo.statistics.validation import ranking_metrics

__all__ = [
    "AGGREGATIONS",
    "NORMALISATIONS",
    "OUTLIER_RULES",
    "SCHEMES",
    "Breaks",
    "Choices",
    "Gravity",
    "Moran",
    "RankDraws",
    "RankStudy",
    "Treated",
    "added_density",
    "aggregate",
    "benjamini_hochberg",
    "box_cox",
    "classify",
    "composite",
    "contributions",
    "cooccurrence",
    "copeland",
    "difference_interval",
    "distance_to_reference",
    "distance_to_target",
    "dobson",
    "economic_complexity",
    "entropy",
    "expected_by_chance",
    "getis_ord",
    "goalposts",
    "gravity",
    "hachman",
    "herfindahl",
    "influence",
    "krugman",
    "largest_additions",
    "limits_of",
    "local_moran",
    "location_quotient",
    "locational_gini",
    "log_shifted",
    "lq_interval",
    "mean_interval",
    "min_max",
    "moran",
    "nearest_peers",
    "peer_distance",
    "percent_rank",
    "presence",
    "rank_interval",
    "rank_sensitivity",
    "rank_stability",
    "rank_uncertainty",
    "ranking_metrics",
    "rate_interval",
    "reflections",
    "relatedness",
    "relatedness_density",
    "relative_entropy",
    "relative_index",
    "rounded_lq_interval",
    "rounded_sum",
    "score_partners",
    "simulate_ranks",
    "specialised",
    "survey_lq_interval",
    "treat_outliers",
    "verdict",
    "wilson",
    "z_score",
]
