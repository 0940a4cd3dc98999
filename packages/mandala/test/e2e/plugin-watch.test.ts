import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { WATCHERS, writeFiles, writeProject } from './bundlers.ts'
import { makeFolder, succeed } from './project.ts'

const MAIN = `import { op, Storage, unwrap } from 'mandala-ts'
import { scale, shift } from './scales.ts'
const first = op(function first(x: number) { return scale(x) })
const second = op(function second(x: number) { return shift(x) })
const executed: string[] = []
const storage = new Storage({ path: 'store.db', deps: 'src' })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const result = await storage.run(async () => [await unwrap(first(1)), await unwrap(second(1))])
await storage.close()
console.log(JSON.stringify({ result, executed }))
`
const SCALES = (body: string, before = ''): string => `${before}export const scale = (x: number) => [x].map((each) => ${body})[0]!
export const shift = (x: number) => [x, 1].reduce((a, b) => a + b)
`

for (const [name, watch] of Object.entries(WATCHERS)) {
  test(`while ${name} watches, each bundle executes what a change touched, of a file that came later too`, async (t) => {
    const project = makeFolder()
    t.after(() => rmSync(project, { recursive: true, force: true }))
    writeProject(project, { 'src/main.ts': MAIN, 'src/scales.ts': SCALES('each * 2') })
    const watching = await watch({ project })
    t.after(() => watching.close())
    let bundle = ''
    const change = async (files: Readonly<Record<string, string>>): Promise<unknown> => {
      writeFiles(project, files)
      const before = bundle
      // Some make a bundle twice of files that are younger than a clock's tick.
      while (bundle === before) {
        await watching.built()
        bundle = readFileSync(join(project, watching.main), 'utf8')
      }
      return JSON.parse(await succeed([process.execPath, '--no-warnings', watching.main], { cwd: project }))
    }
    assert.deepEqual(await change({}), { result: [2, 2], executed: ['first', 'second'] })
    assert.deepEqual(await change({ 'src/scales.ts': SCALES('each * 3') }), { result: [3, 2], executed: ['first'] })
    const importing = SCALES('each * factor()', "import { factor } from './factor.ts'\n")
    assert.deepEqual(
      await change({ 'src/factor.ts': 'export function factor() { return [4, 1].length * 2 }\n', 'src/scales.ts': importing }), { result: [4, 2], executed: ['first'] },
    )
    assert.deepEqual(await change({ 'src/factor.ts': 'export function factor() { return [5, 1].length * 4 }\n' }), { result: [8, 2], executed: ['first'] })
    assert.deepEqual(await change({ 'src/scales.ts': `// as it was\n${SCALES('each * 2')}` }), { result: [2, 2], executed: [] })
  })
}
