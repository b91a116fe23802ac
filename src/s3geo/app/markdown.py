"""What Streamlit's Markdown makes of text that is not ours: nothing."""

from __future__ import annotations

import re

__all__ = ["plain"]


def plain(text: str) -> str:
    r"""Return text that Markdown shows as it is written, in one line: it may come from a file or an address.

    A backslash keeps a sign from meaning anything. Addresses (``https://``, ``www.``, ``a@b``) and emoji (``:red:``)
    are looked for once the backslashes are gone; what keeps them apart is a character that is not seen, U+2060.

    Examples
    --------
    >>> plain("[Log in](//example.org) and *more*")
    '\\[Log in\\](//example.org) and \\*more\\*'
    """
    text = re.sub(r"[\\`*\[\]<>~$&]", r"\\\g<0>", " ".join(text.split()))
    text = re.sub(r"(?<![^\W_])_+|_+(?![\w])", lambda run: run[0].replace("_", "\\_"), text)
    text = re.sub(r"^(\d*)([-+=#.)])", r"\1\\\2", text)
    return re.sub(r":(?=[/\w+-])|@|www(?=\.)", "\\g<0>\u2060", text, flags=re.IGNORECASE)
