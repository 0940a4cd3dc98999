import type { DatabaseSync } from 'node:sqlite'
import type { ContentId, HistoryId } from '../base/ids.ts'
import { deriveKeyId } from '../model/structure.ts'
import type { Fallback } from '../model/variable.ts'
import type { MatchedRef, Matches } from '../store/match.ts'
import { readPosition } from './element-keys.ts'
import { allRows, firstRow } from './statements.ts'
import { kindAt } from './kinds.ts'

/** Answers from a place on, with the refs that are in them. */
export function readAnswers(
  db: DatabaseSync, answers: string,
  { columns, given, from, limit }: { readonly columns: number; readonly given: ReadonlyMap<number, Fallback>; readonly from: number; readonly limit: number },
): ReturnType<Matches['read']> {
  const statement = db.prepare(`SELECT * FROM ${answers} ORDER BY rowid LIMIT ? OFFSET ?`)
  statement.setReturnArrays(true)
  const rows = allRows<number[]>(statement, limit, from)
  const places = new Map<number, number>()
  for (const row of rows) {
    for (let i = 0; i < columns; i += 1) {
      const id = row[i] as number
      let place = places.get(id)
      if (place === undefined) places.set(id, (place = places.size))
      row[i] = place
    }
  }
  const refs = readRefs(db, places, given)
  // What was dropped since then is no answer any more.
  return { refs, rows: rows.filter((row) => row.every((place) => refs[place] !== undefined)) }
}

function readRefs(db: DatabaseSync, places: ReadonlyMap<number, number>, given: ReadonlyMap<number, Fallback>): MatchedRef[] {
  const refs: MatchedRef[] = []
  const ids = [...places.keys()]
  const statement = db.prepare(`
    SELECT refs.id, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
    FROM json_each(?) AS wanted CROSS JOIN refs ON refs.id = wanted.value CROSS JOIN vals ON vals.id = refs.val`)
  statement.setReturnArrays(true)
  for (const [id, hid, cid, kind] of allRows<[number, HistoryId, ContentId, number]>(statement, JSON.stringify(ids.filter((id) => id >= 0)))) {
    refs[places.get(id) as number] = { hid, cid, kind: kindAt(kind), given: undefined }
  }
  const label = db.prepare('SELECT name FROM labels WHERE id = ?')
  label.setReturnArrays(true)
  for (const id of ids.filter((each) => each < 0)) {
    const place = places.get(id) as number
    const fallback = given.get(id)
    if (fallback) {
      refs[place] = { hid: fallback.hid, cid: fallback.cid, kind: 'value', given: { value: fallback.value } }
      continue
    }
    const [name] = firstRow<[string]>(label, Math.floor(-id / 2)) as [string]
    const key = id % 2 === 0 ? readPosition(name) as number : name
    refs[place] = { ...deriveKeyId(key), kind: 'value', given: { value: key } }
  }
  return refs
}
