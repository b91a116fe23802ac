"""What became of a refresh from the publishers, in words and as errors."""

from __future__ import annotations

from dataclasses import dataclass

from s3geo.errors import DataError, S3geoError, SourceError
from s3geo.refresh.compare import RefreshReport
from s3geo.refresh.difference import Difference

__all__ = ["LiveReport", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What became of one source.

    Parameters
    ----------
    source : str
        Its id.
    rows : int
        Rows of its tidy table; 0 after a failure.
    difference : Difference or None
        Against the last refresh; None after a failure.
    error : S3geoError or None
        Why it failed.
    """

    source: str
    rows: int = 0
    difference: Difference | None = None
    error: S3geoError | None = None

    def __str__(self) -> str:
        if self.difference is None:
            return f"{self.source}: failed, the old data stay. {self.error}"
        lines = [f"{self.source}: {self.rows:,} rows, {self.difference.summary()}"]
        if len(self.difference.moves):
            lines.append(self.difference.moves.round(1).to_string(index=False, max_colwidth=40))
        return "\n".join(lines)


@dataclass(frozen=True)
class LiveReport:
    """What became of all sources.

    Parameters
    ----------
    outcomes : tuple of Outcome
        In the order asked for.
    compiled : RefreshReport or None
        What changed in ``data/``; None if it was not compiled.
    dry_run : bool
        Whether nothing was to be written.
    failure : S3geoError or None
        Why ``data/`` could not be compiled.
    """

    outcomes: tuple[Outcome, ...]
    compiled: RefreshReport | None = None
    dry_run: bool = False
    failure: S3geoError | None = None

    def __str__(self) -> str:
        lines = [str(outcome) for outcome in self.outcomes]
        if self.compiled is not None:
            lines.append(f"data: {self.compiled.summary()}")
            if len(self.compiled.moves):
                lines.append(self.compiled.moves.round(1).to_string(index=False))
        elif self.failure is not None or any(outcome.error is not None for outcome in self.outcomes):
            lines.append("data: as they were.")
        else:
            lines.append("data: as they were; give the raw folder with --from to compile them.")
        return "\n".join([*lines, *(["Nothing was written."] if self.dry_run else [])])

    def check(self) -> None:
        """Raise if anything failed.

        Raises
        ------
        SourceError
            If a source was unavailable or answered wrongly.
        DataError
            If all answered, but a table does not parse or validate.
        """
        errors = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        if self.failure is not None:
            errors.append(self.failure)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            unavailable = any(isinstance(error, SourceError) for error in errors)
            problems = [row for error in errors for row in error.problems.to_dict("records")]
            message = f"{len(errors)} sources were not refreshed: {' '.join(map(str, errors))}"
            rows = [{str(name): value for name, value in row.items()} for row in problems]
            raise (SourceError if unavailable else DataError)(message, rows)
