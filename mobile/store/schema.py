"""The tables of the phone, made and changed by numbered migrations that are never edited.

entry: every entry this phone wrote (`own`) or was sent (`pulled`). The outbox is its rows that are own and
have no outcome; `chain` is the running hash over this phone's own entries, which a receipt must equal.
Everything below `meta` is projected from entries and can be made again from them, but for `seen`: the messages
that were opened on this phone; and `watch`: when a dose was given by the device's steady seconds.
"""

from __future__ import annotations

from mobile.store.driver import Connection
from mobile.store.packing import pack

ENTRIES = """
CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    place TEXT NOT NULL,
    device_seq INTEGER NOT NULL,
    occurred_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    corrects TEXT,
    payload BLOB NOT NULL,
    digest BLOB NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('own', 'pulled')),
    readable INTEGER NOT NULL DEFAULT 1,
    chain BLOB,
    outcome TEXT CHECK (outcome IN ('accepted', 'duplicate', 'held', 'refused')),
    faults TEXT NOT NULL DEFAULT '[]',
    flags TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX entry_subject ON entry (subject, kind);
CREATE INDEX entry_corrects ON entry (corrects) WHERE corrects IS NOT NULL;
CREATE UNIQUE INDEX entry_own ON entry (device_seq) WHERE origin = 'own';
CREATE INDEX entry_outbox ON entry (device_seq) WHERE origin = 'own' AND outcome IS NULL;
CREATE INDEX entry_outcome ON entry (outcome) WHERE origin = 'own';
CREATE TABLE stream (id TEXT PRIMARY KEY, position INTEGER NOT NULL, hash BLOB NOT NULL);
CREATE TABLE draft (key TEXT PRIMARY KEY, kind TEXT NOT NULL, data TEXT NOT NULL, saved_at TEXT NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

REGISTERS = """
CREATE TABLE household (
    id TEXT PRIMARY KEY, village_id TEXT NOT NULL, head_name TEXT NOT NULL, lane TEXT, address TEXT, phone
    TEXT, note TEXT, lat_e6 INTEGER, lon_e6 INTEGER, search TEXT NOT NULL, sort_name TEXT NOT NULL
);
CREATE INDEX household_village ON household (village_id, sort_name);
CREATE TABLE person (
    id TEXT PRIMARY KEY, household_id TEXT NOT NULL, village_id TEXT NOT NULL, full_name TEXT NOT NULL,
    search TEXT NOT NULL, sort_name TEXT NOT NULL, birth_date TEXT NOT NULL, birth_precision TEXT NOT NULL,
    sex TEXT NOT NULL, ethnic TEXT, relation TEXT, id_kind TEXT NOT NULL, id_number TEXT, phone TEXT,
    guardian_name TEXT, guardian_phone TEXT, residence TEXT NOT NULL, residence_since TEXT, came_on TEXT,
    came_from TEXT, vulnerable TEXT NOT NULL, cannot_come TEXT, contraindication TEXT, covid_on TEXT,
    group_place_id TEXT, group_name
    TEXT, next_dose TEXT, due_on TEXT, no_dose TEXT, merged_into TEXT
);
CREATE INDEX person_household ON person (household_id);
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE same_person (
    id TEXT PRIMARY KEY, pair_id TEXT NOT NULL, person_a TEXT NOT NULL, person_b TEXT NOT NULL, verdict TEXT
    NOT NULL, keep_id TEXT, checked_by TEXT, note TEXT, decided_on TEXT NOT NULL, author_id TEXT NOT NULL,
    corrected_by TEXT
);
CREATE INDEX same_person_pair ON same_person (pair_id);
CREATE INDEX person_village ON person (village_id, sort_name);
CREATE INDEX person_counts ON person (village_id, residence, next_dose, due_on);
CREATE TABLE visit (
    id TEXT PRIMARY KEY, household_id TEXT NOT NULL, village_id TEXT NOT NULL, visited_on TEXT NOT NULL,
    visit_type TEXT NOT NULL, revisit_on TEXT, communication TEXT, note TEXT, author_id TEXT NOT NULL,
    recorded_on TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX visit_household ON visit (household_id, visited_on);
CREATE TABLE visit_outcome (
    visit_id TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE, person_id TEXT NOT NULL, outcome TEXT NOT
    NULL, reason TEXT, appointment_on TEXT, reached INTEGER, consent TEXT, transport_need INTEGER NOT NULL, note
    TEXT, PRIMARY KEY (visit_id, person_id)
);
CREATE INDEX visit_outcome_person ON visit_outcome (person_id);
CREATE TABLE dose (
    id TEXT PRIMARY KEY, person_id TEXT NOT NULL, site_id TEXT NOT NULL, session_id TEXT, vaccine TEXT NOT
    NULL, lot_id TEXT, lot_number TEXT, dose_type TEXT NOT NULL, given_on TEXT NOT NULL, screening TEXT NOT
    NULL, at_home INTEGER NOT NULL, from_certificate INTEGER NOT NULL, author_id TEXT NOT NULL, recorded_on
    TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX dose_person ON dose (person_id);
CREATE INDEX dose_session ON dose (session_id) WHERE session_id IS NOT NULL;
CREATE TABLE immunisation (
    person_id TEXT PRIMARY KEY, primary_1_on TEXT, primary_2_on TEXT, primary_3_on TEXT, additional_on TEXT,
    booster_1_on TEXT, booster_2_on TEXT, series_complete_on TEXT, last_dose_on TEXT, last_vaccine TEXT, barred_on
    TEXT, deferred_until TEXT, conditions TEXT
);
CREATE TABLE screening (
    id TEXT PRIMARY KEY, person_id TEXT NOT NULL, site_id TEXT NOT NULL, session_id TEXT, screened_on TEXT NOT
    NULL, outcome TEXT NOT NULL, reason TEXT, deferred_until TEXT, form TEXT, answers TEXT NOT NULL, author_id
    TEXT NOT NULL, recorded_on TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX screening_person ON screening (person_id);
CREATE TABLE reaction (
    id TEXT PRIMARY KEY, person_id TEXT NOT NULL, place_id TEXT NOT NULL, dose_id TEXT, onset_on TEXT NOT NULL,
    reported_on TEXT NOT NULL, severity TEXT NOT NULL, symptoms TEXT NOT NULL, treated_at TEXT, outcome TEXT,
    author_id TEXT NOT NULL, recorded_on TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX reaction_person ON reaction (person_id);
CREATE TABLE dose_opening (
    id TEXT PRIMARY KEY, province_id TEXT NOT NULL, age_group TEXT NOT NULL, dose_type TEXT NOT NULL, vaccines
    TEXT NOT NULL, opens_on TEXT NOT NULL, closes_on TEXT, interval_days INTEGER, interval_months INTEGER,
    covid_deferral_months INTEGER, condition TEXT, document TEXT NOT NULL, note TEXT
);
CREATE TABLE conflict (
    subject_id TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL, winner_id TEXT NOT NULL, loser_id TEXT
    NOT NULL, PRIMARY KEY (subject_id, kind, field, winner_id, loser_id)
);
"""

STOCK_AND_PLANS = """
CREATE TABLE session (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, held_on TEXT NOT NULL, session_type TEXT NOT NULL, point_name
    TEXT, closed INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX session_site ON session (site_id, held_on);
CREATE TABLE item (
    id TEXT PRIMARY KEY, province_id TEXT NOT NULL, code TEXT NOT NULL, name_vi TEXT NOT NULL, name_en TEXT
    NOT NULL, item_class TEXT NOT NULL, unit_vi TEXT NOT NULL, unit_en TEXT NOT NULL, vaccine TEXT,
    doses_per_vial INTEGER, thaw_days INTEGER, open_vial_hours INTEGER, source TEXT, status TEXT
);
CREATE TABLE lot (
    id TEXT PRIMARY KEY, item_id TEXT NOT NULL, lot_number TEXT NOT NULL, maker TEXT, label_expiry TEXT,
    expiry_precision TEXT, revisions TEXT NOT NULL, hold TEXT
);
CREATE TABLE stock_movement (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, lot_id TEXT NOT NULL, holding_id TEXT NOT NULL, state TEXT
    NOT NULL, thawed_on TEXT, vials INTEGER NOT NULL, reason TEXT NOT NULL, moved_on TEXT NOT NULL,
    counterpart_id TEXT, document TEXT, session_id TEXT, reverses_id TEXT, author_id TEXT NOT NULL
);
CREATE INDEX stock_movement_lot ON stock_movement (lot_id);
CREATE INDEX stock_movement_site ON stock_movement (site_id, moved_on);
CREATE TABLE stock_balance (
    holding_id TEXT PRIMARY KEY, site_id TEXT NOT NULL, lot_id TEXT NOT NULL, state TEXT NOT NULL, thawed_on
    TEXT, vials INTEGER NOT NULL
);
CREATE INDEX stock_balance_site ON stock_balance (site_id);
CREATE INDEX stock_balance_lot ON stock_balance (lot_id);
CREATE TABLE stock_count (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, as_of TEXT NOT NULL, note TEXT, author_id TEXT NOT NULL,
    corrected_by TEXT );
CREATE INDEX stock_count_site ON stock_count (site_id, as_of);
CREATE TABLE stock_count_line (
    count_id TEXT NOT NULL REFERENCES stock_count (id) ON DELETE CASCADE, line_no INTEGER NOT NULL,
    holding_id TEXT NOT NULL, lot_id TEXT NOT NULL, state TEXT NOT NULL, thawed_on TEXT, vials INTEGER, vvm
    INTEGER, PRIMARY KEY (count_id, line_no)
);
CREATE TABLE place (
    id TEXT PRIMARY KEY, level TEXT NOT NULL, province_id TEXT NOT NULL, lat_e5 INTEGER, lon_e5 INTEGER,
    source TEXT );
CREATE TABLE place_version (
    place_id TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, name TEXT NOT NULL, unit_type TEXT NOT
    NULL, code TEXT, parent_id TEXT, health_parent_id TEXT, PRIMARY KEY (place_id, valid_from)
);
CREATE TABLE place_serves (place_id TEXT NOT NULL, village_id TEXT NOT NULL, PRIMARY KEY (place_id,
village_id)); CREATE TABLE place_succession (old_id TEXT NOT NULL, new_id TEXT NOT NULL, PRIMARY KEY (new_id,
old_id)); CREATE TABLE campaign (
    id TEXT PRIMARY KEY, province_id TEXT NOT NULL, name_vi TEXT NOT NULL, name_en TEXT NOT NULL, disease
    TEXT NOT NULL, document TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT
);
CREATE TABLE plan_target (
    id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, target_place_id TEXT NOT NULL, age_group TEXT NOT NULL,
    dose_type TEXT NOT NULL, due_on TEXT NOT NULL, planned_people INTEGER NOT NULL, document TEXT NOT NULL,
    valid_from TEXT NOT NULL, status TEXT
);
CREATE TABLE population (
    return_id TEXT NOT NULL, age_group TEXT NOT NULL, commune_id TEXT NOT NULL, period TEXT NOT NULL, opening
    INTEGER, current INTEGER, source TEXT NOT NULL, as_of TEXT NOT NULL, corrected_by TEXT, PRIMARY KEY
    (return_id, age_group) );
CREATE INDEX population_commune ON population (commune_id);
"""

AFFAIRS = """
CREATE TABLE matter (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, place_id TEXT NOT NULL, topic TEXT, text TEXT NOT NULL, ask TEXT,
    people INTEGER, area TEXT, from_on TEXT, due_on TEXT, urgent INTEGER NOT NULL, author_id TEXT NOT NULL,
    told_on TEXT NOT NULL, told_at TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX matter_place ON matter (place_id);
CREATE TABLE answer (
    id TEXT PRIMARY KEY, matter_id TEXT NOT NULL, matter_kind TEXT NOT NULL, place_id TEXT NOT NULL, action
    TEXT NOT NULL, text TEXT, support TEXT, author_id TEXT NOT NULL, told_at TEXT NOT NULL, corrected_by TEXT
);
CREATE INDEX answer_matter ON answer (matter_id);
CREATE TABLE report_review (
    id TEXT PRIMARY KEY, report_id TEXT NOT NULL, unit_id TEXT NOT NULL, judged_id TEXT NOT NULL, verdict TEXT
    NOT NULL, cell TEXT, about TEXT, text TEXT, settles TEXT NOT NULL, author_id TEXT NOT NULL, said_at TEXT NOT NULL,
    corrected_by TEXT );
CREATE INDEX report_review_report ON report_review (report_id);
CREATE TABLE report_answer (
    id TEXT PRIMARY KEY, report_id TEXT NOT NULL, review_id TEXT NOT NULL, text TEXT NOT NULL, author_id TEXT
    NOT NULL, said_at TEXT NOT NULL, corrected_by TEXT );
CREATE INDEX report_answer_report ON report_answer (report_id);
CREATE TABLE seen (entry_id TEXT PRIMARY KEY);
"""

#: Stock whole. Movements come from several kinds of entries, each with the subject that owns its rows; the balance
#: is their sum, with the vial monitor as last seen.
STOCK = """
ALTER TABLE item ADD COLUMN open_vial_rule TEXT;
ALTER TABLE item ADD COLUMN open_vial_days INTEGER;
ALTER TABLE item ADD COLUMN vvm_type TEXT;
ALTER TABLE item ADD COLUMN pack_size INTEGER;
ALTER TABLE item ADD COLUMN diluent_id TEXT;
ALTER TABLE item ADD COLUMN least INTEGER;
ALTER TABLE item ADD COLUMN warn_days INTEGER;
ALTER TABLE item ADD COLUMN gtin TEXT;
ALTER TABLE stock_count_line ADD COLUMN opened_on TEXT;
ALTER TABLE stock_count_line ADD COLUMN doses INTEGER;
ALTER TABLE stock_count_line ADD COLUMN condition TEXT;
ALTER TABLE stock_count_line ADD COLUMN solution TEXT;
ALTER TABLE stock_count_line ADD COLUMN note TEXT;
CREATE INDEX stock_count_line_holding ON stock_count_line (holding_id);
DROP TABLE stock_balance;
DROP TABLE stock_movement;
CREATE TABLE stock_movement (
    id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, unit_id TEXT NOT NULL, site_id TEXT NOT NULL, lot_id TEXT NOT NULL,
    holding_id TEXT NOT NULL, state TEXT NOT NULL, thawed_on TEXT, opened_on TEXT, vials INTEGER NOT NULL, doses
    INTEGER NOT NULL, reason TEXT NOT NULL, moved_on TEXT NOT NULL, counterpart_id TEXT, document TEXT, session_id
    TEXT, reverses_id TEXT, transfer_id TEXT, count_id TEXT, vvm INTEGER, idle INTEGER NOT NULL, author_id TEXT NOT
    NULL, note TEXT
);
CREATE INDEX stock_movement_unit ON stock_movement (unit_id);
CREATE INDEX stock_movement_holding ON stock_movement (holding_id);
CREATE INDEX stock_movement_site ON stock_movement (site_id, moved_on);
CREATE VIEW monitor AS
    SELECT l.holding_id, c.as_of AS seen_on, l.vvm FROM stock_count_line l JOIN stock_count c ON c.id = l.count_id
    WHERE l.vvm IS NOT NULL AND c.corrected_by IS NULL
    UNION ALL
    SELECT holding_id, moved_on, vvm FROM stock_movement
    WHERE vvm IS NOT NULL AND idle = 0 AND (vials > 0 OR transfer_id IS NULL);
CREATE VIEW stock_balance AS
    SELECT m.holding_id, m.site_id, m.lot_id, m.state, m.thawed_on, m.opened_on,
           sum(CASE WHEN m.idle THEN 0 ELSE m.vials END) AS vials,
           sum(CASE WHEN m.idle THEN 0 ELSE m.doses END) AS doses,
           (SELECT v.vvm FROM monitor v WHERE v.holding_id = m.holding_id ORDER BY v.seen_on DESC, v.vvm DESC LIMIT 1)
               AS vvm,
           (SELECT max(v.seen_on) FROM monitor v WHERE v.holding_id = m.holding_id) AS vvm_on
    FROM stock_movement m GROUP BY m.holding_id, m.site_id, m.lot_id, m.state, m.thawed_on, m.opened_on;
CREATE TABLE transfer (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL, destination_id TEXT NOT NULL, ordered_id TEXT, ordered_on TEXT,
    ordered_by TEXT, purpose TEXT NOT NULL, dispatch_by TEXT, arrive_by TEXT, document TEXT, reason TEXT, saves
    INTEGER, saves_from INTEGER, saves_to INTEGER, allocation_id TEXT, recall_id TEXT, proposal_id TEXT, decision
    TEXT, decided_on TEXT, decided_by TEXT, decision_reason TEXT, dispatched_on TEXT, received_on TEXT, all_here
    INTEGER NOT NULL
);
CREATE TABLE transfer_line (
    transfer_id TEXT NOT NULL, line_no INTEGER NOT NULL, lot_id TEXT NOT NULL, state TEXT NOT NULL, thawed_on TEXT,
    ordered INTEGER NOT NULL, dispatched INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
    lost INTEGER NOT NULL, back INTEGER NOT NULL, PRIMARY KEY (transfer_id, line_no)
);
CREATE TABLE transfer_document (
    id TEXT PRIMARY KEY, transfer_id TEXT NOT NULL, kind TEXT NOT NULL, written_on TEXT NOT NULL, document TEXT,
    author_id TEXT NOT NULL, detail TEXT NOT NULL, corrected_by TEXT, idle INTEGER NOT NULL
);
CREATE INDEX transfer_document_of ON transfer_document (transfer_id);
CREATE TABLE allocation (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, source_id TEXT, item_id TEXT NOT NULL, vials INTEGER NOT NULL, by_on
    TEXT NOT NULL, document TEXT NOT NULL, campaign_id TEXT, reason TEXT, withdrawn TEXT, lot_id TEXT, use_by TEXT,
    weekly INTEGER
);
CREATE TABLE recall (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, item_id TEXT NOT NULL, lot_id TEXT, vials INTEGER NOT NULL, deadline
    TEXT NOT NULL, allocation_id TEXT, destination_id TEXT, cause TEXT NOT NULL, status TEXT NOT NULL, document TEXT,
    reason TEXT
);
CREATE TABLE stock_level (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, item_id TEXT NOT NULL, least INTEGER, most INTEGER, document TEXT
);
CREATE TABLE equipment (
    id TEXT PRIMARY KEY, site_id TEXT NOT NULL, item_id TEXT NOT NULL, serial TEXT, pieces INTEGER, received_on TEXT,
    funding TEXT, condition TEXT NOT NULL, in_use INTEGER, solution TEXT, plan_after TEXT, decided TEXT, document
    TEXT, gone TEXT, note TEXT
);
CREATE INDEX equipment_site ON equipment (site_id);
INSERT INTO meta (name, value) SELECT 'project_again', '1' FROM meta WHERE name = 'ready' AND value = '1';
"""

#: A day in the field: how observations after a dose ended, who speaks what, who may be written down twice.
FIELD_DAY = """
CREATE TABLE observation (
    id TEXT PRIMARY KEY, person_id TEXT NOT NULL, site_id TEXT NOT NULL, dose_id TEXT NOT NULL, session_id TEXT,
    ended_on TEXT NOT NULL, result TEXT NOT NULL, minutes INTEGER, note TEXT, author_id TEXT NOT NULL, recorded_on TEXT
    NOT NULL, corrected_by TEXT );
CREATE INDEX observation_person ON observation (person_id);
CREATE INDEX observation_dose ON observation (dose_id);
CREATE INDEX dose_day ON dose (given_on);
CREATE INDEX reaction_dose ON reaction (dose_id) WHERE dose_id IS NOT NULL;
ALTER TABLE entry RENAME TO entry_unpacked;
CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    place TEXT NOT NULL,
    device_seq INTEGER NOT NULL,
    occurred_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    corrects TEXT,
    payload PACKED NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('own', 'pulled')),
    readable INTEGER NOT NULL DEFAULT 1,
    chain BLOB,
    outcome TEXT CHECK (outcome IN ('accepted', 'duplicate', 'held', 'refused')),
    faults TEXT NOT NULL DEFAULT '[]',
    flags TEXT NOT NULL DEFAULT '[]'
);
INSERT INTO entry SELECT number, id, kind, subject, place, device_seq, occurred_on, recorded_at, corrects,
    pack(payload), origin, readable, chain, outcome, faults, flags FROM entry_unpacked;
DROP TABLE entry_unpacked;
CREATE INDEX entry_subject ON entry (subject, kind);
CREATE INDEX entry_corrects ON entry (corrects) WHERE corrects IS NOT NULL;
CREATE UNIQUE INDEX entry_own ON entry (device_seq) WHERE origin = 'own';
CREATE INDEX entry_outbox ON entry (device_seq) WHERE origin = 'own' AND outcome IS NULL;
CREATE INDEX entry_outcome ON entry (outcome) WHERE origin = 'own';
DROP TABLE immunisation;
CREATE TABLE immunisation (
    person_id TEXT PRIMARY KEY, primary_1_on TEXT, primary_2_on TEXT, primary_3_on TEXT, additional_on TEXT,
    booster_1_on TEXT, booster_2_on TEXT, series_complete_on TEXT, last_dose_on TEXT, last_vaccine TEXT, barred_on
    TEXT, deferred_until TEXT, conditions TEXT
) WITHOUT ROWID;
CREATE TABLE watch (dose_id TEXT PRIMARY KEY, given_s REAL NOT NULL);
ALTER TABLE person ADD COLUMN language TEXT;
ALTER TABLE person ADD COLUMN guardian_relation TEXT;
ALTER TABLE person ADD COLUMN interpreter INTEGER;
CREATE TABLE report (
    id TEXT PRIMARY KEY, unit_id TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, first_on TEXT NOT NULL,
    last_on TEXT NOT NULL, campaign_id TEXT, rows TEXT NOT NULL, nothing_held INTEGER NOT NULL, plan_document TEXT,
    plan_valid_from TEXT, counted_at TEXT NOT NULL, heads TEXT NOT NULL
);
CREATE TABLE report_layout (
    id TEXT PRIMARY KEY, province_id TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    status TEXT NOT NULL, columns TEXT NOT NULL
);
ALTER TABLE person ADD COLUMN match_key TEXT;
CREATE INDEX person_match ON person (match_key);
CREATE INDEX person_number ON person (id_number) WHERE id_number IS NOT NULL;
CREATE INDEX household_lane ON household (village_id, lane);
DROP INDEX person_counts;
CREATE INDEX person_counts ON person (village_id, residence, next_dose, due_on, merged_into);
DROP INDEX visit_outcome_person;
CREATE INDEX visit_outcome_person ON visit_outcome (person_id, visit_id);
CREATE INDEX visit_outcome_awaited ON visit_outcome (person_id)
    WHERE appointment_on IS NOT NULL OR transport_need = 1 OR outcome IN ('refused', 'hesitant');
INSERT OR IGNORE INTO meta (name, value) SELECT 'project_again', '1' FROM meta WHERE name = 'ready' AND value = '1';
"""

MIGRATIONS: tuple[str, ...] = (ENTRIES + REGISTERS + STOCK_AND_PLANS + AFFAIRS, STOCK, FIELD_DAY)

#: Tables that are made again from entries.
PROJECTED = (
    "same_person",
    "household",
    "person",
    "visit_outcome",
    "visit",
    "dose",
    "immunisation",
    "screening",
    "reaction",
    "observation",
    "dose_opening",
    "conflict",
    "session",
    "item",
    "lot",
    "stock_movement",
    "transfer_line",
    "transfer_document",
    "transfer",
    "allocation",
    "recall",
    "stock_level",
    "equipment",
    "stock_count_line",
    "stock_count",
    "place",
    "place_version",
    "place_serves",
    "place_succession",
    "campaign",
    "plan_target",
    "population",
    "matter",
    "answer",
    "report_review",
    "report_answer",
    "report",
    "report_layout",
)


def migrate(connection: Connection) -> None:
    """Bring a database to the newest numbered migration; each runs whole or not at all."""
    at = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.create_function("pack", 1, pack)
    for number, script in enumerate(MIGRATIONS[at:], start=at + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
