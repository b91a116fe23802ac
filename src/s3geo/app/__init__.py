"""The Streamlit app."""

import os

# The server's own GDAL gets no driver that fetches, includes or runs something: before pyogrio, which registers them.
# It is never given a file of their formats (`s3geo.geography.formats`); this is the second lock on the same door.
os.environ.setdefault(
    "GDAL_SKIP",
    "ADBC,AmigoCloud,CSW,Carto,EEDA,Elasticsearch,GDALG,GML,HTTP,KML,LIBKML,LVBAG,MapML,NGW,OAPIF,OGCAPI,OGR_VRT,OSM,"
    "PDF,PGDUMP,PLSCENES,VDV,VFK,WFS,XLSX,ODS,SQLite,MBTiles,PMTiles,MVT,OpenFileGDB,GTFS",
)
