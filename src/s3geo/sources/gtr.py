"""UKRI Gateway to Research: organisations in funded projects, placed on districts by Nesta (2016)."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_gtr_edges", "read_gtr_nodes", "read_gtr_organisations"]


def read_gtr_organisations(raw: Raw) -> pd.DataFrame:
    """Read one row an organisation.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns gtr_id, name, lad_code_2016, org_type_by_name_rule.

    Returns
    -------
    DataFrame
        Columns gtr, name, district (GSS, 2016), type (a guess from the name: company, higher_education, research_org,
        health, public, other).
    """
    table = read_csv(raw, ["gtr_id", "name", "lad_code_2016", "org_type_by_name_rule"])
    return pd.DataFrame(
        {
            "gtr": table["gtr_id"],
            "name": table["name"].str.strip(),
            "district": table["lad_code_2016"],
            "type": table["org_type_by_name_rule"],
        }
    ).reset_index(drop=True)


def read_gtr_edges(raw: Raw) -> pd.DataFrame:
    """Read pairs of organisations in the same project, as the networks list them.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns seed_nation, topic, org_a, org_b (names), n_projects.

    Returns
    -------
    DataFrame
        Columns seed ("scot", "welsh": where the network was grown from), topic, a, b (names, in no order), n_projects.

    Notes
    -----
    A pair stands once in each network that reaches it, in either order; some organisations are paired with themselves.
    """
    file = file_name(raw)
    table = read_csv(raw, ["seed_nation", "topic", "org_a", "org_b", "n_projects"])
    projects, _ = numbers(table["n_projects"], file=file)
    return pd.DataFrame(
        {
            "seed": table["seed_nation"],
            "topic": table["topic"].str.strip(),
            "a": table["org_a"].str.strip(),
            "b": table["org_b"].str.strip(),
            "n_projects": projects.astype(int),
        }
    ).reset_index(drop=True)


def read_gtr_nodes(raw: Raw) -> pd.DataFrame:
    """Read the organisations of the networks.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns org (name), lad_name, country.

    Returns
    -------
    DataFrame
        Columns name, district (name, 2016), country ("England", "Scotland", "Wales").
    """
    table = read_csv(raw, ["org", "lad_name", "country"])
    return pd.DataFrame(
        {"name": table["org"].str.strip(), "district": table["lad_name"].str.strip(), "country": table["country"]}
    ).reset_index(drop=True)
