import { join, resolve } from 'node:path'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { list, note, op, Storage, wrap } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'

const cli = resolve(import.meta.dirname, '../../../dist/cli/main.js')

const range = (length: number): number[] => Array.from({ length }, (_, i) => i)
const load = op('load', (size: number) => ({ X: range(size).map((i) => i / 10), y: range(size).map((i) => i % 2) }), { outputs: ['X', 'y'] })
const train = op('train', (X: number[], y: number[], depth: number) => {
  note({ tokens: 100 * depth, usd: depth / 1000, model: 'tree' })
  return { depth, mean: X.reduce((sum, x, i) => sum + x * (y[i] as number), 0) / X.length }
}, { output: 'model' })
const score = op('score', (model: { depth: number; mean: number }, strict: boolean) => model.mean / model.depth - (strict ? 0.1 : 0), { output: 'acc' })
const best = op('best', (accs: number[]) => Math.max(...accs), { inputs: { accs: list() } })
const fail = op('fail', (acc: number) => { throw new RangeError(`${acc} is out of range`) })

/**
 * A small store like that of an experiment, in a folder of its own: `lab.db`. Times, host and process are the same on every machine; the
 * n-th call ran n minutes after 2026-03-01 12:00 UTC, for n times 100 ms.
 */
export async function makeSample(t: TestContext): Promise<string> {
  const folder = makeFolder(t)
  const path = join(folder, 'lab.db')
  {
    await using storage = new Storage(path)
    await storage.run(async () => {
      const accs = []
      for (const size of [4, 6]) {
        const { X, y } = await load(size)
        for (const depth of [1, 2]) accs.push(await score(await train(X, y, wrap(depth)), wrap(true)))
      }
      await best(accs)
      await fail(accs[0] as never).catch(() => {})
    })
  }
  const db = new DatabaseSync(path)
  db.exec(`
    UPDATE calls SET started_ms = 1772366400000 + id * 60000, duration_us = id * 100000;
    UPDATE failures SET started_ms = 1772370000000, duration_us = 5000,
      error = json_set(error, '$.stack', 'RangeError: 0 is out of range' || char(10) || '    at lab.ts:1');
    UPDATE ops SET (duration_us, used_ms) = (SELECT ifnull(sum(duration_us), 0), max(started_ms) FROM calls WHERE calls.op = ops.id);
    UPDATE processes SET host = 'laptop', pid = 42, started_ms = 1772366400000, program = 'lab.ts', package = 'lab@1.0.0',
      git_commit = '0123456789abcdef0123456789abcdef01234567';
  `)
  db.close()
  return folder
}

export interface Said {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `mandala` in a folder, in UTC. */
export async function mandala(folder: string, ...args: readonly string[]): Promise<Said> {
  return mandalaUnder([], folder, ...args)
}

/** The same under a Node with options. */
export async function mandalaUnder(options: readonly string[], folder: string, ...args: readonly string[]): Promise<Said> {
  const env = { ...process.env, TZ: 'UTC', NO_COLOR: '1', NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const child = spawn(process.execPath, ['--no-warnings', ...options, cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => { said[name] += text })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...said }
}

/** Holds what a command said against `golden/<name>.txt`; with UPDATE_GOLDEN=1 that is written anew, to be looked at. */
export function expectGolden(name: string, said: Said, status = 0): void {
  assert.deepEqual([said.status, said.stderr], [status, ''])
  const path = join(import.meta.dirname, 'golden', `${name}.txt`)
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, said.stdout)
  assert.equal(said.stdout, existsSync(path) ? readFileSync(path, 'utf8') : `there is no ${path}: UPDATE_GOLDEN=1 writes it`)
}
