import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { list, MandalaError, op, Storage, unwrap } from '../../src/index.ts'
import { makeFolder } from '../helpers.ts'

const PAGE_BYTES = 4096
const text = op(function text(n: number) { return { text: `${n} `.repeat(40) } })
const measures = op(function measures(given: { text: string }, n: number) { return [n, given.text.length] }, { output: list() })

function runAll(storage: Storage): Promise<unknown> {
  return storage.run(async () => {
    const results: unknown[] = []
    for (let n = 0; n < 30; n += 1) {
      const given = await text(n)
      results.push(given, await measures(given, n))
    }
    return unwrap(results)
  })
}

async function makeStore(t: TestContext): Promise<{ folder: string; bytes: Buffer; expected: unknown }> {
  const folder = makeFolder(t)
  await using storage = new Storage(join(folder, 'whole.db'))
  const expected = await runAll(storage)
  await storage.close()
  return { folder, bytes: readFileSync(storage.path), expected }
}

interface Outcome {
  readonly run: 'right' | 'wrong' | 'STORE_DAMAGED' | 'STORE_NOT_OURS' | (string & {})
  readonly isNoticed: boolean
}

const codeOf = (error: unknown): string => (error instanceof MandalaError ? error.code : String(error))

/** What a damaged store does: what the program comes to, and whether `check` notices. */
async function use(path: string, expected: unknown): Promise<Outcome> {
  let warnings = 0
  let storage: Storage
  try {
    storage = new Storage({ path, logger: { warn: () => { warnings += 1 }, show: () => {}, progress: () => {} } })
  } catch (error) {
    return { run: codeOf(error), isNoticed: true }
  }
  const isNoticed = await storage.check().then((faults) => faults.length > 0, (error: unknown) => codeOf(error) === 'STORE_DAMAGED')
  const run = await runAll(storage).then((results) => (isDeepStrictEqual(results, expected) ? 'right' : 'wrong'), codeOf)
  await storage.close().catch((error: unknown) => assert.equal(codeOf(error), 'STORE_DAMAGED'))
  return { run, isNoticed: isNoticed || warnings > 0 }
}

const FILLS: Readonly<Record<string, (page: Buffer, other: Buffer) => void>> = {
  'zeros': (page) => page.fill(0),
  'noise': (page) => { for (let i = 0; i < PAGE_BYTES; i += 1) page[i] = (i * 2_654_435_761) >>> 13 },
  'another page': (page, other) => { other.copy(page) },
}

for (const [what, fill] of Object.entries(FILLS)) {
  test(`a store with ${what} in any one page gives the right values or says that it is damaged`, async (t) => {
    const { folder, bytes, expected } = await makeStore(t)
    const pages = bytes.length / PAGE_BYTES
    const runs = new Map<string, number>()
    for (let page = 0; page < pages; page += 1) {
      const damaged = Buffer.from(bytes)
      const other = bytes.subarray(((page + 1) % pages) * PAGE_BYTES)
      fill(damaged.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES), other)
      const path = join(folder, `${page}.db`)
      writeFileSync(path, damaged)
      const { run, isNoticed } = await use(path, expected)
      assert.ok(['right', 'STORE_DAMAGED', ...(page === 0 ? ['STORE_NOT_OURS'] : [])].includes(run), `page ${page}: ${run}`)
      if (what !== 'another page') assert.ok(isNoticed, `page ${page}: check notices nothing`)
      runs.set(run, (runs.get(run) ?? 0) + 1)
    }
    assert.ok((runs.get('STORE_DAMAGED') ?? 0) > 0)
    t.diagnostic([...runs].map(([run, n]) => `${run}: ${n}`).join(', '))
  })
}

test('a store that nobody damaged gives the right values, and wrong ones would be seen', async (t) => {
  const { folder, expected } = await makeStore(t)
  const path = join(folder, 'whole.db')
  assert.deepEqual(await use(path, expected), { run: 'right', isNoticed: false })
  assert.deepEqual(await use(path, ['something else']), { run: 'wrong', isNoticed: false })
})
