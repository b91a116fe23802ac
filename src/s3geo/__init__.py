"""Where England innovates, in what, and who should work with whom.

The public names below are loaded when first used, so that ``import s3geo`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from s3geo.exports import export
    from s3geo.tables.join import join
    from s3geo.views.choropleth import bivariate_choropleth, choropleth
    from s3geo.views.index import innovation_index
    from s3geo.views.nearby import nearest_regions, organisations
    from s3geo.views.organisation_partners import organisation_partners
    from s3geo.views.partners import partners
    from s3geo.views.profile import region_profile
    from s3geo.workspace import locate, open_workspace

__version__ = "0.1.0"

_PUBLIC = {
    "bivariate_choropleth": "s3geo.views.choropleth",
    "choropleth": "s3geo.views.choropleth",
    "export": "s3geo.exports",
    "innovation_index": "s3geo.views.index",
    "join": "s3geo.tables.join",
    "locate": "s3geo.workspace",
    "nearest_regions": "s3geo.views.nearby",
    "open_workspace": "s3geo.workspace",
    "organisation_partners": "s3geo.views.organisation_partners",
    "organisations": "s3geo.views.nearby",
    "partners": "s3geo.views.partners",
    "region_profile": "s3geo.views.profile",
}

__all__ = [
    "__version__",
    "bivariate_choropleth",
    "choropleth",
    "export",
    "innovation_index",
    "join",
    "locate",
    "nearest_regions",
    "open_workspace",
    "organisation_partners",
    "organisations",
    "partners",
    "region_profile",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 's3geo' has no attribute {name!r}")
