"""A choropleth as the documentation of streamlit-folium shows it: composed on every run, everything returned.

Three things differ so that it draws with no internet: Leaflet comes from the static folder, there are no tiles, and
the legend is taken out, for which streamlit-folium would fetch d3. The panel is a heading, less than s3geo shows.
"""

import branca
import folium
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

folium.Map.default_js = [("leaflet", "../../app/static/leaflet.js")]
folium.Map.default_css = [("leaflet", "../../app/static/leaflet.css")]

st.set_page_config(layout="wide")
values = pd.read_csv("values.csv")
indicator = st.selectbox("Indicator", list(values.columns[1:]))
m = folium.Map(location=[52.85, -1.7], zoom_start=6, tiles=None)
choropleth = folium.Choropleth(
    geo_data="regions.geojson", data=values, columns=["code", indicator], key_on="feature.id", fill_color="YlGnBu"
)
for name, child in list(choropleth._children.items()):
    if isinstance(child, branca.colormap.ColorMap):
        del choropleth._children[name]
choropleth.add_to(m)
left, right = st.columns([11, 12])
with left:
    answer = st_folium(m, width=617, height=548)
with right:
    clicked = answer["last_active_drawing"]
    if clicked:
        name = clicked["properties"]["name"]
        value = values.set_index("code")[indicator][clicked["id"]]
        st.html(f"<div class='s3'><h2>{name}</h2><p>{value:,.2f}</p></div>")
