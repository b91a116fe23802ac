"""A map of regions with a selection, as Streamlit's documentation of altair charts shows it.

Drawn as SVG instead of on a canvas, so that the bench can see the fills; the panel is a heading.
"""

import json
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

st.set_page_config(layout="wide")
values = pd.read_csv("values.csv")
indicator = st.selectbox("Indicator", list(values.columns[1:]))
features = json.loads(Path("regions.geojson").read_text("utf-8"))["features"]
figures = {code: None if pd.isna(value) else value for code, value in values.set_index("code")[indicator].items()}
for feature in features:
    feature |= {"name": feature["properties"]["name"], "value": figures.get(feature["id"])}
chosen = alt.selection_point(fields=["id", "name"], name="chosen")
chart = (
    alt.Chart(alt.InlineData(values=features))
    .mark_geoshape(stroke="white")
    .encode(color=alt.Color("value:Q", scale=alt.Scale(type="quantize", scheme="yellowgreenblue")))
    .add_params(chosen)
    .project("mercator")
    .properties(height=548, usermeta={"embedOptions": {"renderer": "svg"}})
)
left, right = st.columns([11, 12])
with left:
    event = st.altair_chart(chart, on_select="rerun", key="map")
with right:
    if points := event["selection"]["chosen"]:
        name, code = points[0]["name"], points[0]["id"]
        st.html(f"<div class='s3'><h2>{name}</h2><p>{figures[code]}</p></div>")
