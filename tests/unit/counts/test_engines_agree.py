"""DuckDB and Spark give the same table to the row; Spark runs as a cluster of two workers on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sample import sample, sample_postcodes

from s3geo import open_workspace
from s3geo.counts import count_organisations
from s3geo.counts.engines import engine, spark_engine
from s3geo.geography.assign import PointAssigner

FIRMS, SOME = (Path(__file__).parent / name for name in ("synthetic_firms.csv", "some_postcodes.csv"))


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import pyspark
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    folder = tmp_path_factory.mktemp("spark")
    brief = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # for processes that live a minute
    chosen = {
        "spark.driver.extraJavaOptions": brief,
        "spark.executor.extraJavaOptions": brief,
        "spark.sql.codegen.wholeStage": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.worker.ui.port": "0",
        "spark.driver.host": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("s3geo tests")
    for name, value in chosen.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    left = Path(pyspark.__file__).parent / "work" / session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(left, ignore_errors=True)  # what the workers logged


def test_the_engines_give_the_same_table(spark: Any, tmp_path: Path) -> None:
    postcodes = sample_postcodes(tmp_path)
    odd = tmp_path / "odd.csv"  # thousands, decimal commas, dates; a row without an id that stands there twice
    cells = [("1,5", "19052019"), ("£1,234,567.5", "20190519"), ("-£2,000", "2019"), ("1,00", "20041999")]
    rows = [f"{at};X0 0AA;62012;odd;{number};{year}" for at, (number, year) in enumerate(cells)]
    odd.write_text("\n".join(["id;postcode;sector;kind;employees;year", *rows, *[";X0 0AA;62012;odd;1;2019"] * 2]))
    files = [sample(tmp_path, postcodes), FIRMS, odd]
    asked: dict[str, Any] = {"by": ["lep", "section", "kind", "year"], "number": "employees", "postcodes": postcodes}
    embedded = count_organisations(files, **asked)
    with spark_engine(spark) as running:
        distributed = count_organisations(files, **asked, running=running)
    pd.testing.assert_frame_equal(embedded.table, distributed.table, check_exact=True)
    assert embedded.notes == distributed.notes
    assert len(embedded.table) > 5000
    of_odd = embedded.table[(embedded.table["kind"] == "odd") & (embedded.table["code"] == "E92000001")]
    shown = of_odd[["year", "organisations", "rows", "with_employees", "employees"]].fillna(0)
    assert shown.values.tolist() == [["", 2, 2, 0, 0], ["2019", 2, 4, 4, 1_232_569.5]]
    assert spark.catalog.listTables() == []
    executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    assert executors == 2


def test_an_active_session_is_used_and_left_running(spark: Any, tmp_path: Path) -> None:
    with engine("spark", tmp_path) as running:
        frame = pd.DataFrame({"a": [1, 2]})
        frame.to_parquet(tmp_path / "a.parquet")
        assert running.run(running.read([tmp_path / "a.parquet"])).to_pydict() == {"a": [1, 2]}
    assert spark.range(3).count() == 3


def test_a_machine_without_java_is_told_what_is_missing(tmp_path: Path) -> None:
    words = ["aggregate", str(FIRMS), "--postcodes", str(SOME), "--engine", "spark"]
    environment = {**os.environ, "JAVA_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "s3geo", *words], capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == 2
    assert "s3geo: Spark did not start" in ran.stderr
    assert "It needs Java 17" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_points_are_assigned_on_the_workers(spark: Any, tmp_path: Path) -> None:
    ws = open_workspace()
    centres = ws.centres("lad")[["easting", "northing"]].reset_index(drop=True)
    centres.loc[len(centres)] = [0.0, 0.0]  # in the sea
    assigner = PointAssigner.of(ws.layer("lep"))
    centres.to_parquet(tmp_path / "points.parquet")
    frame = spark.read.parquet(str(tmp_path / "points.parquet")).repartition(2)
    schema = "easting double, northing double, lep string"
    found = frame.mapInPandas(assigner.partitions(region="lep"), schema).toArrow().to_pandas()
    here = pd.concat(assigner.partitions(region="lep")([centres]))
    columns = ["easting", "northing", "lep"]
    pd.testing.assert_frame_equal(
        found.fillna({"lep": ""}).sort_values(columns).reset_index(drop=True),
        here.fillna({"lep": ""}).sort_values(columns).reset_index(drop=True),
        check_dtype=False,
    )
    assert found["lep"].isna().sum() >= 1
