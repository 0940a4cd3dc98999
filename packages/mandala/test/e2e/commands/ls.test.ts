import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('ls lists the ops with what their calls come to', async (t) => {
  const folder = await makeSample(t)
  expectGolden('ls', await mandala(folder, 'ls'))
  expectGolden('ls-json', await mandala(folder, 'ls', '--json', '--store', 'lab.db'))
})

test('ls <op> lists its calls, latest first, and says how many there are', async (t) => {
  const folder = await makeSample(t)
  expectGolden('ls-op', await mandala(folder, 'ls', 'train'))
  expectGolden('ls-op-json', await mandala(folder, 'ls', 'score', '--limit', '1', '--json'))
  expectGolden('ls-op-page', await mandala(folder, 'ls', 'train', '--limit', '2', '--offset', '1', '--columns', 'depth,outputs.model'))
})

test('ls <op> filters by inputs, outputs, notes, time and date, and sorts', async (t) => {
  const folder = await makeSample(t)
  const conditions = ['depth = 2', 'tokens>=200', 'notes.model=tree', 'time < 0.5', 'when > 2026-03-01T12:00Z', 'X=[0,0.1,0.2,0.3]']
  expectGolden('ls-where', await mandala(folder, 'ls', 'train', ...conditions.flatMap((each) => ['--where', each])))
  expectGolden('ls-sort', await mandala(folder, 'ls', 'score', '--sort', '-acc', '--where', 'acc != 0', '--columns', 'acc'))
  const nothing = await mandala(folder, 'ls', 'score', '--where', 'strict=false')
  assert.deepEqual([nothing.status, nothing.stdout], [0, 'no call of score is like that\n'])
})

test('ls says what is wrong with what it is given, with 2, and nothing on standard output', async (t) => {
  const folder = await makeSample(t)
  const refusals: readonly (readonly [says: RegExp, ...args: string[]])[] = [
    [/no op "trian"[\s\S]*train/, 'trian'], [/have no dept\b[\s\S]*depth/, 'train', '--where', 'dept=1'],
    [/"depth" is no condition[\s\S]*depth>3/, 'train', '--where', 'depth'],
    [/have no dept\b/, 'train', '--sort', '-dept'], [/have no dept\b/, 'train', '--columns', 'dept'], [/It is a count/, 'train', '--limit', 'x'],
    [/name it: mandala ls <op>/, '--sort', 'acc'], [/unknown option '--wher'[\s\S]*--where/, 'train', '--wher', 'x=1'], [/too many arguments/, 'train', 'score'],
  ]
  for (const [says, ...args] of refusals) {
    const said = await mandala(folder, 'ls', ...args)
    assert.deepEqual([said.status, said.stdout], [2, ''], said.stderr)
    assert.match(said.stderr, says)
  }
})

test('a command on no store, several or a wrong file says so kindly, with 2, and nothing on standard output', async (t) => {
  const folder = await makeSample(t)
  const missing = await mandala(folder, 'ls', '--store', 'labs.db')
  assert.deepEqual([missing.status, missing.stdout], [2, ''])
  assert.match(missing.stderr, /there is no store labs\.db/)
  assert.match((await mandala('/', 'ls')).stderr, /which store\?[\s\S]*--store/)
})
