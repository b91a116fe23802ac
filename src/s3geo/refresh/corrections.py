"""What we know better than the sources about organisations, each with its reason."""

from __future__ import annotations

__all__ = [
    "ABROAD",
    "CITIES_ELSEWHERE",
    "CLOSED",
    "LAPSED",
    "MOVED",
    "NEW_NAMES",
    "NOT_RESEARCH",
    "RENAMED",
    "SAME",
]

RENAMED = {
    "10000291": "Anglia Ruskin University",
    "10000385": "Arts University Bournemouth",
    "10001282": "Northumbria University",
    "10002718": "Goldsmiths, University of London",
    "10003270": "Imperial College London",
    "10003324": "Institute of Cancer Research",
    "10003854": "Leeds Arts University",
    "10003863": "Leeds Trinity University",
    "10003945": "Liverpool Institute for Performing Arts",
    "10004063": "London School of Economics and Political Science",
    "10004775": "Norwich University of the Arts",
    "10005545": "Royal Agricultural University",
    "10005553": "Royal Holloway, University of London",
    "10007143": "Durham University",
    "10007657": "Writtle University College",
    "10007760": "Birkbeck, University of London",
    "10007767": "Keele University",
    "10007768": "Lancaster University",
    "10007776": "University of Roehampton",
    "10007780": "SOAS University of London",
    "10007782": "St George's, University of London",
    "10007799": "Newcastle University",
    "10007832": "Newman University",
    "10007843": "St Mary's University, Twickenham",
    "10008640": "Falmouth University",
    "10014001": "University of Suffolk",
    "10034449": "Leeds Conservatoire",
    "10037449": "Plymouth Marjon University",
}
"""Names in use where the sources have an older or a legal one, by UKPRN."""

LAPSED = {"Catapult Central", "Future Cities Catapult Services Limited", "Precision Medicines Catapult Ltd"}
"""Names in Gateway to Research that are an address, or bodies that have closed, and would mislead."""

CLOSED = {"10007765", "10007766", "10007781"}
"""Heythrop College (closed in 2018); Institute of Education and School of Pharmacy (now University College London)."""

NEW_NAMES = {
    "Catapult Cell Therapy": "Cell and Gene Therapy Catapult",
    "Connected Digital Economy Catapult - A": "Digital Catapult",
    "Energy Systems Catapult Limited": "Energy Systems Catapult",
    "High Value Manufacturing (HVM) Catapult": "High Value Manufacturing Catapult",
    "High Value Manufacturing Catapult Centre": "High Value Manufacturing Catapult",
    "Satellite Catapult": "Satellite Applications Catapult",
    "Brunel University": "Brunel University London",
    "City University London": "City, University of London",
    "Connected Digital Economy Catapult": "Digital Catapult",
    "Culham Centre for Fusion Energy": "UK Atomic Energy Authority",
    "Food & Environment Research Agency": "Fera Science",
    "Future Cities Catapult": "Connected Places Catapult",
    "Goldsmiths College": "Goldsmiths, University of London",
    "Institute of Food Research": "Quadram Institute Bioscience",
    "Leeds Metropolitan University": "Leeds Beckett University",
    "London Sch of Hygiene and Trop Medicine": "London School of Hygiene and Tropical Medicine",
    "London School of Economics & Pol Sci": "London School of Economics and Political Science",
    "Birkbeck College": "Birkbeck, University of London",
    "Cent Manchester Uni Hospital NHS FdTrust": "Manchester University NHS Foundation Trust",
    "School of Oriental & African Studies": "SOAS University of London",
    "School of Pharmacy": "University College London",
    "STFC": "Science and Technology Facilities Council",
    "Transport Systems Catapult": "Connected Places Catapult",
    "University of Teesside": "Teesside University",
    "University of the West of England": "University of the West of England, Bristol",
    "Queen Mary, University of London": "Queen Mary University of London",
}
"""Older or shortened names in WAIfinder and Gateway to Research, and the name in use."""

MOVED = {
    "Connected Places Catapult": "MK9 1BP",
    "Manufacturing Technology Centre": "CV7 9JU",
}
"""Registered office where WAIfinder has another town (Cheltenham, Nottingham)."""

NOT_RESEARCH = {
    "Carbon Trust": "other",
    "Health and Safety Executive": "public",
    "National Film and Television School": "other",
    "Open Data Institute": "other",
    "Salvation Army": "other",
    "Science Museum Group": "other",
}
"""Users of research among WAIfinder's research organisations, and the kind they get."""

SAME = {
    "pic:943550720": ["ods:RW5"],  # Lancashire Care, renamed Lancashire & South Cumbria in 2018
    "pic:951146305": ["ods:RGM"],  # Papworth Hospital
    "pic:998211966": ["gtr:433B3EF1-6D06-4AE9-9ACE-3F53F971D1B4"],  # University of South Wales
    "pic:998249311": ["gtr:88077807-2572-4B6D-8467-0822C6A212BD"],  # NHS Blood and Transplant
    "pic:998297035": ["ukprn:10007780"],  # School of Oriental and African Studies
    "pic:999430189": ["gtr:A45993F7-AB46-40DF-B62A-03B6D6EDE97D"],  # Transport for London
    "pic:999589075": ["gtr:0A372774-968E-4731-B373-90CE8A28247E"],  # British Broadcasting Corporation
    "pic:999833903": ["ukprn:10007760"],  # Birkbeck College
    "pic:999904713": ["gtr:A656DF0E-E246-46EE-8511-F652EBC3B260"],  # Department for Environment, Food & Rural Affairs
}
"""Organisations of Horizon 2020 whose name there is too different to be recognised, and their identifier elsewhere."""

ABROAD = {"Australian National University (ANU)", "Nagoya University"}
"""Institutions of other countries that Gateway to Research puts in a district of England."""

CITIES_ELSEWHERE = {
    *("aberdeen", "aberystwyth", "armagh", "bangor", "bearsden", "belfast", "cardiff", "coleraine", "dundee"),
    *("dunfermline", "edinburgh", "glasgow", "inverness", "lisburn", "londonderry", "newry", "oban", "dunbeg oban"),
    *("paisley", "perth", "pontypridd", "roslin", "st andrews", "st asaph", "stirling", "swansea", "wrexham"),
}
"""Towns of Scotland, Wales and Northern Ireland in the addresses of Horizon 2020 that no town of England shares."""
