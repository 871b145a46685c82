-- The journal on a server that several nodes write to. Whose row it is stands first in every key that a
-- settlement writes, so that a cluster can divide the tables by person; nothing refers to another person's
-- row. Names are compared byte by byte, as the program sorts them.

-- What is known of a person, and what is locked while a batch settles the person. Revision 0: never seen.
CREATE TABLE person (
    person   text COLLATE "C" NOT NULL PRIMARY KEY,
    revision bigint NOT NULL CHECK (revision >= 0),        -- how many events there were
    packed   bytea NOT NULL                                -- the state after them; derived
) WITH (fillfactor = 80);

-- The truth: only ever appended to.
CREATE TABLE event (
    person     text COLLATE "C" NOT NULL,
    revision   bigint NOT NULL CHECK (revision > 0),       -- which event of the member
    number     bigint NOT NULL CHECK (number > 0),         -- 1, 2, 3 ... after the base of its stream
    visit      bigint NOT NULL CHECK (visit >= 0),         -- number of the event that began the visit; 0 = none
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    dictionary bigint NOT NULL,
    after      bytea NOT NULL,                             -- its persons after it; derived
    body       bytea NOT NULL,
    PRIMARY KEY (person, revision)
);
ALTER TABLE event ALTER COLUMN body SET STORAGE EXTERNAL;  -- is packed already

-- The events of a visit, and a stream in its order. A number is distinct because its stream is.
CREATE INDEX event_visit ON event (person, visit) WHERE visit > 0;
CREATE INDEX event_number ON event (number);

-- Postings, derived from the events, for questions. The person is whose account it is or, for an account
-- that is no person's, the member. Days are counted from 1970-01-01, `recorded` in milliseconds from then.
-- What an event does to one person's accounts is one row, since a row and its keys cost more than what is in it.
CREATE TABLE posting (
    person     text COLLATE "C" NOT NULL,
    event      bigint NOT NULL CHECK (event > 0),
    lines      integer[] NOT NULL,                         -- places in the transaction: 0, 1, 2 ...
    accounts   text[] NOT NULL,                            -- of each line
    amounts    bigint[] NOT NULL,                          -- of each, in fen; a debit is positive, a credit negative
    kind       text NOT NULL CHECK (kind <> ''),
    concerns   bigint CHECK (concerns > 0 AND concerns <> event),
    effective  integer NOT NULL,
    accounting integer NOT NULL CHECK (accounting >= effective),
    recorded   bigint NOT NULL,
    CHECK (cardinality(lines) = cardinality(accounts) AND cardinality(lines) = cardinality(amounts)),
    PRIMARY KEY (person, event)
);
-- The postings of many events, as they are proved.
CREATE INDEX posting_event ON posting (event);

-- The same with a row for each line, for whoever asks in SQL.
CREATE VIEW posting_line AS
    SELECT person, event, line, account, amount, kind, concerns, effective, accounting, recorded
    FROM posting CROSS JOIN LATERAL unnest(lines, accounts, amounts) AS l (line, account, amount);

-- The idempotency key, with where the answer is. Derived.
CREATE TABLE message_claim (
    institution text COLLATE "C" NOT NULL,
    msgid       text COLLATE "C" NOT NULL,
    person      text COLLATE "C" NOT NULL,
    revision    bigint NOT NULL,
    number      bigint NOT NULL,
    PRIMARY KEY (institution, msgid)
);

-- One row for each stream of events, and which node writes it: the node that holds it changes the row in
-- every commit, so whoever lost it cannot commit. It is taken over when `until` has passed.
CREATE TABLE stream (
    base     bigint NOT NULL PRIMARY KEY CHECK (base >= 0),  -- the number before its first event
    holder   text,
    until    timestamptz NOT NULL,
    number   bigint NOT NULL CHECK (number >= base),         -- its last event
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    closings bigint NOT NULL DEFAULT 0                       -- grows when anybody closes a period
) WITH (fillfactor = 50);

-- The head of each day's Merkle tree over the hashes of a stream's events. Derived.
CREATE TABLE day_head (
    base  bigint NOT NULL,
    day   text COLLATE "C" NOT NULL CHECK (day <> ''),
    first bigint NOT NULL CHECK (first > base),              -- number of the day's first event
    size  bigint NOT NULL CHECK (size > 0),                  -- how many follow without a gap, that one included
    root  bytea NOT NULL CHECK (length(root) = 32),
    peaks bytea NOT NULL,                                    -- what is needed to go on with the tree
    PRIMARY KEY (base, day)
) WITH (fillfactor = 50);

CREATE TABLE dictionary (
    id    bigint NOT NULL PRIMARY KEY,
    place bigserial NOT NULL,                                -- about the order in which they were made
    bytes bytea NOT NULL
);

-- The area's books are closed up to and with this day (counted from 1970-01-01). Derived.
CREATE TABLE period (
    area    text COLLATE "C" NOT NULL PRIMARY KEY,
    through integer NOT NULL
);

-- How persons were folded; one row. Derived.
CREATE TABLE edition (
    edition text NOT NULL PRIMARY KEY
);
