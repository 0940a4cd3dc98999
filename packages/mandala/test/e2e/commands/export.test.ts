import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { test } from 'node:test'
import { Storage } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('export writes the table of an op as CSV, JSON lines and Arrow; with --history, also what its inputs came from', async (t) => {
  const folder = await makeSample(t)
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  expectGolden('export', await mandala(folder, 'export', 'score', '-o', 'score.csv'))
  expectGolden('export-csv', { status: 0, stdout: read('score.csv'), stderr: '' })
  await mandala(folder, 'export', 'score', '-o', 'all.jsonl', '--history')
  expectGolden('export-jsonl', { status: 0, stdout: read('all.jsonl'), stderr: '' })
  assert.equal((await mandala(folder, 'export', 'score', '-o', 'score.arrow')).status, 0)
  assert.equal(readFileSync(join(folder, 'score.arrow')).subarray(0, 6).toString(), 'ARROW1')
})

test('a bundle is imported by another store, and is one itself', async (t) => {
  const folder = await makeSample(t)
  expectGolden('export-bundle', await mandala(folder, 'export', 'train', '-o', 'train.db', '--store', 'lab.db'))
  await new Storage(join(folder, 'other.db')).close()
  expectGolden('import', await mandala(folder, 'import', 'train.db', '--store', 'other.db'))
  expectGolden('import-again', await mandala(folder, 'import', 'train.db', '--store', 'other.db', '--json'))
  const names = JSON.parse((await mandala(folder, 'ls', '--store', 'other.db', '--json')).stdout) as { name: string; calls: number }[]
  assert.deepEqual(names.map(({ name, calls }) => [name, calls]), [['load', 2], ['train', 4]])
  assert.equal((await mandala(folder, 'ls', '--store', 'train.db')).stdout, (await mandala(folder, 'ls', '--store', 'other.db')).stdout)
})

test('export and import refuse what they can\'t do, and leave nothing behind', async (t) => {
  const folder = await makeSample(t)
  writeFileSync(join(folder, 'text.db'), 'hello')
  const before = readdirSync(folder).sort()
  const cases: readonly (readonly [args: string[], says: RegExp])[] = [
    [['export', '-o', 'lab.db'], /there is a file lab\.db/],
    [['export', '-o', 'all.xml'], /no ending that says what to write[\s\S]*\.csv/],
    [['export', '-o', 'all.csv'], /table is that of one op, and 0 were named/],
    [['export', 'scores', '-o', 'all.csv'], /no op "scores"[\s\S]*score/],
    [['export', 'scores', '-o', 'all.db'], /no call, version or op scores/],
    [['export', 'score'], /-o, --output/],
    [['import', 'nowhere.db'], /there is no file nowhere\.db/],
    [['import', 'lab.db'], /this very store/],
    [['import', 'text.db'], /not a mandala store/],
  ]
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = await mandala(folder, ...args, '--store', 'lab.db')
    assert.deepEqual([status === 0, stdout], [false, ''], args.join(' '))
    assert.match(stderr, says)
  }
  assert.deepEqual(readdirSync(folder).sort(), before)
})

test('an export that is killed leaves no bundle; an import that is killed goes on when it is asked again', async (t) => {
  const folder = makeFolder(t)
  const path = join(folder, 'lab.db')
  await once(spawn(process.execPath, [join(import.meta.dirname, 'many-calls.ts'), path, '4000'], { stdio: 'inherit' }), 'close')
  const cli = resolve(import.meta.dirname, '../../../dist/cli/main.js')
  const killAfter = async (ms: number, ...args: string[]): Promise<void> => {
    const child = spawn(process.execPath, ['--no-warnings', cli, ...args], { cwd: folder, stdio: 'ignore' })
    const closed = once(child, 'close')
    await setTimeout(ms)
    child.kill('SIGKILL')
    await closed
  }
  for (const ms of [150, 250, 400]) {
    await killAfter(ms, 'export', '-o', 'bundle.db', '--store', path)
    if (existsSync(join(folder, 'bundle.db'))) break
  }
  const bundle = join(folder, 'whole.db')
  {
    await using storage = new Storage(path)
    assert.equal((await storage.export(bundle)).calls, 4000)
  }
  const other = join(folder, 'other.db')
  await new Storage(other).close()
  for (const ms of [150, 250, 400]) await killAfter(ms, 'import', bundle, '--store', other)
  await using storage = new Storage(other)
  assert.deepEqual(await storage.check(), [])
  const { calls, known } = await storage.import(bundle)
  assert.equal(calls + known, 4000)
  assert.deepEqual(await storage.check(), [])
})
