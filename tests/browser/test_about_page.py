"""About: what is said of contact, accessibility, corrections, changes and licences, and that a link leads to each."""

from __future__ import annotations

import re

from driving import Visit
from playwright.sync_api import expect

from s3geo import open_workspace
from s3geo.views.datapackages import described_files, sources_in_use
from s3geo.views.documents import document

ANCHORS = ("contact", "accessibility", "corrections", "changes", "licences", "embed")


def test_about_is_reached_from_every_foot_and_says_everything(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    page.get_by_role("link", name=re.compile("^About s3geo: contact")).click()
    expect(visit.heading()).to_have_text("About")
    expect(page).to_have_title("s3geo – About")
    expect(page.locator(".st-key-about")).to_contain_text("has named no contact")
    expect(page.locator("table.terms tbody th[scope=row]")).to_have_count(len(sources_in_use(open_workspace())))
    _, changes = document("CHANGELOG.md")
    first = changes[0].text.partition("- ")[2].replace("*", "").replace("`", "")
    for said in (first[:20], "Partially compliant with level AA", "MIT License, in full"):
        expect(page.locator(".st-key-about")).to_contain_text(said)
    contents = page.get_by_role("navigation", name="On this page").get_by_role("link")
    expect(contents).to_have_count(len(ANCHORS))
    page.get_by_role("link", name="Explore").first.click()  # and nothing chosen is lost on the way
    expect(visit.regions()).to_have_count(38)


def test_a_link_leads_to_a_section(visit: Visit) -> None:
    page = visit.page
    for anchor in ("corrections", "embed"):
        page.goto(f"{visit.server}/about#{anchor}")
        visit.settled()
        expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_the_data_page_names_every_file_and_column(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server}/data#files")
    visit.settled()
    files = page.locator(".files details")
    expect(files).to_have_count(len(described_files()))
    expect(page.locator("#files")).to_be_in_viewport()
    one = next(file for file in described_files() if file.path == "data/links.parquet")
    opened = files.filter(has_text=one.path)
    opened.locator("summary").click()
    expect(opened.locator("tbody tr")).to_have_count(len(one.columns))
    expect(opened).to_contain_text("A biased sample")
