"""What the parts of a page in the browser ask for, and what is done about it."""

from __future__ import annotations

import streamlit as st

from s3geo.app.component import selection
from s3geo.app.fields import View
from s3geo.app.log import note
from s3geo.app.state import choose_region, set_compared, touched

__all__ = ["listen"]


def listen(view: View, said: str) -> None:
    """Tell the browser what is selected and compared, and hear what is asked on a map, a table or a chart.

    Parameters
    ----------
    view : View
    said : str
        What a screen reader announces.
    """
    selection(
        selected=view.region,
        compared=view.compare,
        said=said,
        answered=int(st.session_state.get("_answered", 0)),
        on_asked=_asked,
    )


def _asked() -> None:
    """Take a click or a key on the map, a row, a bar or the time line."""
    touched()
    event = st.session_state["selection"]["asked"]
    st.session_state["_answered"] = event["n"]
    for action in ("compared", "period", "region"):
        if action in event:
            note(action)
    if "compared" in event:
        set_compared([str(code) for code in event["compared"]])
    if "period" in event:
        touched(whole=True)
        if st.session_state["mode"] == "sectors":
            st.session_state["year"] = event["period"]
        else:
            st.session_state["period"] = event["period"]
            st.session_state["fixed"] = True  # steps through time compare only where the classes stay
    if overlap := event.get("overlap"):
        st.session_state["overlap"] = {"where": overlap["district"], "codes": overlap["codes"]}
    elif "region" in event:
        choose_region(event["region"])
