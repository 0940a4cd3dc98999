import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { invariant } from '../base/invariant.ts'
import type { MatchOp } from '../store/match.ts'
import type { StoredCode, StoredCommit, StoredDependency, StoredSlot, StoredVersion, VersionedResult, VersionUse } from '../store/store.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { kindAt } from './kinds.ts'
import { toNotes } from './notes.ts'

const VERSIONED = `
  SELECT calls.id, lower(hex(calls.hid)), lower(hex(calls.pre_cid)), lower(hex(versions.hash)), calls.started_ms, calls.duration_us, calls.is_tuple,
    labels.name, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind, calls.notes, calls.used_day
  FROM calls JOIN versions ON versions.id = calls.version JOIN io ON io.call = calls.id AND io.slot < 0
  JOIN labels ON labels.id = io.label JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val`
const LATEST_FIRST = 'ORDER BY calls.id DESC, io.slot DESC'
const BY_HISTORY = `${VERSIONED} WHERE calls.pre_hid = unhex(?) ${LATEST_FIRST}`
const BY_CONTENT = `${VERSIONED} WHERE calls.pre_cid = unhex(?) ${LATEST_FIRST}`

type Row = [
  call: number, hid: CallHistoryId, preCid: CallContentId, version: VersionId, startedAtMs: number, durationUs: number, isTuple: number,
  label: string, refHid: HistoryId, cid: ContentId, kind: number, notes: string | null, usedDay: number | null,
]

export function findVersioned(statements: Statements, id: { readonly hid: CallHistoryId } | { readonly cid: CallContentId }): VersionedResult[] {
  const rows = 'hid' in id ? allRows<Row>(statements.get(BY_HISTORY), id.hid) : allRows<Row>(statements.get(BY_CONTENT), id.cid)
  const results: (VersionedResult & { readonly outputs: StoredSlot[] })[] = []
  let last: number | undefined
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as Row
    const output = { name: row[7], hid: row[8], cid: row[9], kind: kindAt(row[10]) }
    if (row[0] === last) results.at(-1)?.outputs.push(output)
    else {
      const stored = { startedAtMs: row[4], durationMs: row[5] / 1000, isTuple: row[6] === 1, notes: toNotes(row[11]), usedDay: row[12] ?? undefined }
      results.push({ hid: row[1], cid: row[2], version: row[3], ...stored, outputs: [output] })
    }
    last = row[0]
  }
  return results
}

export function readCommits(statements: Statements): StoredCommit[] {
  const rows = allRows<[string, string, string | null, string, string, number]>(statements.get(`
    SELECT components.name, hash, parent, semantic, source, created_ms FROM commits JOIN components ON components.id = commits.component ORDER BY commits.id`))
  return rows.map(([component, hash, parent, semantic, source, createdAtMs]) => ({ component, hash, parent: parent ?? undefined, semantic, source, createdAtMs }))
}

export function readHeads(statements: Statements): Map<string, string> {
  return new Map(allRows<[string, string]>(statements.get('SELECT components.name, commits.hash FROM components JOIN commits ON commits.id = components.head')))
}

export function readVersions(statements: Statements): StoredVersion[] {
  const rows = allRows<[VersionId, string, string, string]>(statements.get(`
    SELECT lower(hex(versions.hash)), versions.op, components.name, commits.hash
    FROM versions JOIN version_commits ON version_commits.version = versions.id JOIN commits ON commits.id = version_commits.commit_id
    JOIN components ON components.id = commits.component ORDER BY versions.id, components.name`))
  return Array.from(Map.groupBy(rows, ([id]) => id), ([id, ofVersion]) => (
    { id, op: ofVersion[0]?.[1] as string, dependencies: ofVersion.map(([, , component, hash]) => ({ component, hash })) }))
}

export function countUses(statements: Statements): VersionUse[] {
  return allRows<[VersionId, number, number]>(statements.get(`
    SELECT lower(hex(versions.hash)), count(*), sum(calls.duration_us)
    FROM calls JOIN versions ON versions.id = calls.version WHERE calls.version IS NOT NULL GROUP BY calls.version ORDER BY calls.version`))
    .map(([version, calls, durationUs]) => ({ version, calls, durationMs: durationUs / 1000 }))
}

export function countCalls(statements: Statements, { name, version, code }: MatchOp): number {
  const ofOp = 'op IN (SELECT id FROM ops WHERE name = ? AND (? IS NULL OR version = ?))'
  const withCode = code ? 'AND version IN (SELECT versions.id FROM json_each(?) AS wanted JOIN versions ON versions.hash = unhex(wanted.value))' : ''
  const values = [name, version ?? null, version ?? null, ...(code ? [JSON.stringify(code.ids)] : [])]
  return firstRow<[number]>(statements.get(`SELECT count(*) FROM calls WHERE ${ofOp} ${withCode}`), ...values)?.[0] ?? 0
}

/** Contents that are there already keep what was decided of them. */
export function putCommits(statements: Statements, commits: readonly StoredCommit[]): void {
  for (const { component, hash, parent, semantic, source, createdAtMs } of commits) {
    statements.get('INSERT INTO components (name) VALUES (?) ON CONFLICT DO NOTHING').run(component)
    statements
      .get(`
        INSERT INTO commits (component, hash, parent, semantic, source, created_ms) SELECT id, ?, ?, ?, ?, ? FROM components WHERE name = ?
        ON CONFLICT DO NOTHING`)
      .run(hash, parent ?? null, semantic, source, Math.round(createdAtMs), component)
    // Until something is decided of it, the first content is the one in use.
    statements.get('UPDATE components SET head = ? WHERE name = ? AND head IS NULL').run(commitId(statements, { component, hash }), component)
  }
  if (commits.length > 0) noteRevision(statements)
}

export function putHeads(statements: Statements, heads: readonly StoredDependency[]): void {
  for (const { component, hash } of heads) {
    // A content that was dropped meanwhile comes back with the next call that uses it.
    const id = findCommit(statements, { component, hash })
    if (id !== undefined) statements.get('UPDATE components SET head = ? WHERE name = ?').run(id, component)
  }
  if (heads.length > 0) noteRevision(statements)
}

export function putVersions(statements: Statements, versions: readonly StoredVersion[]): void {
  for (const { id, op, dependencies } of versions) {
    const { changes } = statements.get('INSERT INTO versions (hash, op) VALUES (unhex(?), ?) ON CONFLICT DO NOTHING').run(id, op)
    if (changes === 1) linkCommits(statements, id, dependencies)
  }
  if (versions.length > 0) noteRevision(statements)
}

export function extendVersions(statements: Statements, ids: readonly VersionId[], dependencies: readonly StoredDependency[]): void {
  for (const id of ids) if (findVersion(statements, id) !== undefined) linkCommits(statements, id, dependencies)
  noteRevision(statements)
}

export function moveMeaning(statements: Statements, component: string, { hashes, semantic }: { hashes: readonly string[]; semantic: string }): void {
  const move = statements.get('UPDATE commits SET semantic = ? WHERE hash = ? AND component = (SELECT id FROM components WHERE name = ?)')
  for (const hash of hashes) move.run(semantic, hash, component)
  noteRevision(statements)
}

export function listVersionCalls(statements: Statements, id: VersionId): CallHistoryId[] {
  const sql = 'SELECT lower(hex(calls.hid)) FROM calls JOIN versions ON versions.id = calls.version WHERE versions.hash = unhex(?) ORDER BY calls.id'
  return allRows<[CallHistoryId]>(statements.get(sql), id).map(([hid]) => hid)
}

export function dropVersion(statements: Statements, id: VersionId): void {
  statements.get('DELETE FROM version_commits WHERE version = (SELECT id FROM versions WHERE hash = unhex(?))').run(id)
  statements.get('DELETE FROM versions WHERE hash = unhex(?)').run(id)
  statements
    .get(`
      DELETE FROM commits WHERE id NOT IN (SELECT commit_id FROM version_commits)
        AND NOT EXISTS (SELECT 1 FROM components JOIN commits AS used ON used.component = components.id
          WHERE components.id = commits.component AND (components.head = commits.id OR used.semantic = commits.hash AND used.id <> commits.id))`)
    .run()
  noteRevision(statements)
}

/** The row id of a call's version, which is stored again if it was dropped since this process knows it. */
export function versionIdOf(statements: Statements, { version, origin }: StoredCode): number {
  if (origin && findVersion(statements, version) === undefined) {
    putCommits(statements, origin.commits)
    putVersions(statements, [origin.version])
  }
  return versionId(statements, version)
}

function findVersion(statements: Statements, version: VersionId): number | undefined {
  return firstRow<[number]>(statements.get('SELECT id FROM versions WHERE hash = unhex(?)'), version)?.[0]
}

function versionId(statements: Statements, version: VersionId): number {
  const id = findVersion(statements, version)
  invariant(id !== undefined, `a call was given to the store before its version ${version}`)
  return id
}

function linkCommits(statements: Statements, version: VersionId, dependencies: readonly StoredDependency[]): void {
  const id = versionId(statements, version)
  const link = statements.get('INSERT INTO version_commits VALUES (?, ?) ON CONFLICT DO NOTHING')
  for (const dependency of dependencies) link.run(id, commitId(statements, dependency))
}

function findCommit(statements: Statements, { component, hash }: StoredDependency): number | undefined {
  const sql = 'SELECT commits.id FROM commits JOIN components ON components.id = commits.component WHERE components.name = ? AND commits.hash = ?'
  return firstRow<[number]>(statements.get(sql), component, hash)?.[0]
}

function commitId(statements: Statements, { component, hash }: StoredDependency): number {
  const id = findCommit(statements, { component, hash })
  invariant(id !== undefined, `a version was given to the store before the content ${hash} of ${component}`)
  return id
}

/** What is kept in memory about the code is read anew when this changed. */
function noteRevision(statements: Statements): void {
  statements.get("UPDATE counters SET value = value + 1 WHERE name = 'code'").run()
}
