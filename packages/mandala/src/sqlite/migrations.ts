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
  // Where calls come from, what was noted of them, when they were last used. What an op comes to stands with it: counting a million calls takes
  // a second. `aliases` holds the names that an op (input '') or an input was given, oldest first, by those under which they are stored.
  `
  CREATE TABLE processes (
    id INTEGER PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started_ms INTEGER NOT NULL, program TEXT NOT NULL, package TEXT, git_commit TEXT,
    UNIQUE (host, pid, started_ms, program)
  );
  ALTER TABLE calls ADD COLUMN process INTEGER REFERENCES processes;
  ALTER TABLE calls ADD COLUMN is_adopted INTEGER;
  ALTER TABLE calls ADD COLUMN notes TEXT;
  ALTER TABLE calls ADD COLUMN used_day INTEGER;
  ALTER TABLE vals ADD COLUMN op INTEGER REFERENCES ops;
  ALTER TABLE ops ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ops ADD COLUMN duration_us INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ops ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ops ADD COLUMN used_ms INTEGER;
  CREATE TABLE op_notes (op INTEGER NOT NULL REFERENCES ops, name TEXT NOT NULL, total REAL NOT NULL, PRIMARY KEY (op, name)) WITHOUT ROWID;
  CREATE TABLE failures (
    id INTEGER PRIMARY KEY, op INTEGER NOT NULL REFERENCES ops, cid BLOB, inputs TEXT NOT NULL, error TEXT NOT NULL,
    started_ms INTEGER NOT NULL, duration_us INTEGER NOT NULL, process INTEGER NOT NULL REFERENCES processes
  );
  CREATE TABLE tags (target BLOB NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (target, name)) WITHOUT ROWID;
  CREATE INDEX tags_by_name ON tags (name, value);
  CREATE TABLE aliases (id INTEGER PRIMARY KEY, op TEXT NOT NULL, input TEXT NOT NULL, name TEXT NOT NULL);
  INSERT INTO counters VALUES ('aliases', 0);
  CREATE TEMP TABLE makers AS
    SELECT refs.val AS val, min(io.call) AS call FROM io JOIN refs ON refs.id = io.ref JOIN calls ON calls.id = io.call JOIN ops ON ops.id = calls.op
    WHERE io.slot < 0 AND ops.name NOT LIKE '\\_\\_%' ESCAPE '\\' GROUP BY refs.val;
  CREATE INDEX temp.makers_by_val ON makers (val);
  UPDATE vals SET op = (SELECT calls.op FROM makers JOIN calls ON calls.id = makers.call WHERE makers.val = vals.id);
  DROP TABLE makers;
  UPDATE ops SET calls = total.calls, duration_us = total.duration_us, used_ms = total.used_ms
    FROM (SELECT op, count(*) AS calls, sum(duration_us) AS duration_us, max(started_ms) AS used_ms FROM calls GROUP BY op) AS total WHERE total.op = ops.id;
  UPDATE ops SET bytes = total.bytes FROM (SELECT op, sum(size) AS bytes FROM vals GROUP BY op) AS total WHERE total.op = ops.id;
  `,
]

/** Stores from this format on can be read as they are, where they may not be written. */
export const READABLE_FROM = 2

/** Shows an older store, from {@link READABLE_FROM} on, as one of today's format, to who only reads. */
export const VIEWS = `
  CREATE TEMP VIEW calls AS SELECT *, NULL AS process, NULL AS is_adopted, NULL AS notes, NULL AS used_day FROM main.calls;
  CREATE TEMP VIEW vals AS SELECT *, NULL AS op FROM main.vals;
  CREATE TEMP VIEW ops AS SELECT id, name, version, count(calls.op) AS calls, ifnull(sum(duration_us), 0) AS duration_us, 0 AS bytes, max(started_ms) AS used_ms
    FROM main.ops LEFT JOIN (SELECT op, duration_us, started_ms FROM main.calls) AS calls ON calls.op = ops.id GROUP BY ops.id;
  CREATE TEMP TABLE processes (id, host, pid, started_ms, program, package, git_commit);
  CREATE TEMP TABLE op_notes (op, name, total);
  CREATE TEMP TABLE failures (id, op, cid, inputs, error, started_ms, duration_us, process);
  CREATE TEMP TABLE tags (target, name, value);
  CREATE TEMP TABLE aliases (id, op, input, name);
`

/** Brings a store to today's format. Call it within a write transaction. */
export function migrate(db: DatabaseSync, from: number): void {
  for (const step of MIGRATIONS.slice(from)) db.exec(step)
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`)
}
