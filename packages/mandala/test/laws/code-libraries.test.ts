import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { LIBRARIES, PIPELINES, type Call, type Workload } from '../../../../bench/overhead/workloads.ts'
import { loader, traceCall } from '../tracked-program.ts'

const direct: Call = (fn) => fn()

/** Real code, most of it older than the syntax that it is tracked by. */
for (const { name, folder, entry, run } of LIBRARIES) {
  test(`${name} gives the same when it is tracked, in a call and outside`, async () => {
    const copy = join(loader.root, 'libraries', name.split(' ')[0] as string)
    cpSync(folder, copy, { recursive: true, filter: (path) => !/\.d\.[cm]?ts$|\.map$/.test(path) })
    const plain = await import(pathToFileURL(join(folder, entry)).href)
    const tracked = await import(pathToFileURL(join(copy, entry)).href)
    const { result, usage } = await traceCall(() => run(tracked, direct))
    assert.deepEqual(result, run(plain, direct))
    assert.deepEqual(run(tracked, direct), result)
    assert.ok(usage.dependencies.length > 3)
  })
}

test('the pipeline of the benchmark gives the same, and depends on what it is made of', async () => {
  const folder = join(import.meta.dirname, '../../../../bench/overhead/pipeline')
  cpSync(folder, join(loader.root, 'pipeline'), { recursive: true })
  const plain = await import(pathToFileURL(join(folder, 'main.ts')).href)
  const tracked = await import(pathToFileURL(join(loader.root, 'pipeline/main.ts')).href)
  const [run, runAsync] = PIPELINES.map((workload) => workload.run) as [Workload['run'], Workload['run']]
  const { result, usage } = await traceCall(() => runAsync(tracked, direct))
  assert.deepEqual(result, run(plain, direct))
  assert.deepEqual(usage.dependencies.filter(({ kind }) => kind === 'value').map(({ id }) => id.replace('pipeline/', '')).sort(), [
    'learn.ts#LogisticRegression', 'learn.ts#RATE', 'learn.ts#ROUNDS', 'main.ts#CLUSTERS', 'rows.ts#COLUMNS', 'rows.ts#SEPARATOR',
    'tf-idf.ts#MIN_COUNT', 'tf-idf.ts#STOP_WORDS', 'tf-idf.ts#tokenize',
  ])
})
