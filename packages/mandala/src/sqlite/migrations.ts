import type { DatabaseSync } from 'node:sqlite'

/** Marks a SQLite file as ours ("mndl"). */
export const APPLICATION_ID = 0x6d6e646c

/**
 * One entry a format, oldest first; a store of format n has had the first n. An entry that was released never changes.
 *
 * Ids are 20-byte blobs under a UNIQUE index, and tables refer to each other by integer: several times faster to write than tables
 * keyed by hash. `io` holds a call's refs by slot, inputs from 0 up and outputs from -1 down.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE ops (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version REAL NOT NULL, UNIQUE (name, version));
  CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE vals (
    id INTEGER PRIMARY KEY, cid BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, digits INTEGER, name TEXT,
    place INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB
  );
  CREATE TABLE refs (id INTEGER PRIMARY KEY, hid BLOB NOT NULL UNIQUE, val INTEGER NOT NULL REFERENCES vals);
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY, hid BLOB NOT NULL UNIQUE, cid BLOB NOT NULL, op INTEGER NOT NULL REFERENCES ops,
    started_ms INTEGER NOT NULL, duration_us INTEGER NOT NULL, is_tuple INTEGER NOT NULL
  );
  CREATE INDEX calls_by_content ON calls (cid);
  CREATE INDEX calls_by_op ON calls (op);
  CREATE TABLE io (
    call INTEGER NOT NULL REFERENCES calls, slot INTEGER NOT NULL, label INTEGER NOT NULL REFERENCES labels, ref INTEGER NOT NULL REFERENCES refs,
    PRIMARY KEY (call, slot)
  ) WITHOUT ROWID;
  CREATE INDEX io_by_ref ON io (ref);
  CREATE TABLE inner_calls (
    outer_call INTEGER NOT NULL REFERENCES calls, inner_call INTEGER NOT NULL REFERENCES calls, PRIMARY KEY (outer_call, inner_call)
  ) WITHOUT ROWID;
  CREATE INDEX inner_calls_by_inner ON inner_calls (inner_call);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('deletions', 0);
  `,
  // `semantic` and `parent` are commits of the same component; `pre_hid` and `pre_cid` are a call's ids without its code.
  `
  CREATE TABLE components (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER REFERENCES commits);
  CREATE TABLE commits (
    id INTEGER PRIMARY KEY, component INTEGER NOT NULL REFERENCES components, hash TEXT NOT NULL, parent TEXT, semantic TEXT NOT NULL,
    source TEXT NOT NULL, created_ms INTEGER NOT NULL, UNIQUE (component, hash)
  );
  CREATE TABLE versions (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, op TEXT NOT NULL);
  CREATE TABLE version_commits (
    version INTEGER NOT NULL REFERENCES versions, commit_id INTEGER NOT NULL REFERENCES commits, PRIMARY KEY (version, commit_id)
  ) WITHOUT ROWID;
  ALTER TABLE calls ADD COLUMN version INTEGER REFERENCES versions;
  ALTER TABLE calls ADD COLUMN pre_hid BLOB;
  ALTER TABLE calls ADD COLUMN pre_cid BLOB;
  CREATE INDEX calls_by_pre_hid ON calls (pre_hid) WHERE pre_hid IS NOT NULL;
  CREATE INDEX calls_by_pre_cid ON calls (pre_cid) WHERE pre_cid IS NOT NULL;
  CREATE INDEX calls_by_version ON calls (version) WHERE version IS NOT NULL;
  INSERT INTO counters VALUES ('code', 0);
  `,
  // The call that made a ref is found beside any number that use it: a pattern over 100,000 calls, 200 uses a ref, takes a tenth of the time.
  `
  DROP INDEX io_by_ref;
  CREATE INDEX io_by_ref ON io (ref, slot);
  `,
]

/** Stores from this format on can be read as they are, where they may not be written. */
export const READABLE_FROM = 2

/** Brings a store to today's format. Call it within a write transaction. */
export function migrate(db: DatabaseSync, from: number): void {
  for (const step of MIGRATIONS.slice(from)) db.exec(step)
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`)
}
