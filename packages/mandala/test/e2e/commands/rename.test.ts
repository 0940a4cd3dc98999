import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('rename gives an op and its inputs other names, and says how many calls go by them', async (t) => {
  const folder = await makeSample(t)
  expectGolden('rename-dry-run', await mandala(folder, 'rename', 'train', 'fit', '--dry-run'))
  expectGolden('rename-op', await mandala(folder, 'rename', 'train', 'fit'))
  expectGolden('rename-inputs-json', await mandala(folder, 'rename', 'fit', '--input', 'X=y', '--input', 'y=X', '--json'))
  expectGolden('rename-input', await mandala(folder, 'rename', 'fit', '--input', 'depth=levels'))
  expectGolden('rename-ls', await mandala(folder, 'ls'))
})

test('a renaming that cannot be is refused with 2, and does nothing', async (t) => {
  const folder = await makeSample(t)
  const refused = async (text: RegExp, ...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await mandala(folder, 'rename', ...args)
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, text)
  }
  await refused(/there are calls of an op of that name/, 'train', 'score')
  await refused(/no calls of an op "trian"[\s\S]*train/, 'trian', 'fit')
  await refused(/Two inputs of train would be called "y"/, 'train', '--input', 'X=y')
  await refused(/say either/, 'train')
  await refused(/say either/, 'train', 'fit', '--input', 'X=Z')
  await refused(/--input X names no two inputs/, 'train', '--input', 'X')
  expectGolden('ls', await mandala(folder, 'ls'))
})

test('rename --help shows an example', async (t) => {
  expectGolden('rename-help', await mandala(await makeSample(t), 'rename', '--help'))
})
