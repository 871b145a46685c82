-- The accounts. An event of version 2 seals what it moves: `postings` is the SHA-256 of its
-- transaction, or empty where nothing moves, and its hash covers both columns. Events of version 1
-- were sealed before there were accounts and stay as they are.
ALTER TABLE event ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version IN (1, 2));
ALTER TABLE event ADD COLUMN postings BLOB NOT NULL DEFAULT x'' CHECK (length(postings) IN (0, 32));

-- No query goes by member, and every settlement paid for it.
DROP INDEX event_member;

-- Postings, derived from the events and only ever appended to, in the order of the events. The person, by
-- whom a larger store divides the table, is whose account it is or, for an account that is no person's,
-- the member of the event. Days are counted from 1970-01-01, the moment of recording in milliseconds from then.
CREATE TABLE posting (
    event      INTEGER NOT NULL CHECK (event > 0),
    line       INTEGER NOT NULL CHECK (line >= 0),    -- place in the transaction: 0, 1, 2 ...
    person     TEXT NOT NULL CHECK (person <> ''),
    account    TEXT NOT NULL CHECK (account <> ''),
    amount     INTEGER NOT NULL CHECK (amount <> 0),  -- fen; a debit is positive, a credit negative
    kind       TEXT NOT NULL CHECK (kind <> ''),
    concerns   INTEGER CHECK (concerns > 0 AND concerns <> event),
    effective  INTEGER NOT NULL,
    accounting INTEGER NOT NULL CHECK (accounting >= effective),
    recorded   INTEGER NOT NULL,
    PRIMARY KEY (event, line)
) STRICT, WITHOUT ROWID;

-- The head of each day's Merkle tree over the hashes of its events; derived from them.
CREATE TABLE day_head (
    day   TEXT NOT NULL PRIMARY KEY CHECK (day <> ''),
    first INTEGER NOT NULL CHECK (first > 0),         -- number of the day's first event
    size  INTEGER NOT NULL CHECK (size > 0),          -- how many follow without a gap, that one included
    root  BLOB NOT NULL CHECK (length(root) = 32)
) STRICT, WITHOUT ROWID;
