"""Organisations counted by area, sector, kind and year, from files larger than memory or than one machine.

The counting is written once, as an expression of Ibis (`expression`), and run by an engine (`engines`): DuckDB inside
this process, or Spark on as many machines as there are.
"""

from s3geo.counts.counting import Counted, count_organisations

__all__ = ["Counted", "count_organisations"]
