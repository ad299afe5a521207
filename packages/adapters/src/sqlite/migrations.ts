/** The database's shape, as numbered steps. A step that was released is never edited; a new shape is a new step. */

/** One step; the version that it leads to is its place in the list, counted from 1. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/*
 * Notes on the shape.
 * - Instants are texts of one form, so they compare as texts. Flags are 0 or 1.
 * - Events are never deleted, and neither their bytes nor a request's can be changed: the triggers refuse it.
 * - What is looked for again and again ("open", "parked", "undelivered") has a partial index of those rows alone, so
 *   that its cost follows what is open and not what is stored.
 */

const ORDERS_AND_EVENTS = `
CREATE TABLE orders (
  order_id         TEXT NOT NULL PRIMARY KEY,
  seq              INTEGER NOT NULL CHECK (seq > 0),
  snapshot         TEXT NOT NULL,
  wake_at          TEXT,
  is_sending       INTEGER NOT NULL CHECK (is_sending IN (0, 1)),
  word             TEXT NOT NULL,
  currency         TEXT NOT NULL,
  has_open_command INTEGER NOT NULL CHECK (has_open_command IN (0, 1))
) STRICT;
CREATE INDEX orders_by_word ON orders (word, order_id);
CREATE INDEX orders_by_wake_up ON orders (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX orders_sending ON orders (order_id) WHERE is_sending = 1;

CREATE TABLE events (
  arrival     INTEGER NOT NULL PRIMARY KEY,
  order_id    TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  type        TEXT NOT NULL,
  body        TEXT NOT NULL,
  body_hash   TEXT NOT NULL,
  accepted_at TEXT NOT NULL,
  plan_hash   TEXT,
  status      TEXT NOT NULL CHECK (status IN ('accepted', 'waiting', 'parked', 'decided', 'dead_lettered')),
  try_count   INTEGER NOT NULL,
  retry_at    TEXT,
  reason      TEXT,
  UNIQUE (order_id, event_id)
) STRICT;
CREATE INDEX events_open ON events (order_id, arrival, type) WHERE status IN ('accepted', 'waiting');
CREATE INDEX events_parked ON events (accepted_at) WHERE status = 'parked';
CREATE TRIGGER events_keep_their_bytes
BEFORE UPDATE OF order_id, event_id, type, body, body_hash ON events
BEGIN SELECT RAISE(ABORT, 'an event keeps its bytes'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE decisions (
  arrival    INTEGER NOT NULL PRIMARY KEY REFERENCES events (arrival),
  decided_at TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  decision   TEXT NOT NULL
) STRICT;
`

const COMMANDS = `
CREATE TABLE requests (
  command_id      TEXT NOT NULL,
  generation      INTEGER NOT NULL CHECK (generation >= 0),
  order_id        TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  method          TEXT NOT NULL CHECK (method IN ('POST', 'PATCH')),
  path            TEXT NOT NULL,
  body            TEXT,
  hash            TEXT NOT NULL,
  PRIMARY KEY (command_id, generation)
) STRICT;
CREATE INDEX requests_by_order ON requests (order_id);
CREATE TRIGGER requests_keep_their_bytes BEFORE UPDATE ON requests
BEGIN SELECT RAISE(ABORT, 'a request keeps its key and its bytes'); END;

CREATE TABLE attempts (
  command_id     TEXT NOT NULL,
  generation     INTEGER NOT NULL,
  attempt        INTEGER NOT NULL CHECK (attempt > 0),
  started_at     TEXT NOT NULL,
  answered_at    TEXT,
  outcome        TEXT,
  correlation_id TEXT,
  PRIMARY KEY (command_id, generation, attempt),
  FOREIGN KEY (command_id, generation) REFERENCES requests (command_id, generation),
  CHECK ((answered_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE buckets (
  bucket TEXT NOT NULL PRIMARY KEY,
  total  INTEGER NOT NULL CHECK (total >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
  command_id TEXT NOT NULL,
  bucket     TEXT NOT NULL REFERENCES buckets (bucket),
  amount     INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (command_id, bucket)
) STRICT, WITHOUT ROWID;
`

const PEOPLE = `
CREATE TABLE work (
  number     INTEGER NOT NULL PRIMARY KEY,
  id         TEXT NOT NULL,
  order_id   TEXT NOT NULL,
  kind       TEXT NOT NULL,
  opened_at  TEXT NOT NULL,
  what       TEXT NOT NULL,
  next       TEXT NOT NULL,
  event_id   TEXT,
  command_id TEXT,
  details    TEXT,
  closed_at  TEXT,
  closed_by  TEXT,
  closed_why TEXT
) STRICT;
CREATE UNIQUE INDEX work_open_by_id ON work (id) WHERE closed_at IS NULL;
CREATE INDEX work_open_by_order ON work (order_id, number) WHERE closed_at IS NULL;

CREATE TABLE notices (
  number       INTEGER NOT NULL PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  order_id     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  message      TEXT NOT NULL,
  delivered_at TEXT
) STRICT;
CREATE INDEX notices_undelivered ON notices (number) WHERE delivered_at IS NULL;

CREATE TABLE stops (
  number     INTEGER NOT NULL PRIMARY KEY,
  scope      TEXT NOT NULL,
  set_by     TEXT NOT NULL,
  why        TEXT NOT NULL,
  set_at     TEXT NOT NULL,
  cleared_at TEXT,
  cleared_by TEXT
) STRICT;
CREATE UNIQUE INDEX stops_standing ON stops (scope) WHERE cleared_at IS NULL;

CREATE TABLE rule_sets (
  name     TEXT NOT NULL,
  version  TEXT NOT NULL,
  hash     TEXT NOT NULL,
  content  TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT;
`

/*
 * One row per order with an open event, saying when the first of them is due, or the first of staff when that is sooner:
 * those behind cannot be decided before. `is_immediate` means at once, whatever the clock says; `due_at` then says since
 * when, for the order of service. The row follows from the events and is written with them; the insert makes it for a
 * database that did not have it.
 */
const HEADS_AND_ENGINE = `
CREATE TABLE heads (
  order_id     TEXT NOT NULL PRIMARY KEY,
  is_immediate INTEGER NOT NULL CHECK (is_immediate IN (0, 1)),
  due_at       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX heads_in_order ON heads (is_immediate, due_at);
INSERT INTO heads (order_id, is_immediate, due_at)
SELECT order_id, MAX(retry_at IS NULL), COALESCE(MIN(IIF(retry_at IS NULL, accepted_at, NULL)), MIN(retry_at))
FROM events
WHERE arrival IN (
  SELECT MIN(arrival) FROM events WHERE status IN ('accepted', 'waiting') GROUP BY order_id
  UNION ALL
  SELECT MIN(arrival) FROM events WHERE status IN ('accepted', 'waiting') AND type IN
    ('command.approved', 'command.rejected', 'command.resolved', 'command.resumed', 'books.confirmed')
  GROUP BY order_id)
GROUP BY order_id;

CREATE TABLE engine (
  id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch      INTEGER NOT NULL,
  pid        INTEGER NOT NULL,
  host       TEXT NOT NULL,
  started_at TEXT NOT NULL
) STRICT;
`

/*
 * When Klarna answers again, a stop is cleared, or an engine starts, what waits is looked for among what waits, not among
 * all orders.
 */
const WAITING = `
CREATE INDEX orders_waiting ON orders (wake_at, order_id) WHERE has_open_command = 1 AND wake_at IS NOT NULL;
CREATE INDEX orders_open ON orders (order_id) WHERE has_open_command = 1;
`

/*
 * `alert_at`: from when on an order has something that people should see before its time runs out; what it is, is told
 * from the order itself. Orders of before are looked at until they change next.
 */
const PEOPLE_IN_TIME = `
ALTER TABLE claims ADD COLUMN is_over_limit INTEGER NOT NULL DEFAULT 0 CHECK (is_over_limit IN (0, 1));

CREATE TABLE rule_days (
  rule        TEXT NOT NULL,
  day         TEXT NOT NULL,
  fired_count INTEGER NOT NULL CHECK (fired_count > 0),
  is_unusual  INTEGER NOT NULL DEFAULT 0 CHECK (is_unusual IN (0, 1)),
  PRIMARY KEY (rule, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE orders ADD COLUMN alert_at TEXT;
UPDATE orders SET alert_at = '1970-01-01T00:00:00.000Z' WHERE has_open_command = 1;
CREATE INDEX orders_by_alert ON orders (alert_at, order_id) WHERE alert_at IS NOT NULL;

CREATE INDEX events_waiting ON events (accepted_at) WHERE status = 'waiting';
CREATE INDEX work_by_order ON work (order_id, number);
`

/** Every step, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'orders, events, decisions, commands, work',
    sql: ORDERS_AND_EVENTS + COMMANDS + PEOPLE,
  },
  { name: 'what is due, and whose engine writes', sql: HEADS_AND_ENGINE },
  { name: 'what waits', sql: WAITING },
  { name: 'limits that people passed, how often rules fire, what runs out', sql: PEOPLE_IN_TIME },
]
