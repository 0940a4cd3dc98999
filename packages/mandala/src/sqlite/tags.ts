import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import { allRows, type Statements } from './statements.ts'

/** Values stand as JSON: `"1"` and `1` are two. */
export function putTags(statements: Statements, target: CallHistoryId | HistoryId, tags: Readonly<Record<string, TagValue | null>>): void {
  for (const [name, value] of Object.entries(tags)) {
    if (value === null) statements.get('DELETE FROM tags WHERE target = unhex(?) AND name = ?').run(target, name)
    else {
      statements.get('INSERT INTO tags VALUES (unhex(?), ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(target, name, JSON.stringify(value))
    }
  }
}

export function readTags(statements: Statements, target: CallHistoryId | HistoryId): Tags {
  const rows = allRows<[string, string]>(statements.get('SELECT name, value FROM tags WHERE target = unhex(?) ORDER BY name'), target)
  return Object.fromEntries(rows.map(([name, value]) => [name, JSON.parse(value) as TagValue]))
}

export function readAllTags(statements: Statements): { target: HistoryId; tags: Tags }[] {
  const rows = allRows<[HistoryId, string, string]>(statements.get('SELECT lower(hex(target)), name, value FROM tags ORDER BY target, name'))
  return Array.from(Map.groupBy(rows, ([target]) => target), ([target, ofTarget]) => (
    { target, tags: Object.fromEntries(ofTarget.map(([, name, value]) => [name, JSON.parse(value) as TagValue])) }))
}

export function findTagged(statements: Statements, tags: Tags): { calls: CallHistoryId[]; refs: HistoryId[] } {
  const wanted = JSON.stringify(Object.entries(tags).map(([name, value]) => [name, JSON.stringify(value)]))
  const find = <Id>(table: 'calls' | 'refs'): Id[] => allRows<[Id]>(statements.get(`
    SELECT lower(hex(tags.target)) FROM json_each(?) AS wanted
      JOIN tags ON tags.name = wanted.value ->> 0 AND tags.value = wanted.value ->> 1 JOIN ${table} ON ${table}.hid = tags.target
    GROUP BY tags.target HAVING count(*) = ? ORDER BY tags.target`), wanted, Object.keys(tags).length).map(([id]) => id)
  return { calls: find('calls'), refs: find('refs') }
}
