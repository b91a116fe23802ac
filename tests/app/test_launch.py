"""How the server is started: with the options that came with the package."""

from __future__ import annotations

from streamlit import config

from s3geo.app import launch


def test_every_shipped_option_is_one_that_streamlit_knows() -> None:
    shipped = launch._shipped()
    assert shipped
    assert set(shipped) <= set(config._config_options_template)


def test_no_run_ends_by_stopping_all_others_to_look_for_garbage() -> None:
    assert launch._shipped()["runner.postScriptGC"] is False
