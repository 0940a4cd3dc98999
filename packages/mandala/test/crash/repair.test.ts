import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { runWriter } from './kill.ts'
import { runChains, setPace } from './program.ts'
import { Storage } from '../../src/index.ts'

const STEPS = 4
const MANY = Number(process.env['KILLS'] ?? 20) >= 200

/** As the killed process opens it; what is computed again is no news here. */
const openStore = (path: string): Storage => new Storage({ path, overflow: { thresholdMB: 0.002 }, logger: { warn: () => {}, show: () => {}, progress: () => {} } })

/** A folder with a store in which something of everything is damaged. */
async function makeDamaged(t: TestContext): Promise<{ folder: string; expected: unknown }> {
  const folder = makeFolder(t)
  const path = join(folder, 'whole', 'test.db')
  mkdirSync(join(folder, 'whole'))
  const storage = openStore(path)
  const expected = await storage.run(() => runChains(STEPS))
  await storage.close()
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  db.exec(`
    DELETE FROM io WHERE slot < 0 AND call IN (SELECT calls.id FROM calls JOIN ops ON ops.id = calls.op WHERE name = 'quick');
    DELETE FROM processes; UPDATE ops SET calls = 7;
    UPDATE vals SET bytes = zeroblob(size) WHERE id IN (SELECT val FROM refs JOIN io ON io.ref = refs.id WHERE slot < 0) AND size > 8;
  `)
  db.close()
  const [file] = readdirSync(`${path}.values`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(file)
  rmSync(join(file.parentPath, file.name))
  for (let i = 10; i < 13; i += 1) writeFileSync(join(file.parentPath, `${file.name}.1.${i}.tmp`), 'half')
  return { folder: join(folder, 'whole'), expected }
}

test('a repair that is killed at its n-th step leaves a store that the next one mends, for every n until one comes to its end', async (t) => {
  setPace(0)
  const { folder, expected } = await makeDamaged(t)
  const copies = makeFolder(t)
  for (const [env, stride] of [[{}, MANY ? 1 : 5], [{ DIE_BETWEEN_ROWS: '1' }, MANY ? 1 : 23]] as const) {
    let kills = 0
    for (let n = 1; ; n += stride) {
      const copy = join(copies, `${'DIE_BETWEEN_ROWS' in env} ${n}`)
      cpSync(folder, copy, { recursive: true })
      const path = join(copy, 'test.db')
      const { wasKilled, stderr } = await runWriter('dying-repair.ts', [path], { env: { ...env, DIE_AT: String(n) } })
      assert.equal(stderr, '')
      await using storage = openStore(path)
      if (wasKilled) assert.deepEqual((await storage.check({ repair: true })).left, [], `killed at point ${n}`)
      assert.deepEqual(await storage.check(), [], `killed at point ${n}`)
      assert.deepEqual(await storage.run(() => runChains(STEPS)), expected)
      assert.deepEqual(await storage.check(), [])
      if (!wasKilled) break
      kills += 1
    }
    t.diagnostic(`${kills} kills`)
    assert.ok(kills >= 2)
  }
})
