-- Events as rows that are only appended: what is looked up stands alone, the rest is packed into `body`
-- against a dictionary (see body.rs). Events that are there already are moved over by the program.
ALTER TABLE event RENAME TO event_before;

CREATE TABLE event (
    number     INTEGER PRIMARY KEY CHECK (number > 0),   -- 1, 2, 3 ... without a gap
    person     TEXT NOT NULL CHECK (person <> ''),       -- the member
    revision   INTEGER NOT NULL CHECK (revision > 0),    -- which event of the member
    visit      INTEGER NOT NULL CHECK (visit >= 0),      -- number of the event that began the visit; 0 = none
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    dictionary INTEGER NOT NULL,
    after      BLOB NOT NULL,                            -- its persons after it; derived, for recovery
    body       BLOB NOT NULL
) STRICT;

-- The events of a visit, for when it is no longer at hand. Visits are short, so new entries lie together.
CREATE INDEX event_visit ON event (visit) WHERE visit > 0;

CREATE TABLE dictionary (
    place INTEGER PRIMARY KEY,                           -- order in which they were made
    id    INTEGER NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;

-- The idempotency key. The end of a message number, which holds its time, comes first, so that new
-- entries lie together; whole keys are distinct all the same.
CREATE TABLE message (
    key    BLOB PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Persons in the order in which they came, so many to a row, written in turns: each row holds its
-- persons as they were after the event `through`, and later events say what they are since.
CREATE TABLE people (
    chunk   INTEGER PRIMARY KEY CHECK (chunk >= 0),
    through INTEGER NOT NULL CHECK (through >= 0),
    floor   INTEGER NOT NULL CHECK (floor >= 0),         -- all rows together hold everything up to this event
    packed  BLOB NOT NULL
) STRICT;

-- The area's books are closed up to and with this day (counted from 1970-01-01).
CREATE TABLE period (
    area    TEXT PRIMARY KEY NOT NULL,
    through INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How persons were folded; one row.
CREATE TABLE edition (
    edition TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- What is needed to go on with a day's tree. Postings now lie in the bodies of their events.
ALTER TABLE day_head ADD COLUMN peaks BLOB NOT NULL DEFAULT x'';
DROP TABLE posting;
