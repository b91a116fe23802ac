"""The Streamlit app."""

import os

# The server's own GDAL gets no driver that fetches, includes or runs something: before pyogrio, which registers them.
# It is never given a file of their formats (`s3geo.geography.formats`); this is the second lock on the same door.
_OURS = (
    "ADBC,AmigoCloud,CSW,Carto,EEDA,Elasticsearch,GDALG,GML,HTTP,KML,LIBKML,LVBAG,MapML,NGW,OAPIF,OGCAPI,OGR_VRT,OSM,"
    "PDF,PGDUMP,PLSCENES,VDV,VFK,WFS,XLSX,ODS,SQLite,MBTiles,PMTiles,MVT,OpenFileGDB,GTFS"
)
_theirs = os.environ.get("GDAL_SKIP", "")  # what an operator takes away comes on top; parted as GDAL parts it
_names = [*_OURS.split(","), *(_theirs.split(",") if "," in _theirs else _theirs.split())]
os.environ["GDAL_SKIP"] = ",".join(dict.fromkeys(name.strip() for name in _names if name.strip()))
