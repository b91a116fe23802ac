"""What runs the expression: DuckDB inside this process, or Spark. Both are imported by whoever asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s3geo.errors import UsageError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

__all__ = ["ENGINES", "Engine", "duckdb_engine", "engine", "spark_engine"]

ENGINES = ("duckdb", "spark")


class Engine:
    """A backend of Ibis that reads Parquet files as one table."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def read(self, paths: Sequence[Path]) -> ir.Table:
        """Return Parquet files of one schema as a table."""
        files = [str(path) for path in paths]
        return self._backend.read_parquet(files if len(files) > 1 else files[0], hive_partitioning=False)

    def run(self, expression: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        found: pa.Table = expression.to_pyarrow()
        return found


class _Spark(Engine):
    def __init__(self, backend: Any, session: Any) -> None:
        super().__init__(backend)
        self._session = session
        self._views: list[str] = []

    def read(self, paths: Sequence[Path]) -> ir.Table:
        import uuid

        for path in paths:
            _no_column_in(path.parent)
        view = f"s3geo_{uuid.uuid4().hex}"
        self._session.read.parquet(*map(str, paths)).createOrReplaceTempView(view)
        self._views.append(view)
        return self._backend.table(view)

    def run(self, expression: ir.Table) -> pa.Table:
        """Run an expression; by way of Arrow, not of pandas, whose new releases Spark warns of."""
        found: pa.Table = self._session.sql(str(self._backend.compile(expression))).toArrow()
        return found

    def forget(self) -> None:
        """Drop the views that were made in the session."""
        for view in self._views:
            self._session.catalog.dropTempView(view)


@contextmanager
def engine(name: str, folder: Path, *, memory: str | None = None, master: str | None = None) -> Iterator[Engine]:
    """Start an engine by its name, and end it.

    Parameters
    ----------
    name : {"duckdb", "spark"}
    folder : Path
        For what does not fit into memory.
    memory : str, optional
        Most memory DuckDB takes before it goes to disk, or Spark's driver has, "2GB".
    master : str, optional
        Where Spark runs: "spark://host:7077", "local-cluster[2,1,1024]"; by default what Spark is set up with, else all
        cores of this machine.

    Raises
    ------
    UsageError
        If there is no such engine, it is not installed, `master` is given to DuckDB, or Spark would see a column in the
        name of the folder.
    """
    if name == "duckdb" and master:
        raise UsageError("master says where Spark runs: use it with the engine spark.")
    if name == "duckdb":
        with duckdb_engine(folder, memory) as made:
            yield made
    elif name == "spark":
        _no_column_in(folder)
        with _own_session(folder, memory, master) as session, spark_engine(session) as made:
            yield made
    else:
        raise UsageError(f"No engine {name!r}; choose one of {', '.join(ENGINES)}.")


@contextmanager
def duckdb_engine(folder: Path, memory: str | None = None) -> Iterator[Engine]:
    """Start DuckDB; what does not fit into `memory` goes to `folder`."""
    try:
        import ibis

        settings = {"temp_directory": str(folder / "spilled"), "autoinstall_known_extensions": False}
        backend = ibis.duckdb.connect(**settings, **({"memory_limit": memory} if memory else {}))
    except ImportError as error:
        raise _missing("scale", "DuckDB") from error
    except Exception as error:
        if memory and "memory" in str(error).lower():
            raise UsageError(f"Memory is written as 2GB or 500MB, not {memory!r}.") from error
        raise
    backend.raw_sql("SET preserve_insertion_order = false")
    backend.raw_sql("SET enable_progress_bar = false")
    try:
        yield Engine(backend)
    finally:
        backend.disconnect()


@contextmanager
def spark_engine(session: Any) -> Iterator[Engine]:
    """Use a running SparkSession, which is left running."""
    import ibis

    made = _Spark(ibis.pyspark.connect(session), session)
    try:
        yield made
    finally:
        made.forget()


@contextmanager
def _own_session(folder: Path, memory: str | None, master: str | None) -> Iterator[Any]:
    try:
        import ibis  # noqa: F401
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _missing("spark", "Spark") from error
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    builder = SparkSession.builder.appName("s3geo aggregate")
    if master:
        builder = builder.master(master)
    chosen = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.memory": (memory or "2g").lower().removesuffix("b"),
    }
    if not master or master.startswith("local"):
        chosen["spark.sql.shuffle.partitions"] = "16"  # one machine; a cluster has its own setting
    for name, value in chosen.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")
        raise UsageError(
            f"Spark did not start: {first}. It needs Java 17 or newer, and a master that exists."
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def _no_column_in(folder: Path) -> None:
    if "=" in str(folder):
        raise UsageError(f"Spark takes '=' in the name of a folder for a column: {folder}. Name another with --temp.")


def _missing(extra: str, what: str) -> UsageError:
    return UsageError(f"{what} is not installed. Install it with: pip install 's3geo[{extra}]'.")
