import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { OverflowFiles } from '../../src/sqlite/overflow-files.ts'
import { decode, encode, findMemory } from '../../src/value/codec.ts'
import { hasId, identify } from '../../src/value/identify.ts'
import { makeFolder } from '../helpers.ts'

/** Stores a value as a file; `read` gives the value as it comes back, and whether its memory came apart. */
function put(t: TestContext, value: unknown) {
  const dir = join(makeFolder(t), 'values')
  const files = new OverflowFiles(dir)
  const { cid, isPlain } = identify(value)
  files.put(cid, encode(value, isPlain))
  const [entry] = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  assert.ok(entry)
  const read = (): { value: unknown; isApart: boolean } => {
    const found = files.find(cid, findMemory)
    assert.ok(found?.bytes)
    return { value: decode(found.bytes, { memory: found.memory }), isApart: found.memory !== undefined }
  }
  return { cid, path: join(entry.parentPath, entry.name), read }
}

const classes = [
  Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  DataView,
] as const
const memories = fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(Math.floor(bytes.length / 8) * 8).map((_, i) => bytes[i] as number).buffer)
const views = fc.oneof(
  fc.tuple(fc.constantFrom(...classes), memories).map(([type, memory]) => new (type as Uint8ArrayConstructor)(memory) as ArrayBufferView),
  memories.map((memory) => Buffer.from(memory) as ArrayBufferView),
)

test('a view comes back from its file with its memory apart, and nothing else does', (t) => {
  fc.assert(fc.property(views, (view) => {
    const { cid, read } = put(t, view)
    const { value, isApart } = read()
    assert.ok(isApart)
    assert.deepStrictEqual(value, view)
    assert.ok(hasId(value, cid))
    for (const holder of [[view], { view }, new Map([['view', view]]), new Set([view]), [view, view], new Error('e', { cause: view })]) {
      const held = put(t, holder)
      const back = held.read()
      assert.ok(!back.isApart)
      assert.ok(hasId(back.value, held.cid))
    }
  }), { seed: 20261126, numRuns: 15 })
})

test('what is no view comes back from its file whole', (t) => {
  fc.assert(fc.property(fc.anything({ withMap: true, withSet: true, withTypedArray: true, withDate: true, withBigInt: true }), (value) => {
    const { cid, read } = put(t, value)
    const back = read()
    assert.equal(back.isApart, ArrayBuffer.isView(value))
    assert.ok(hasId(back.value, cid))
  }), { seed: 20261126, numRuns: 100 })
})

test('a flipped bit or a missing end of a view\'s file is never taken for the view', (t) => {
  const { cid, path, read } = put(t, Float64Array.from({ length: 10 }, (_, i) => i / 3))
  const whole = readFileSync(path)
  const isTaken = (bytes: Uint8Array): boolean => {
    writeFileSync(path, bytes)
    try {
      return hasId(read().value, cid)
    } catch {
      return false
    }
  }
  assert.ok(isTaken(whole))
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const damaged = Buffer.from(whole)
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
    // The number of V8's own format says nothing of the value.
    assert.ok(!isTaken(damaged) || bit >> 3 === 1, `bit ${bit}`)
  }
  for (let length = 0; length < whole.length; length += 1) assert.ok(!isTaken(whole.subarray(0, length)), `${length} bytes`)
})
