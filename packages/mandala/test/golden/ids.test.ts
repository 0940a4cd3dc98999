import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Storage, wrap } from '../../src/index.ts'
import { deriveExternalId } from '../../src/model/derive-ids.ts'
import { identify } from '../../src/value/identify.ts'
import { program } from './program.ts'
import { VALUES } from './values.ts'

/*
 * Ids are for ever: stored calls are found by them. A failure here means that the stores of every release before would no longer hit.
 * Where a new format changes ids on purpose, with a migration, replace the part of `ids.json` by what the failure prints after "found".
 */
type Ids = Record<string, string>
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'ids.json'), 'utf8')) as Record<'contents' | 'histories' | 'calls', Ids>

function expectGolden(part: keyof typeof golden, found: Ids): void {
  const differing = Object.keys({ ...golden[part], ...found }).filter((name) => golden[part][name] !== found[name])
  const shown = JSON.stringify({ [part]: found }, undefined, 2)
  assert.deepEqual(differing, [], `other ids than before: ${differing.join(', ')}; found ${shown}`)
}

test('content ids of values are those of every release before', () => {
  const found: Ids = Object.fromEntries(VALUES.map(([name, make]) => [name, identify(make()).cid]))
  found['an external'] = deriveExternalId('model-v1')
  found['a number to six digits'] = identify(0.123456789, 6).cid
  found['numbers to six digits'] = identify({ a: [1.23456789, 'x'], b: new Float64Array([1 / 3]) }, 6).cid
  expectGolden('contents', found)
})

test('the history id of a value without history is that of every release before', () => {
  expectGolden('histories', { '5': wrap(5).hid, '{ a: 1 }': wrap({ a: 1 }).hid })
})

test('ids of calls and of their outputs are those of every release before', async () => {
  const storage = new Storage()
  await storage.run(program)
  const found: Ids = {}
  const { ops } = await storage.stats()
  for (const { name } of ops) {
    for (const [i, call] of (name === 'keep' ? [] : await storage.calls(name)).entries()) {
      found[`${name} ${i}`] = `${call.hid} ${call.cid}`
      for (const [output, ref] of Object.entries(call.outputs)) found[`${name} ${i} ${output}`] = `${ref.hid} ${ref.cid}`
    }
  }
  expectGolden('calls', found)
})
