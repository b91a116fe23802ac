"""What every page shares: style, and the line that says whose data this is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import streamlit as st
from streamlit.errors import FragmentHandledException

from s3geo.app import loaders
from s3geo.app.component import mend
from s3geo.app.embedding import embedded
from s3geo.app.log import fault, timed, visit
from s3geo.app.markdown import plain
from s3geo.app.sharing import page_in_turn
from s3geo.app.state import address_of, notices
from s3geo.errors import S3geoError
from s3geo.exports.files import MEDIA
from s3geo.workspace import Workspace

__all__ = ["away", "errors_told", "frame", "show_error", "workspace"]


@lru_cache(maxsize=1)
def _style() -> str:
    return f"<style>{(Path(__file__).with_name('assets') / 'page.css').read_text('utf-8')}</style>"


@contextmanager
def frame(page: str, path: str) -> Iterator[None]:
    """Dress a page in its turn, by its title and its path in addresses; see `errors_told`: what stood before stays."""
    with timed("page", page=page), page_in_turn():
        st.html(_style())
        mend()
        if embedded():
            bare = ".stAppHeader, [data-testid=stSkipToContent] { display: none; }"  # there is nothing to skip
            st.html(f"<style>.stMainBlockContainer {{ padding: .5rem .75rem; }} {bare}</style>")
        with errors_told():
            yield
        with st.container(key="foot"):
            _foot(path)


def _foot(path: str) -> None:
    """Say below a page who answers for it, and where it is found: on the web, or, in a frame, as a whole."""
    if not embedded():
        if path != "about":
            words = "About s3geo: contact, licences, accessibility, corrections, changes"
            st.page_link(st.session_state["_about"], label=words)
        st.html('<div class="s3 paper"><p class="found muted"></p></div>')
        return
    if ignored := notices():
        st.info(f"Part of the address was not understood and left out: {', '.join(ignored)}.")
    if (address := address_of(path)) is not None:
        asked = urlencode(st.query_params.to_dict(), safe=",/")
        st.link_button("Open the full view in s3geo", f"{address}?{asked}" if asked else address)


@contextmanager
def errors_told() -> Iterator[None]:
    """Make of an error of s3geo one clear message, of any other a reference; a part that runs alone needs it too."""
    try:
        with timed("part"):
            yield
    except S3geoError as error:
        show_error(error)
    except FragmentHandledException:  # a part has told it
        raise
    except Exception as error:
        st.error(
            "Something went wrong in s3geo itself. Choose something else, or reload the page: the address keeps what "
            "is chosen, but a file of your own must then be given again. If it happens again, tell who runs this "
            f"server: reference {fault(error)}."
        )
        raise


def workspace() -> Workspace:
    """Return the workspace of this visit; where the server's own is broken, say so and show the bundle instead."""
    if (own := st.session_state.get("_workspace")) is not None:
        return cast("Workspace", own)
    ws, error = loaders.workspace()
    if error is not None:
        show_error(error)
        st.warning(
            "The bundled boundaries and figures are shown until the workspace is mended and s3geo started again."
        )
    return ws


def away(words: str, make: Callable[[], bytes], name: str) -> None:
    """Offer a file that is made when it is asked for; asking does not run the page."""
    suffix = name.rpartition(".")[2]
    st.download_button(
        words,
        data=partial(_made, make, suffix, visit()),
        file_name=name,
        mime=MEDIA.get(suffix, "application/json"),
        on_click="ignore",
        key=f"save_{words}",
        width="stretch",
    )


def _made(make: Callable[[], bytes], suffix: str, session: str) -> bytes:
    """Make a file and note how long it took; asking for one is no run of the visit's script.

    Of an error Streamlit tells nobody more than that there is no file: it is written down here.
    """
    with timed("take_away", what=suffix, session=session):
        try:
            return make()
        except Exception as error:
            fault(error, session=session)
            raise


def show_error(error: S3geoError) -> None:
    """Show what is wrong, where, and what to do next."""
    st.error(f"{plain(str(error))} (Reference {fault(error)})")
    problems = error.problems
    if len(problems):
        st.dataframe(problems, hide_index=True)
