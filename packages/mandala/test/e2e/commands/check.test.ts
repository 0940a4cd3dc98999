import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { op, registerType, Storage, unwrap } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'

const change = (folder: string, sql: string): void => {
  const db = new DatabaseSync(join(folder, 'lab.db'), { enableForeignKeyConstraints: false })
  db.exec(sql)
  db.close()
}

test('check lists what is wrong, and ends with 1; with --repair it says what it did, and the store is whole', async (t) => {
  const folder = await makeSample(t)
  expectGolden('check-whole', await mandala(folder, 'check'))
  change(folder, `
    DELETE FROM io WHERE slot < 0 AND call = (SELECT calls.id FROM calls JOIN ops ON ops.id = calls.op WHERE name = 'best');
    UPDATE vals SET bytes = zeroblob(size)
      WHERE id = (SELECT val FROM refs JOIN io ON io.ref = refs.id JOIN labels ON labels.id = io.label WHERE slot = -1 AND name = 'X');
    UPDATE ops SET calls = 9 WHERE name = 'train';
  `)
  expectGolden('check', await mandala(folder, 'check'), 1)
  expectGolden('check-json', await mandala(folder, 'check', '--json'), 1)
  expectGolden('check-repair', await mandala(folder, 'check', '--repair'))
  expectGolden('check-whole', await mandala(folder, 'check', '--repair'))
})

class Temperature {
  readonly kelvin: number
  constructor(kelvin: number) { this.kelvin = kelvin }
}
registerType({
  name: 'CheckedTemperature', is: (value) => value instanceof Temperature,
  encode: ({ kelvin }: Temperature) => kelvin, decode: (kelvin: number) => new Temperature(kelvin),
})

test('values of a class that the command does not know are not taken for damaged', async (t) => {
  const folder = makeFolder(t)
  const warm = op(function warm(by: number) { return { at: new Temperature(273 + by) } })
  const use = async (): Promise<unknown> => {
    await using storage = new Storage(join(folder, 'lab.db'))
    return await storage.run(async () => unwrap(await warm(2)))
  }
  await use()
  expectGolden('check-whole', await mandala(folder, 'check', '--repair'))
  assert.deepEqual(await use(), { at: new Temperature(275) })
})

/** Some distributions build a shell whose `.recover` knows how to begin and no more. */
function canRecover(whole: Uint8Array, folder: string): boolean {
  const path = join(folder, 'whole.sqlite')
  writeFileSync(path, whole)
  return spawnSync('sqlite3', [path, '.recover'], { encoding: 'utf8' }).stdout?.includes('CREATE TABLE')
}

test('of a file that SQLite can not read it says how to recover what it holds, and that works', async (t) => {
  const folder = await makeSample(t)
  const path = join(folder, 'lab.db')
  change(folder, 'PRAGMA wal_checkpoint(TRUNCATE)')
  const db = new DatabaseSync(path)
  const root = (db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'tags_by_name'").get() as { rootpage: number }).rootpage
  const page = (db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'failures'").get() as { rootpage: number }).rootpage
  db.close()
  const bytes = readFileSync(path)
  const whole = Buffer.from(bytes)
  for (const each of [root, page]) bytes.fill(255, (each - 1) * 4096, each * 4096)
  writeFileSync(path, bytes)
  const { status, stdout, stderr } = await mandala(folder, 'check', '--repair')
  assert.deepEqual([status, stdout], [2, ''], stderr)
  assert.match(stderr, /lab\.db is damaged\n {2}→ [\s\S]*\.recover/)
  const [recover] = /sqlite3 \S+ \.recover \| sqlite3 \S+/.exec(stderr) ?? []
  assert.ok(recover)
  if (!canRecover(whole, folder)) return t.diagnostic('there is no sqlite3 here that can recover')
  const recovered = spawnSync('sh', ['-c', recover], { cwd: folder, encoding: 'utf8' })
  assert.equal(recovered.status, 0, recovered.stderr)
  const repaired = await mandala(folder, 'check', '--repair', '--store', 'new.db')
  assert.deepEqual([repaired.status, repaired.stderr], [0, ''], repaired.stdout)
  rmSync(path)
  assert.match((await mandala(folder, 'ls')).stdout, /train +4 /)
})

test('check without a store, and its help', async (t) => {
  const folder = makeFolder(t)
  const without = await mandala(folder, 'check')
  assert.deepEqual([without.status, without.stdout], [2, ''])
  assert.match(without.stderr, /which store\?/)
  assert.match((await mandala(folder, 'check', '--help')).stdout, /--repair[\s\S]*Example:\n {2}mandala check --repair/)
  assert.match((await mandala(folder, 'check', '--mend')).stderr, /unknown option '--mend'/)
})
