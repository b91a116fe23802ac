"""The least a click can cost in Streamlit: a button and a heading."""

import streamlit as st

st.session_state.setdefault("n", 0)
if st.button("Again"):
    st.session_state.n += 1
st.html(f"<h2 class='count'>{st.session_state.n}</h2>")
