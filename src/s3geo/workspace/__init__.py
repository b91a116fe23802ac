"""Boundaries and data, bundled or of the user's own.

A workspace is a folder with ``boundaries/`` and ``data/`` in the layout of the bundle. Whatever it lacks comes from
the bundle, so a folder with a single layer replaces just that layer.
"""

from s3geo.workspace.geographies import GEOGRAPHIES, Geography
from s3geo.workspace.opened import Workspace, bundled_workspace, locate, open_workspace

__all__ = ["GEOGRAPHIES", "Geography", "Workspace", "bundled_workspace", "locate", "open_workspace"]
