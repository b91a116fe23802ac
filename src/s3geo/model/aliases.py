"""Names and codes of Local Enterprise Partnerships beside the official ones of May 2021.

Facts only: which short names people use, and which codes stood for a partnership in which year.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["LEP_ALIASES", "LEP_CODES", "LepCode"]


class LepCode(NamedTuple):
    """A GSS code that stood for a Local Enterprise Partnership at some time.

    Parameters
    ----------
    name : str
        Name under the code.
    vintages : tuple of int
        Years of the official lists it is in (of 2014, 2017, 2020, 2021).
    same_area : str
        Code of May 2021 for the same area (at least 97 % of either area is in the other), or "".
    """

    name: str
    vintages: tuple[int, ...]
    same_area: str = ""


LEP_ALIASES: Mapping[str, tuple[str, ...]] = {
    "E37000001": ("BCLEP",),  # Black Country
    "E37000005": ("CIOS", "CIOSLEP", "Cornwall and Scilly"),  # Cornwall and Isles of Scilly
    "E37000006": ("CWLEP",),  # Coventry and Warwickshire
    "E37000011": ("GFirst",),  # Gloucestershire
    "E37000012": ("GBSLEP", "GBS"),  # Greater Birmingham and Solihull
    "E37000015": ("GMLEP", "GM"),  # Greater Manchester
    "E37000016": ("HotSW",),  # Heart of the South West
    "E37000019": ("LancsLEP",),  # Lancashire
    "E37000021": ("LLEP",),  # Leicester and Leicestershire
    "E37000022": ("LCRLEP",),  # Liverpool City Region
    "E37000025": ("NELEP",),  # North East
    "E37000032": ("SSLEP", "Stoke and Staffordshire"),  # Stoke-on-Trent and Staffordshire
    "E37000033": ("SWLEP",),  # Swindon and Wiltshire
    "E37000034": ("TVU", "Tees Valley Unlimited"),  # Tees Valley
    "E37000035": ("TVB", "TVBLEP", "Berkshire"),  # Thames Valley Berkshire
    "E37000037": ("WoE", "WoELEP"),  # West of England
    "E37000043": ("BTVLEP", "BLEP", "Bucks", "Buckinghamshire Thames Valley"),  # Buckinghamshire
    "E37000044": ("C2C",),  # Coast to Capital
    "E37000045": ("D2N2",),  # Derby, Derbyshire, Nottingham and Nottinghamshire
    "E37000046": ("EM3",),  # Enterprise M3
    "E37000048": ("Herts", "HertsLEP"),  # Hertfordshire
    "E37000051": ("LEAP", "Greater London", "London Economic Action Partnership", "London Enterprise Panel"),  # London
    "E37000052": ("NALEP", "Norfolk and Suffolk"),  # New Anglia
    "E37000053": ("OxLEP",),  # Oxfordshire
    "E37000054": ("SCR", "SCRLEP"),  # Sheffield City Region
    "E37000056": ("SELEP",),  # South East
    "E37000057": ("SEMLEP",),  # South East Midlands
    "E37000058": ("YNY", "YNYLEP"),  # York and North Yorkshire
    "E37000059": ("GCGP", "Greater Cambridge Greater Peterborough"),  # Greater Cambridge and Greater Peterborough
    "E37000060": ("GLLEP",),  # Greater Lincolnshire
    "E37000061": ("HEY", "HEYLEP", "Hull and East Riding"),  # Hull and East Yorkshire
}
"""Code of May 2021: short and former names of the same area.

Left out are names shared by two partnerships (LCR, CLEP) and those of a county, region or combined authority with
other borders (Devon and Somerset without Plymouth and Torbay, the North East with Tees Valley).
"""

LEP_CODES: Mapping[str, LepCode] = {
    "E37000001": LepCode("Black Country", (2014, 2017, 2020, 2021)),
    "E37000002": LepCode("Buckinghamshire Thames Valley", (2014, 2017), "E37000043"),
    "E37000003": LepCode("Cheshire and Warrington", (2014, 2017, 2020, 2021)),
    "E37000004": LepCode("Coast to Capital", (2014, 2017)),
    "E37000005": LepCode("Cornwall and Isles of Scilly", (2014, 2017, 2020, 2021)),
    "E37000006": LepCode("Coventry and Warwickshire", (2014, 2017, 2020, 2021)),
    "E37000007": LepCode("Cumbria", (2014, 2017, 2020, 2021)),
    "E37000008": LepCode("Derby, Derbyshire, Nottingham and Nottinghamshire", (2014, 2017), "E37000045"),
    "E37000009": LepCode("Dorset", (2014, 2017, 2020, 2021)),
    "E37000010": LepCode("Enterprise M3", (2014, 2017)),
    "E37000011": LepCode("Gloucestershire", (2014, 2017, 2020, 2021)),
    "E37000012": LepCode("Greater Birmingham and Solihull", (2014, 2017, 2020, 2021)),
    "E37000013": LepCode("Greater Cambridge and Greater Peterborough", (2014,)),
    "E37000014": LepCode("Greater Lincolnshire", (2014, 2017, 2020)),
    "E37000015": LepCode("Greater Manchester", (2014, 2017, 2020, 2021)),
    "E37000016": LepCode("Heart of the South West", (2014, 2017, 2020, 2021)),
    "E37000017": LepCode("Hertfordshire", (2014, 2017), "E37000048"),
    "E37000018": LepCode("Humber", (2014, 2017)),
    "E37000019": LepCode("Lancashire", (2014, 2017, 2020, 2021)),
    "E37000020": LepCode("Leeds City Region", (2014, 2017)),
    "E37000021": LepCode("Leicester and Leicestershire", (2014, 2017, 2020, 2021)),
    "E37000022": LepCode("Liverpool City Region", (2014, 2017, 2020, 2021)),
    "E37000023": LepCode("London", (2014, 2017), "E37000051"),
    "E37000024": LepCode("New Anglia", (2014, 2017), "E37000052"),
    "E37000025": LepCode("North East", (2014, 2017, 2020, 2021)),
    "E37000026": LepCode("Northamptonshire", (2014,)),
    "E37000027": LepCode("Oxfordshire", (2014, 2017), "E37000053"),
    "E37000029": LepCode("Solent", (2014, 2017)),
    "E37000030": LepCode("South East", (2014, 2017), "E37000056"),
    "E37000031": LepCode("South East Midlands", (2014,)),
    "E37000032": LepCode("Stoke-on-Trent and Staffordshire", (2014, 2017, 2020, 2021)),
    "E37000033": LepCode("Swindon and Wiltshire", (2014, 2017, 2020, 2021)),
    "E37000034": LepCode("Tees Valley", (2014, 2017, 2020, 2021)),
    "E37000035": LepCode("Thames Valley Berkshire", (2014, 2017, 2020, 2021)),
    "E37000036": LepCode("The Marches", (2014, 2017, 2020, 2021)),
    "E37000037": LepCode("West of England", (2014, 2017, 2020, 2021)),
    "E37000038": LepCode("Worcestershire", (2014, 2017, 2020, 2021)),
    "E37000039": LepCode("York, North Yorkshire and East Riding", (2014, 2017)),
    "E37000040": LepCode("Sheffield City Region", (2014, 2017)),
    "E37000041": LepCode("South East Midlands", (2017,)),
    "E37000042": LepCode("Greater Cambridge and Greater Peterborough", (2017,)),
    "E37000043": LepCode("Buckinghamshire", (2020, 2021)),
    "E37000044": LepCode("Coast to Capital", (2020, 2021)),
    "E37000045": LepCode("Derby, Derbyshire, Nottingham and Nottinghamshire", (2020, 2021)),
    "E37000046": LepCode("Enterprise M3", (2020, 2021)),
    "E37000047": LepCode("Greater Cambridge and Greater Peterborough", (2020,)),
    "E37000048": LepCode("Hertfordshire", (2020, 2021)),
    "E37000049": LepCode("Humber", (2020,), "E37000061"),
    "E37000050": LepCode("Leeds City Region", (2020,)),
    "E37000051": LepCode("London", (2020, 2021)),
    "E37000052": LepCode("New Anglia", (2020, 2021)),
    "E37000053": LepCode("Oxfordshire", (2020, 2021)),
    "E37000054": LepCode("Sheffield City Region", (2020, 2021)),
    "E37000055": LepCode("Solent", (2020, 2021)),
    "E37000056": LepCode("South East", (2020, 2021)),
    "E37000057": LepCode("South East Midlands", (2020, 2021)),
    "E37000058": LepCode("York and North Yorkshire", (2020, 2021)),
    "E37000059": LepCode("Greater Cambridge and Greater Peterborough", (2021,)),
    "E37000060": LepCode("Greater Lincolnshire", (2021,)),
    "E37000061": LepCode("Hull and East Yorkshire", (2021,)),
    "E37000062": LepCode("Leeds City Region", (2021,)),
}
"""Every code that an official list of 2014, 2017, 2020 or 2021 gives a Local Enterprise Partnership."""
