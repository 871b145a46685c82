-- The journal: the only table that is written, and only ever appended to.
-- Everything else (open visits, fee lines, standings, balances) is derived from it.
--
-- prev_hash and hash chain the rows: hash = SHA-256 over prev_hash and every other
-- column of the row, so a changed, removed or inserted row is found by walking it.
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY CHECK (seq > 0),   -- 1, 2, 3 ... without a gap
    kind        TEXT NOT NULL CHECK (kind <> ''),
    area        TEXT NOT NULL,                         -- pooling area of the member (统筹区)
    psn_no      TEXT NOT NULL,                         -- member (人员编号)
    institution TEXT NOT NULL CHECK (institution <> ''),
    msgid       TEXT NOT NULL CHECK (msgid <> ''),
    infno       TEXT NOT NULL,                         -- transaction number
    input       TEXT NOT NULL,                         -- canonical text of what was asked
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    reply       BLOB NOT NULL,                         -- the bytes that were answered
    effects     TEXT NOT NULL,                         -- exactly what this event changed
    policy      TEXT NOT NULL,                         -- version of the rules that decided; '' = none
    recorded    TEXT NOT NULL,                         -- time told by the caller
    prev_hash   BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The idempotency key. A message is answered once; the same message again gets the stored reply.
CREATE UNIQUE INDEX event_message ON event (institution, msgid);

-- One member's history in order: for statements and for re-deciding a year.
CREATE INDEX event_member ON event (psn_no, seq);
