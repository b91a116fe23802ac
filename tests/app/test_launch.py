"""How the server is started: with the options that came with the package."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest
from streamlit import config

from s3geo.app import launch

MAPPED = """
import ctypes
names = ["arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"]
info = type("mallinfo2", (ctypes.Structure,), {"_fields_": [(name, ctypes.c_size_t) for name in names]})
asked = ctypes.CDLL(None).mallinfo2
asked.restype = info
bytes(20_000_000)  # made and freed: from here on the allocator would take such blocks from the heap
before = asked().hblkhd
kept = bytes(10_000_000)
print(asked().hblkhd - before)
"""
"""Prints how many bytes of a block of 10 MB can be given back alone."""


def test_every_shipped_option_is_one_that_streamlit_knows() -> None:
    shipped = launch._shipped()
    assert shipped
    assert set(shipped) <= set(config._config_options_template)


def test_no_run_ends_by_stopping_all_others_to_look_for_garbage() -> None:
    assert launch._shipped()["runner.postScriptGC"] is False


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_what_is_large_is_given_back_when_it_is_freed() -> None:
    setting = "from s3geo.app.memory import give_memory_back; give_memory_back()"

    def mapped(before: str) -> int:
        ran = subprocess.run([sys.executable, "-c", before + MAPPED], capture_output=True, text=True, check=True)
        return int(ran.stdout)

    assert mapped("") == 0, "what it is needed for"
    assert mapped(setting) >= 10_000_000
