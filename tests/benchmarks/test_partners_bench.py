"""What it takes to rank partners of one organisation."""

from __future__ import annotations

from harness import Report, timed

from s3geo import open_workspace, organisation_partners

LINKED = "ukprn:10007792"  # University of Exeter


def test_partners_of_an_organisation(report: Report) -> None:
    ws = open_workspace()
    organisation_partners(ws, LINKED)  # the graph is made once
    many = f"{len(ws.organisations):,}"
    times = [timed(lambda: organisation_partners(ws, LINKED)) for _ in range(20)]
    report.add(f"organisation_partners(), first 50 of {many}", times, budget=50)
    times = [timed(lambda: organisation_partners(ws, LINKED, n=None)) for _ in range(5)]
    report.add(f"organisation_partners(), all {many} with their reasons", times)
