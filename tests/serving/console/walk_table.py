"""What every route of the console answers to everybody: one row a route, one column a person. A new route is one row here.

``.`` 200 · ``>`` 303 to the entrance · ``h`` 303 to what is one's own · ``x`` 403 · ``-`` 404, as what is not there ·
``!`` 422, the form again with what it needs · ``?`` 400 · ``o`` may, and is not sent here: it would change something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

WALKERS = (
    "nobody", "clerk", "other bank", "untrusted", "village", "village there", "township", "township there",
    "county", "county there", "colleague", "analyst", "auditor", "administrator",
)  # fmt: skip
"""The columns. Things are bank-a's, the clerk's, of a household here; the other bank has the household's consent, the untrusted one not."""
STATUS = {".": 200, ">": 303, "h": 303, "x": 403, "-": 404, "!": 422, "?": 400}

_ROWS = """
GET  /console                                                   >.............
GET  /console/                                                  >.............
GET  /console/sign-in                                           ..............
POST /console/sign-in                                           oooooooooooooo
POST /console/sign-out                                          >ooooooooooooo
GET  /console/language/{language}                               hhhhhhhhhhhhhh
GET  /console/assets/{version}/{name}                           ..............
GET  /console/households                                        >..........x.x  village={village}
POST /console/households                                        >!!!!!!!!!!x!x
GET  /console/households/{household_id}                         >..-.-.-.-.x.x
POST /console/households/{household_id}/decisions               >!!-xxxxxxxxxx
POST /console/households/{household_id}/reports                 >xxxo-o-o-oxxx
GET  /console/households/{household_id}/objection               >..-.-.-.-.xxx
POST /console/households/{household_id}/objection               >!!-!-!-!-!xxx
GET  /console/decisions/{decision_id}                           >.--xxxxxxxx.x
GET  /console/decisions/{decision_id}/proof                     >.--xxxxxxxx.x
POST /console/decisions/{decision_id}/closing                   >!--xxxxxxxxxx
POST /console/decisions/{decision_id}/overrides                 >!--xxxxxxxxxx
POST /console/decisions/{decision_id}/overrides/{override_id}   >o--xxxxxxxxxx
GET  /console/consents                                          >..........xxx
POST /console/consents                                          >!!!!!!!!!!xxx
GET  /console/consents/withdrawal                               >.--.-.-.-.xxx  reference={reference}
POST /console/consents/withdrawal                               >o--o-o-o-oxxx  reference={reference}
GET  /console/objections                                        >..........x.x  state=all
GET  /console/objections/{objection_id}                         >.--.-.-.-.x.x
POST /console/objections/{objection_id}/outcome                 >xxxxxxx!-!xxx
GET  /console/audit                                             >xxxxxxxxxxx.x
POST /console/audit                                             >xxxxxxxxxxx!x
GET  /console/audit/households/{household_id}                   >xxxxxxxxxxx.x  decision={decision_id}&replay=now
POST /console/audit/households/{household_id}/unmasking         >xxxxxxxxxxx!x
GET  /console/audit/reviews/new                                 >xxxxxxxxxxx.x
POST /console/audit/reviews                                     >xxxxxxxxxxx!x
GET  /console/audit/reviews/{review_id}                         >xxxxxxxxxxx.x
POST /console/audit/reviews/{review_id}/signing                 >xxxxxxxxxxx!x
GET  /console/audit/reviews/{review_id}/print                   >xxxxxxxxxxx.x
GET  /console/audit/reviews/{review_id}/sample.csv              >xxxxxxxxxxx.x
GET  /console/audit/reviews/{review_id}/items/{position}        >xxxxxxxxxxx.x
POST /console/audit/reviews/{review_id}/items/{position}        >xxxxxxxxxxx!x
GET  /console/county                                            >xxxhhhh.....x
GET  /console/county/stops                                      >xxx.........x
GET  /console/county/filings                                    >xxx.........x
GET  /console/county/townships/{code}                           >xxx--.-.-...x
GET  /console/county/villages/{code}                            >xxx.-.-.-...x
GET  /console/county/import                                     >xxxxxxx.x.xxx
POST /console/county/import                                     >xxxxxxx!x!xxx
GET  /console/county/import/{upload_id}                         >xxxxxxx.--xxx
GET  /console/county/import/{upload_id}/faults.csv              >xxxxxxx.--xxx
POST /console/county/import/{upload_id}/accept                  >xxxxxxxo--xxx
POST /console/county/import/{upload_id}/discard                 >xxxxxxxo--xxx
GET  /console/models                                            >xxxxxxx.....x
GET  /console/models/{version}                                  >xxxxxxx.....x
GET  /console/models/{version}/card                             >xxxxxxx.....x
POST /console/models/proposals                                  >xxxxxxx????xx
POST /console/models/proposals/{number}/confirm                 >xxxxxxxooooxx
POST /console/models/proposals/{number}/close                   >xxxxxxxooooxx
GET  /console/watch                                             >xxxxxxx.....x
GET  /console/watch/{on}                                        >xxxxxxx.....x
GET  /console/policies                                          >xxxxxxx......
GET  /console/policies/versions/{folder}                        >xxxxxxx......
POST /console/policies/versions/{folder}/proposals              >xxxxxxx!!!!xx
POST /console/policies/versions/{folder}/trials                 >xxxxxxx!!!!xx
GET  /console/policies/trials/{number}                          >xxxxxxx......
POST /console/policies/proposals/{number}/confirm               >xxxxxxxoooxxx
POST /console/policies/proposals/{number}/close                 >xxxxxxxooooxx
GET  /console/admin                                             >xxxxxxxxxxxx.
POST /console/admin/checkpoint                                  >xxxxxxxxxxxxo
GET  /console/admin/users                                       >xxxxxxxxxxxx.
POST /console/admin/users                                       >xxxxxxxxxxxx!
POST /console/admin/users/{name}/password                       >xxxxxxxxxxxxo
POST /console/admin/users/{name}/end                            >xxxxxxxxxxxx!
GET  /console/admin/clients                                     >xxxxxxxxxxxx.
POST /console/admin/clients                                     >xxxxxxxxxxxx!
POST /console/admin/clients/{name}/rotate                       >xxxxxxxxxxxx!
POST /console/admin/clients/{name}/revoke                       >xxxxxxxxxxxx!
GET  /console/admin/retention                                   >xxxxxxxxxxxx.
POST /console/admin/retention                                   >xxxxxxxxxxxxo
"""


@dataclass(frozen=True)
class Row:
    """A route, what each walker is answered, and the query with which it is called."""

    method: str
    pattern: str
    cells: str
    query: str

    def cell(self, name: str) -> str:
        """What a walker is answered."""
        return self.cells[WALKERS.index(name)]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Paths of the route."""
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.pattern)))


def _read(line: str) -> Row:
    method, pattern, cells, *query = line.split()
    assert len(cells) == len(WALKERS), line
    return Row(method, pattern, cells, query[0] if query else "")


ROWS = tuple(_read(it) for it in _ROWS.strip().splitlines())


def row_of(method: str, path: str) -> Row | None:
    """The route that answers an address; the one that says most of it in words."""
    found = [it for it in ROWS if it.method == method and it.expression.fullmatch(path)]
    return min(found, key=lambda it: it.pattern.count("{"), default=None)
