"""The county that is walked, and a walker's call in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.access.roles import Role
from serving.accounts.clients import add_client
from serving.console.app import create_site
from tests.serving.console.texts import name_places, write_drafts, write_ends
from tests.serving.console.walk_marks import Mark, marks_of
from tests.serving.console.walk_table import Row
from tests.serving.console.walked import Made, Things, make, offered
from tests.serving.console.walkers import Walker, people_of, walker
from tests.serving.console.workshop import furnish
from tests.serving.served import Served


@dataclass(frozen=True)
class County:
    """The county that is walked. more: what else addresses of texts name."""

    served: Served
    walkers: dict[str, Walker]
    made: Made
    marks: list[Mark]
    more: dict[str, str]

    def call(self, row: Row, name: str, things: Things | None = None, **form: str) -> Any:
        """A walker's call; a form brings its token, and nothing else that is not given."""
        who, address = self.walkers[name], (things or self.made.things).address(row.pattern, row.query)
        if row.method == "GET":
            return who.client.get(address)
        return who.client.post(address, data={"csrf_token": who.token, **form})


def walk_county(served: Served, folder: Path) -> County:
    """A county with one of everything, and everybody signed in. folder: for its policies."""
    served = furnish(served, folder)
    near, far = offered(served)
    people = people_of(served, served.village(near), served.village(far))
    callers = {name: it[0] for name, it in people.items() if it is not None}
    village = name_places(served, callers["county"], served.village(near)[:9])
    write_drafts(served)
    made = make(served, callers, near, far)
    ends = write_ends(served, callers, made.a.household)
    add_client(served.parts, "walk-program", tenant="bank-b", role=Role.BANK, days=30, by="tests")
    app = create_site(served.parts)
    walkers = {name: walker(app, of) for name, of in people.items()}
    return County(served, walkers, made, marks_of(made), ends | {"{named}": village})
