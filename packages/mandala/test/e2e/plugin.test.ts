import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { FILES } from './bundled-program.ts'
import { BUNDLERS, writeProject } from './bundlers.ts'
import { locateTool, makeFolder, succeed } from './project.ts'

interface Report {
  readonly executed: readonly string[]
  readonly warnings: readonly string[]
}

const VITEST: Readonly<Record<string, string>> = {
  'vitest.config.ts': "import mandala from 'mandala-ts/plugin'\n\nexport default { plugins: [mandala.vite()] }\n",
  'main.test.ts': `import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { run } from './src/main.ts'

test('main', async () => { writeFileSync('outcome.json', JSON.stringify(await run(process.env.VITEST_STORE))) })
`,
}

const project = makeFolder()
const viaLoader = ['--import', 'mandala-ts/register', 'src/main.ts']

async function run(args: readonly string[], store: string, cwd = project): Promise<Report> {
  const output = await succeed([process.execPath, '--no-warnings', ...args], { cwd, env: { STORE: store, FLAVOUR: 'a' } })
  return JSON.parse(output) as Report
}

async function runVitest(store: string, env: Readonly<Record<string, string>> = {}): Promise<Report> {
  await succeed([process.execPath, join(project, 'node_modules/vitest/vitest.mjs'), 'run'], { cwd: project, env: { VITEST_STORE: store, FLAVOUR: 'a', ...env } })
  return JSON.parse(readFileSync(join(project, 'outcome.json'), 'utf8')) as Report
}

let expected: Report

suite('the same program, however it is started,', () => {
  before(async () => {
    writeProject(project, { ...FILES, ...VITEST })
    symlinkSync(locateTool('vitest'), join(project, 'node_modules/vitest'), 'junction')
    expected = await run(viaLoader, 'node.db')
    assert.equal(expected.executed.length, 17)
    const counting = 'forest uses src/tools/forest.ts#Forest (what it keeps inside changes while ops run: #made)'
    assert.deepEqual(expected.warnings.map((text) => text.split(', which')[0]), [counting])
  })
  after(() => rmSync(project, { recursive: true, force: true }))

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    test(`bundled by ${name}: same ids, versions and texts as with the loader; each finds all calls of the other`, async () => {
      const file = await bundle({ project })
      const store = `${file.replaceAll('/', '-')}.db`
      assert.deepEqual(await run([file], store), expected)
      assert.deepEqual((await run([file], 'node.db')).executed, [])
      assert.deepEqual(await run(viaLoader, store), { ...expected, executed: [], warnings: [] })
    })
  }

  test('bundled, has its sources, versions and texts with it', async (t) => {
    const elsewhere = makeFolder()
    t.after(() => rmSync(elsewhere, { recursive: true }))
    mkdirSync(join(elsewhere, 'node_modules'))
    symlinkSync(join(project, 'node_modules/mandala-ts'), join(elsewhere, 'node_modules/mandala-ts'), 'junction')
    cpSync(join(project, await BUNDLERS['esbuild, minified and split']({ project }), '..'), elsewhere, { recursive: true })
    assert.deepEqual(await run(['main.mjs'], 'store.db', elsewhere), expected)
    assert.deepEqual((await run(['main.mjs'], join(project, 'node.db'), elsewhere)).executed, [])
  })

  test('bundled, and started with the loader too, is tracked once', async () => {
    const file = await BUNDLERS['esbuild, minified and split']({ project })
    assert.deepEqual(await run(['--import', 'mandala-ts/register', file], 'both.db'), expected)
    assert.deepEqual(await run(['--import', 'mandala-ts/register', file], 'node.db'), { ...expected, executed: [], warnings: [] })
  })

  test('under tsx with the loader', async () => {
    const tsx = [join(locateTool('tsx'), 'dist/cli.mjs'), ...viaLoader]
    assert.deepEqual(await run(tsx, 'tsx.db'), expected)
    assert.deepEqual((await run(tsx, 'node.db')).executed, [])
  })

  test('under Vitest with the plugin, and with the loader too', async () => {
    assert.deepEqual(await runVitest('vitest.db'), expected)
    assert.deepEqual((await runVitest('node.db')).executed, [])
    assert.deepEqual((await runVitest('node.db', { NODE_OPTIONS: '--import mandala-ts/register' })).executed, [])
    assert.deepEqual((await run(viaLoader, 'vitest.db')).executed, [])
  })
})
