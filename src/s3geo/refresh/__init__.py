"""Refreshing ``data/`` from the tables of the publishers."""

from __future__ import annotations

from s3geo.refresh.compare import RefreshReport
from s3geo.refresh.compile import compile_data

__all__ = ["RefreshReport", "compile_data"]
