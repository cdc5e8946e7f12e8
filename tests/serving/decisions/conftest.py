"""A county whose calls are decided together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.served import Served


@pytest.fixture(scope="module")
def own(make_county: Callable[..., Served]) -> Served:
    """A county of these tests' own, with a challenger that advises."""
    served = make_county()
    Advised(served).stand(models.artefact(SET))
    return served


@pytest.fixture
def fresh(own: Served) -> Iterator[str]:
    """Ids of households on which nobody decided yet."""
    with own.parts.store.engine.connect() as connection:
        query = (
            "SELECT household_id FROM households h WHERE NOT EXISTS"
            " (SELECT FROM decisions d WHERE d.household_no = h.household_no) ORDER BY 1"
        )
        found = list(connection.exec_driver_sql(query).scalars())
    return iter(found)
