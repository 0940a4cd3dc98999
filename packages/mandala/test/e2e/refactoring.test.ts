import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProject, program } from './tracked-project.ts'

const helper = (factor: number): string => `export function scale(x: number) { let sum = 0; for (let i = 0; i < ${factor}; i += 1) sum += x; return sum }\n`

interface Written {
  readonly name: string
  readonly body?: string
  readonly imports?: string
}

/** A file with an op; its function is named as the op. */
const opFile = ({ name, body = 'const y = scale(x); return y + 1', imports = '' }: Written): string => `import { op } from 'mandala-ts'
import { scale } from './helper.ts'
${imports}
function ${name}(x: number) { ${body} }
export const ${name}Op = op(${name})
`
const mainOf = ({ file, name, before = '', input = 1 }: { readonly file: string; readonly name: string; readonly before?: string; readonly input?: number }): string => (
  program(`import { ${name}Op as train } from './${file}.ts'`, `${before}; return unwrap(train(${input}))`))

test('an op of a function too small to report itself hits where that is renamed and moved, and not where another takes its place', async (t) => {
  const body = 'return x + 1'
  const { write, run } = makeProject(t, { 'src/helper.ts': helper(3), 'src/a.ts': opFile({ name: 'train', body }), 'src/main.ts': mainOf({ file: 'a', name: 'train' }) })
  assert.deepEqual((await run()).executed, ['train'])
  write('src/b.ts', opFile({ name: 'train', body: 'return x + 2' }))
  write('src/main.ts', mainOf({ file: 'b', name: 'train' }))
  assert.deepEqual(await run(), { result: 3, executed: ['train'], warnings: [] }, 'another one')
  write('src/c.ts', opFile({ name: 'fit', body: '/* moved */ return x + 1' }))
  write('src/main.ts', mainOf({ file: 'c', name: 'fit', before: "await storage.renameOp('train', 'fit')" }))
  assert.deepEqual(await run(), { result: 2, executed: [], warnings: [] }, 'renamed and moved')
  write('src/a.ts', '')
  write('src/main.ts', mainOf({ file: 'c', name: 'fit' }))
  assert.deepEqual(await run(), { result: 2, executed: [], warnings: [] }, 'the original is gone')
  write('src/c.ts', opFile({ name: 'fit', body: 'return x + 3' }))
  assert.deepEqual(await run(), { result: 4, executed: ['fit'], warnings: [] }, 'changed')
})

test('an op whose function is renamed and moved to another file hits, until what it uses changes', async (t) => {
  const { write, run } = makeProject(t, { 'src/helper.ts': helper(3), 'src/a.ts': opFile({ name: 'train' }), 'src/main.ts': mainOf({ file: 'a', name: 'train' }) })
  assert.deepEqual((await run()).executed, ['train'])
  write('src/a.ts', opFile({ name: 'fit' }))
  write('src/main.ts', mainOf({ file: 'a', name: 'fit', before: "await storage.renameOp('train', 'fit')" }))
  assert.deepEqual(await run(), { result: 4, executed: [], warnings: [] }, 'renamed in its file')
  write('src/a.ts', '')
  write('src/b.ts', opFile({ name: 'fit' }))
  write('src/main.ts', mainOf({ file: 'b', name: 'fit' }))
  assert.deepEqual((await run()).executed, [], 'moved')
  write('src/main.ts', mainOf({ file: 'b', name: 'fit', input: 2 }))
  assert.deepEqual((await run()).executed, ['fit'])
  write('src/helper.ts', helper(4))
  write('src/main.ts', mainOf({ file: 'b', name: 'fit' }))
  assert.deepEqual(await run(), { result: 5, executed: ['fit'], warnings: [] }, 'what it uses has changed')
  write('src/helper.ts', helper(3))
  write('src/b.ts', opFile({ name: 'fit', body: 'const y = scale(x); return y + 2' }))
  assert.deepEqual(await run(), { result: 5, executed: ['fit'], warnings: [] }, 'it has changed itself')
})

test('another function under the name of an op is another one, even if the one that ran is still there', async (t) => {
  const { write, run } = makeProject(t, { 'src/helper.ts': helper(3), 'src/a.ts': opFile({ name: 'train' }), 'src/main.ts': mainOf({ file: 'a', name: 'train' }) })
  assert.equal((await run()).result, 4)
  write('src/b.ts', opFile({ name: 'train', body: 'const y = scale(x); return y + 2' }))
  write('src/main.ts', mainOf({ file: 'b', name: 'train' }))
  assert.deepEqual(await run(), { result: 5, executed: ['train'], warnings: [] })
  write('src/b.ts', opFile({ name: 'train' }))
  assert.deepEqual(await run(), { result: 4, executed: [], warnings: [] }, 'a copy is the same')
})

test('a function that sees its name or its file is another one elsewhere', async (t) => {
  for (const body of ['return scale(x) + NAME.name.length', 'return scale(x) + import.meta.filename.length']) {
    const [train, learner] = ['train', 'learner'].map((name) => opFile({ name, body: body.replace('NAME', name) })) as [string, string]
    const { write, run } = makeProject(t, { 'src/helper.ts': helper(3), 'src/a.ts': train, 'src/main.ts': mainOf({ file: 'a', name: 'train' }) })
    await run()
    write('src/a.ts', '')
    write('src/longer.ts', learner)
    write('src/main.ts', mainOf({ file: 'longer', name: 'learner', before: "await storage.renameOp('train', 'learner')" }))
    assert.deepEqual((await run()).executed, ['learner'], body)
  }
})

test('an op around one that was moved and found depends on where that is now', async (t) => {
  const main = (file: string, input: number): string => `import { op, Storage, unwrap } from 'mandala-ts'
import { trainOp } from './${file}.ts'
const all = op(async function all(x: number, n: number) { const y = await trainOp(x) as number; return y * n })
await using storage = new Storage({ path: 'store.db', deps: 'src' })
const result = await storage.run(() => unwrap(all(1, ${input})))
console.log(JSON.stringify({ result, executed: storage.summary().executed }))
`
  const { write, run } = makeProject(t, { 'src/helper.ts': helper(3), 'src/a.ts': opFile({ name: 'train' }), 'src/main.ts': main('a', 1) })
  assert.deepEqual(await run(), { result: 4, executed: 2 })
  write('src/a.ts', '')
  write('src/b.ts', opFile({ name: 'train' }))
  write('src/main.ts', main('b', 2))
  assert.deepEqual(await run(), { result: 8, executed: 1 })
  write('src/b.ts', opFile({ name: 'train', body: 'const y = scale(x); return y + 2' }))
  assert.deepEqual(await run(), { result: 10, executed: 2 })
})

test('a renamed op that closes over a value depends on that value', async (t) => {
  const main = (name: string, factor: number, before = ''): string => program(
    `const makeOp = (factor: number) => op('${name}', (x: number) => x * factor)`, `${before}; return unwrap(makeOp(${factor})(2))`)
  const { write, run } = makeProject(t, { 'src/main.ts': main('scale', 3) })
  assert.equal((await run()).result, 6)
  write('src/main.ts', main('times', 4, "await storage.renameOp('scale', 'times')"))
  assert.equal((await run()).result, 8)
  write('src/main.ts', main('times', 3))
  assert.equal((await run()).result, 6)
  assert.deepEqual((await run()).executed, [])
})
