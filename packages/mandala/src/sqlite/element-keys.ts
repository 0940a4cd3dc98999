import type { DatabaseSync } from 'node:sqlite'
import { deriveKeyId } from '../model/structure.ts'

/** Whether there is a table of what labels of elements say. */
export function hasKeys(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM temp.sqlite_schema WHERE name = 'mandala_keys'").get() !== undefined
}

/** What labels of elements say: the ref of the position in a list or set, and of the name in a dict. Labels are never renumbered. */
export function fillKeys(db: DatabaseSync): void {
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS mandala_keys (
    label INTEGER PRIMARY KEY, position_hid BLOB, position_cid BLOB, name_hid BLOB NOT NULL, name_cid BLOB NOT NULL)`)
  db.exec('CREATE INDEX IF NOT EXISTS temp.mandala_keys_by_position ON mandala_keys (position_hid)')
  const put = db.prepare('INSERT INTO temp.mandala_keys VALUES (?, unhex(?), unhex(?), unhex(?), unhex(?))')
  for (const { id, name } of db.prepare('SELECT id, name FROM labels WHERE id > (SELECT ifnull(max(label), 0) FROM temp.mandala_keys)').all()) {
    const position = readPosition(name as string)
    const [at, named] = [position === undefined ? undefined : deriveKeyId(position), deriveKeyId(name as string)]
    put.run(id as number, at?.hid ?? null, at?.cid ?? null, named.hid, named.cid)
  }
}

/** The position that the label of an element in a list or set says. */
export function readPosition(label: string): number | undefined {
  const digits = /^elt_(\d+)$/.exec(label)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
