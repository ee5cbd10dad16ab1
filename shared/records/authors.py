"""Groups of roles that may write a kind of entry. The roles themselves stand in `shared.permissions`."""

from shared.permissions import (
    ADMINISTRATOR,
    DISTRICT_REVIEWER,
    MOBILE_TEAM,
    PROVINCIAL_MANAGER,
    STATION,
    VILLAGE_HEALTH_WORKER,
)

FIELD = frozenset({VILLAGE_HEALTH_WORKER, STATION, MOBILE_TEAM})
VACCINATORS = frozenset({STATION, MOBILE_TEAM})
#: Who keeps a store, a station's fridge or a team's boxes. District centres keep the district stores.
STOCK_KEEPERS = frozenset({STATION, MOBILE_TEAM, DISTRICT_REVIEWER, PROVINCIAL_MANAGER})
POPULATION = frozenset({STATION, PROVINCIAL_MANAGER, ADMINISTRATOR})
PROGRAMME = frozenset({PROVINCIAL_MANAGER, ADMINISTRATOR})
REVIEWERS = frozenset({DISTRICT_REVIEWER, PROVINCIAL_MANAGER})
PLACES = frozenset({ADMINISTRATOR})
#: Who answers for units below: they remind, inspect and answer.
OVERSIGHT = frozenset({DISTRICT_REVIEWER, PROVINCIAL_MANAGER})
#: Everybody who works with the register or answers for it.
WORKING = FIELD | OVERSIGHT
#: Who answers with a signature for what was recorded (R012).
SIGNATORIES = VACCINATORS | REVIEWERS
IDENTITY = frozenset({STATION, DISTRICT_REVIEWER, PROVINCIAL_MANAGER})
