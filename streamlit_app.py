"""Start s3geo: ``streamlit run streamlit_app.py`` (``s3geo app`` starts the same)."""

import streamlit as st

from s3geo.app.server import SCRIPT, lifespan, routes
from s3geo.app.uploads import limits_of_uploads

app = st.App(SCRIPT, routes=routes(), lifespan=lifespan, middleware=limits_of_uploads())
