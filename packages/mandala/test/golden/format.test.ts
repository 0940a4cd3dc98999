import assert from 'node:assert/strict'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Storage } from '../../src/index.ts'
import { MIGRATIONS } from '../../src/sqlite/migrations.ts'
import { hasCode, logOf, makeFolder } from '../helpers.ts'
import { program } from './program.ts'

/*
 * A store for every released format, written by the release that brought it, and never made anew. When a format is added, its store is
 * written once, in this folder:
 *   node -e "import('./program.ts').then(({ makeStore }) => makeStore('format-2.store'))"
 */
const stores = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.store')).sort()

test('there is a store for every format', () => {
  assert.deepEqual(stores, MIGRATIONS.map((_, i) => `format-${i + 1}.store`))
})

for (const name of stores) {
  test(`${name} opens, nothing is wrong with it, and every call hits`, async (t) => {
    const path = join(makeFolder(t), 'copy.db')
    copyFileSync(join(import.meta.dirname, name), path)
    await using storage = new Storage(path)
    const log = logOf(storage)
    assert.deepEqual(await storage.check(), [])
    const found = await storage.run({ newCalls: 'error' }, program)
    // `grid` is transient: its value alone is computed again.
    assert.deepEqual(log.take().filter((line) => line.startsWith('run')), ['run grid'])
    assert.deepEqual(found, await new Storage().run(program))
  })

  test(`${name} takes new calls`, async (t) => {
    const path = join(makeFolder(t), 'copy.db')
    copyFileSync(join(import.meta.dirname, name), path)
    await using storage = new Storage(path)
    await storage.drop(await storage.calls('range'))
    await assert.rejects(storage.run({ newCalls: 'error' }, program), hasCode('NEW_CALL_REFUSED', /range/))
    await storage.run(program)
    await storage.run({ newCalls: 'error' }, program)
    assert.deepEqual(await storage.check(), [])
  })
}
