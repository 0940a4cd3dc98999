import assert from 'node:assert/strict'
import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { BUNDLERS, loadTool, plugin, writeFiles, writeProject, type BundleOptions } from './bundlers.ts'
import { execute, locateTool, makeFolder, succeed } from './project.ts'

interface Report {
  readonly result: unknown
  readonly executed: readonly string[]
  readonly warnings: readonly string[]
}

type Files = Readonly<Record<string, string>>

/** A program around a block that gives a result. */
const program = (before: string, block: string): string => `import { op, Storage, unwrap } from 'mandala-ts'
${before}
export async function main() {
  const [executed, warnings]: [string[], string[]] = [[], []]
  const logger = { warn: (text: string) => { warnings.push(text) }, show: () => {}, progress: () => {} }
  const storage = new Storage({ path: 'store.db', deps: 'src', logger })
  storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
  const result = await storage.run(async () => { ${block} })
  await storage.close()
  return { result, executed, warnings }
}
if (!process.env.VITEST) void main().then((report) => { console.log(JSON.stringify(report)) })
`

function makeProject(t: TestContext, files: Files) {
  const project = makeFolder()
  t.after(() => rmSync(project, { recursive: true, force: true }))
  writeProject(project, files)
  const start = async (args: readonly string[], env: Files = {}): Promise<Report> =>
    JSON.parse(await succeed([process.execPath, '--no-warnings', ...args], { cwd: project, env })) as Report
  return {
    project, start,
    write: (changed: Files) => { writeFiles(project, changed) },
    bundle: (name: keyof typeof BUNDLERS, options: Partial<BundleOptions> = {}) => BUNDLERS[name]({ project, ...options }),
    async run(name: keyof typeof BUNDLERS, options: Partial<BundleOptions> = {}): Promise<Report> {
      return start([await BUNDLERS[name]({ project, ...options })])
    },
  }
}

const SCALES = (factor: number): string => `export const scale = (x: number) => [x].map((each) => each * ${factor})[0]!
export const shift = (x: number) => [x, 1].reduce((a, b) => a + b)
`
const TWO_OPS = program("import { scale, shift } from './scales.ts'\nconst first = op(function first(x: number) { return scale(x) })\n"
  + 'const second = op(function second(x: number) { return shift(x) })', 'return [await unwrap(first(1)), await unwrap(second(1))]')

for (const name of Object.keys(BUNDLERS) as (keyof typeof BUNDLERS)[]) {
  test(`bundled by ${name}, a changed function touches the calls that used it, and going back finds them`, async (t) => {
    const { write, run } = makeProject(t, { 'src/main.ts': TWO_OPS, 'src/scales.ts': SCALES(2) })
    assert.deepEqual(await run(name), { result: [2, 2], executed: ['first', 'second'], warnings: [] })
    write({ 'src/scales.ts': SCALES(3) })
    assert.deepEqual(await run(name), { result: [3, 2], executed: ['first'], warnings: [] })
    write({ 'src/scales.ts': `// as it was\n${SCALES(2)}` })
    assert.deepEqual(await run(name), { result: [2, 2], executed: [], warnings: [] })
  })
}

/** Each exports what a function gave of a module that hadn't begun to run, as far as their imports tell. */
const HALF = `export function half(x: number): number { return sum([x]) / 2 }
function sum(all: number[]): number { return all.reduce((a, b) => a + b, 0) }
`
const EARLY = "import { half } from './half.ts'\nexport const early = half(4)\n"
const HALVES = program("import { half } from './half.ts'\nimport { early } from './early.ts'\nconst f = op(function f(x: number) { return half(x) })",
  'return [early, await unwrap(f(10))]')

for (const name of Object.keys(BUNDLERS) as (keyof typeof BUNDLERS)[]) {
  test(`bundled by ${name}, a function may be called before its module has begun, where modules import each other`, async (t) => {
    const { run } = makeProject(t, {
      'src/main.ts': HALVES, 'src/early.ts': EARLY, 'src/half.ts': `import { early } from './early.ts'\n${HALF}export const late = () => early\n`,
    })
    assert.deepEqual(await run(name), { result: [2, 5], executed: ['f'], warnings: [] })
    assert.deepEqual(await run(name), { result: [2, 5], executed: [], warnings: [] })
  })
}

test('a function may be called before its module has begun, where parts of a bundle import each other and modules don\'t', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': HALVES.replace('./early.ts', './again.ts'), 'src/half.ts': HALF, 'src/early.ts': EARLY, 'src/again.ts': "export { early } from './early.ts'\n",
  })
  const chunkOf = (id: string): string | undefined => /(half|again|early)\.ts/.exec(id)?.[1]?.replace('half', 'again')
  assert.deepEqual(await run('rollup', { chunkOf }), { result: [2, 5], executed: ['f'], warnings: [] })
  assert.deepEqual(await run('rollup', { chunkOf }), { result: [2, 5], executed: [], warnings: [] })
  assert.deepEqual(await run('esbuild'), { result: [2, 5], executed: [], warnings: [] })
})

test('a function may be called by modules that Vite imports into its own', async (t) => {
  const all = "import.meta.glob<{ early: number }>('./early.ts', { eager: true })"
  const { run } = makeProject(t, {
    'src/main.ts': HALVES.replace("import { early } from './early.ts'", "import { all } from './half.ts'\nconst [{ early }] = Object.values(all)"),
    'src/early.ts': EARLY, 'src/half.ts': `${HALF}export const all = ${all}\n`,
  })
  assert.deepEqual(await run('vite'), { result: [2, 5], executed: ['f'], warnings: [] })
  assert.deepEqual(await run('vite'), { result: [2, 5], executed: [], warnings: [] })
})

test('a plugin that makes one bundle after the other sees each file as it is', async (t) => {
  const { project, start, write } = makeProject(t, { 'src/main.ts': TWO_OPS, 'src/scales.ts': SCALES(2) })
  const context = await loadTool('esbuild').context({
    absWorkingDir: project, entryPoints: ['src/main.ts'], outfile: 'out/main.mjs', bundle: true, platform: 'node', format: 'esm', external: ['mandala-ts'],
    plugins: [plugin.esbuild({ root: project })],
  })
  t.after(() => context.dispose())
  await context.rebuild()
  assert.equal((await start(['out/main.mjs'])).executed.length, 2)
  write({ 'src/scales.ts': SCALES(3) })
  await context.rebuild()
  assert.deepEqual(await start(['out/main.mjs']), { result: [3, 2], executed: ['first'], warnings: [] })
})

for (const name of ['esbuild', 'vite', 'webpack'] as const) {
  test(`constants that ${name} puts in the place of names count`, async (t) => {
    const { run } = makeProject(t, {
      'src/main.ts': program(`declare const LIMIT: number, LEVELS: { low: number }, CONFIG: { limit: number }
const f = op(function f(x: number) { return [x, LIMIT, process.env.FLAVOUR, CONFIG.limit, Object.keys(LEVELS)] })`, 'return unwrap(f(1))'),
    })
    const first = { LIMIT: '2', 'process.env.FLAVOUR': '"a"', 'CONFIG.limit': '5', LEVELS: '{"low":1}' }
    const changing = (changed: Readonly<Record<string, string>>): Promise<Report> => run(name, { define: { ...first, ...changed } })
    assert.deepEqual(await run(name, { define: first }), { result: [1, 2, 'a', 5, ['low']], executed: ['f'], warnings: [] })
    assert.deepEqual(await changing({ LIMIT: '3' }), { result: [1, 3, 'a', 5, ['low']], executed: ['f'], warnings: [] })
    assert.deepEqual(await changing({ 'process.env.FLAVOUR': '"b"' }), { result: [1, 2, 'b', 5, ['low']], executed: ['f'], warnings: [] })
    assert.deepEqual(await changing({ 'CONFIG.limit': '6' }), { result: [1, 2, 'a', 6, ['low']], executed: ['f'], warnings: [] })
    assert.deepEqual(await changing({ LEVELS: '{"high":1}' }), { result: [1, 2, 'a', 5, ['high']], executed: ['f'], warnings: [] })
    assert.deepEqual((await run(name, { define: first })).executed, [])
  })
}

/** A bundler replaces some of these: each counts by what its own code finds. */
const READERS: Files = {
  plain: 'return process.env.X', bracket: "return process.env['X']", optional: 'return process.env?.X', ofGlobal: 'return globalThis.process.env.X',
  destructured: 'const { X } = process.env; return X', renamed: "const { X: own = 'none' } = process.env; return own",
  nested: 'const { env: { X } } = process; return X', imported: 'return env.X', importedWhole: 'return node.env.X',
  importedDestructured: 'const { X } = env; return X', importedNested: 'const { env: { X } } = node; return X',
  shadowing: 'return other()', made: 'return made.get()', global: 'return (globalThis as any).LIMIT', bare: 'return LIMIT',
}

for (const name of ['esbuild', 'esbuild, CommonJS', 'esbuild, minified and split', 'vite', 'rolldown', 'webpack'] as const) {
  test(`what ${name} puts in the place of a variable counts where it does, and the variable where it doesn't`, async (t) => {
    const ops = Object.entries(READERS).map(([reader, body]) => `  ${reader}: op('${reader}', () => { ${body} }),`).join('\n')
    const { start, bundle } = makeProject(t, {
      'src/set.ts': "import { env } from 'node:process'\nObject.assign(globalThis, { LIMIT: env.REAL_LIMIT })\n",
      'src/other.ts': "import process from 'node:process'\nexport function other() { return [process.env.X].map((x) => x)[0] }\n",
      'src/made.ts': `class Made { readonly #x: unknown; constructor(x: unknown) { this.#x = x } get() { return [this.#x].map((x) => x)[0] } }
const make = () => { const { X } = process.env; return new Made(X) }
export const made = make()\n`,
      'src/main.ts': `import './set.ts'\n${program(`import node, { env } from 'node:process'
import { other } from './other.ts'
import { made } from './made.ts'
declare const LIMIT: unknown
const ops = {\n${ops}\n}`, 'return Object.fromEntries(await Promise.all(Object.entries(ops).map(async ([key, each]) => [key, await unwrap(each() as any)])))')}`,
    })
    const define = { 'process.env.X': '"a"', LIMIT: '"l"' }
    const env = { X: 'x', REAL_LIMIT: 'real' }
    const file = await bundle(name, { define })
    const first = await start([file], env)
    assert.deepEqual(first.executed, Object.keys(READERS))
    assert.deepEqual([(first.result as Files)['plain'], (first.result as Files)['nested']], ['a', 'x'])
    assert.deepEqual(await start([file], env), { ...first, executed: [] })
    const changes = [
      [define, { ...env, X: 'y' }], [{ ...define, 'process.env.X': '"b"' }, env], [{ ...define, 'process.env.X': '"x"' }, { ...env, X: 'a' }],
      [{ ...define, LIMIT: '"m"' }, env], [define, { ...env, REAL_LIMIT: 'r' }],
    ] as const
    for (const [changed, variables] of changes) {
      const { result, executed } = await start([await bundle(name, { define: changed })], variables)
      const differing = Object.keys(READERS).filter((reader) => (result as Files)[reader] !== (first.result as Files)[reader])
      assert.deepEqual(executed, differing)
    }
  })
}

for (const [how, body] of Object.entries({
  'as a member': 'return (import.meta as any).env.FLAVOUR', destructured: 'const { FLAVOUR } = (import.meta as any).env; return FLAVOUR',
  'as a whole': 'const env = (import.meta as any).env; return env.FLAVOUR',
})) {
  test(`what Vite puts in the place of import.meta.env counts, ${how}`, async (t) => {
    const { run } = makeProject(t, { 'src/main.ts': program(`const f = op(function f() { ${body} })`, 'return unwrap(f())') })
    for (const flavour of ['a', 'b']) {
      const define = { 'import.meta.env.FLAVOUR': JSON.stringify(flavour) }
      assert.deepEqual(await run('vite', { define }), { result: flavour, executed: ['f'], warnings: [] })
      assert.deepEqual((await run('vite', { define })).executed, [])
    }
  })
}

test('a global that the program sets itself counts, with the loader too', async (t) => {
  const { start } = makeProject(t, {
    'src/set.ts': 'Object.assign(globalThis, { LIMIT: Number(process.env.VALUE), CONFIG: { limit: 1, log: () => {} } })\n',
    'src/main.ts': `import './set.ts'\n${program(`declare const LIMIT: number, CONFIG: { limit: number }
const f = op(function f(x: number) { return [x, LIMIT, CONFIG.limit] })`, 'return unwrap(f(1))')}`,
  })
  const loader = ['--import', 'mandala-ts/register', 'src/main.ts']
  assert.deepEqual(await start(loader, { VALUE: '2' }), { result: [1, 2, 1], executed: ['f'], warnings: [] })
  assert.deepEqual(await start(loader, { VALUE: '3' }), { result: [1, 3, 1], executed: ['f'], warnings: [] })
  assert.deepEqual((await start(loader, { VALUE: '2' })).executed, [])
})

for (const [name, query] of [['esbuild', ''], ['webpack', ''], ['vite', '?raw']] as const) {
  test(`text that ${name} makes a module of counts by its value`, async (t) => {
    const { write, run } = makeProject(t, {
      'src/prompt.txt': 'one',
      'src/main.ts': program(`import prompt from './prompt.txt${query}'\nconst f = op(function f() { return prompt })`, 'return unwrap(f())'),
    })
    assert.deepEqual(await run(name), { result: 'one', executed: ['f'], warnings: [] })
    assert.deepEqual((await run(name)).executed, [])
    write({ 'src/prompt.txt': 'two' })
    assert.deepEqual(await run(name), { result: 'two', executed: ['f'], warnings: [] })
  })
}

test('a package counts by its version, in the bundle and beside it', async (t) => {
  const scaler = (version: string, factor: number): Files => ({
    'node_modules/scaler/package.json': `{ "name": "scaler", "version": "${version}", "type": "module", "exports": "./index.js" }`,
    'node_modules/scaler/index.js': `export const scale = (x) => x * ${factor}`,
  })
  const { write, bundle, start } = makeProject(t, {
    ...scaler('1.0.0', 2), 'src/main.ts': program("import { scale } from 'scaler'\nconst f = op(function f(x: number) { return scale(x) })", 'return unwrap(f(1))'),
  })
  const outside = await bundle('esbuild', { external: ['scaler'] })
  assert.deepEqual((await start([outside])).executed, ['f'])
  assert.deepEqual((await start([outside])).executed, [])
  const inside = await bundle('rollup')
  assert.deepEqual((await start([inside])).executed, [])
  write(scaler('2.0.0', 3))
  assert.deepEqual(await start([outside]), { result: 3, executed: ['f'], warnings: [] })
  assert.equal((await start([inside])).result, 2)
  assert.deepEqual(await start([await bundle('rollup')]), { result: 3, executed: ['f'], warnings: [] })
})

test('a script may call parameters what modules may not', async (t) => {
  const { run } = makeProject(t, {
    'src/sloppy.cjs': 'exports.add = function (static, await) { return [static, await].reduce((a, b) => a + b) }\nexports.last = function (x, x) { return [x][0] }\n',
    'src/main.ts': program("import { add, last } from './sloppy.cjs'\nconst f = op('f', add)\nconst g = op('g', (x: number) => last(0, x))",
      'return [await unwrap(f(1, 2)), await unwrap(g(4))]'),
  })
  assert.deepEqual(await run('esbuild, CommonJS'), { result: [3, 4], executed: ['f', 'g'], warnings: [] })
  assert.deepEqual((await run('esbuild, CommonJS')).executed, [])
})

test('an alias leads to what the bundler takes it for', async (t) => {
  const { project, write, run } = makeProject(t, {
    'src/main.ts': program("import { half } from '#half'\nconst f = op(function f(x: number) { return half(x) })", 'return unwrap(f(8))'),
    'src/half.ts': 'export const half = (x: number) => x / 2\n',
  })
  const alias = {
    name: 'alias', enforce: 'pre', resolveId: (source: string) => (source === '#half' ? join(project, 'src/half.ts') : undefined),
  }
  for (const name of ['rollup', 'vite'] as const) {
    write({ 'src/half.ts': 'export const half = (x: number) => x / 2\n' })
    assert.equal((await run(name, { plugins: [alias] })).result, 4)
    write({ 'src/half.ts': 'export const half = (x: number) => x / 4\n' })
    assert.equal((await run(name, { plugins: [alias] })).result, 2)
  }
})

test('a call that uses a file of the root that is left out of the bundle is never found, and that is said', async (t) => {
  const helper = (factor: number): string => `export const scale = (x) => x * ${factor}\n`
  const { write, start, bundle } = makeProject(t, {
    'src/main.ts': program("import { scale } from './helper.js'\nconst f = op(function f(x: number) { return scale(x) })", 'return unwrap(f(1))'),
    'src/helper.js': helper(2),
  })
  const file = await bundle('esbuild', { external: ['./helper.js'] })
  write({ 'out/esbuild/helper.js': helper(2) })
  const { executed, warnings } = await start([file])
  assert.deepEqual(executed, ['f'])
  assert.match(warnings.join(), /f uses src\/helper\.js \(not tracked/)
  write({ 'out/esbuild/helper.js': helper(3) })
  assert.equal((await start([file])).result, 3)
})

test('ops keep the names and the parameters of their source where a bundler shortens both', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`import { newArg } from 'mandala-ts'
import add, { scale } from './ops.ts'
const made = [op(scale), op(add), op(function scale2({ factor = 2, extra = newArg(0) }: { factor?: number; extra?: number }) { return factor + extra })]`,
    'return Promise.all(made.map(async (each: any) => [each.opName, await unwrap(each({ factor: 3 }))]))'),
    'src/ops.ts': 'export const scale = ({ factor }: { factor: number }) => factor * 2\n'
      + 'export default function add({ factor }: { factor: number }) { return factor + 1 }\n',
  })
  const { result, executed } = await run('esbuild, minified and split')
  assert.deepEqual(result, [['scale', 6], ['add', 4], ['scale2', 3]])
  assert.deepEqual([...executed].sort(), ['add', 'scale', 'scale2'])
  assert.deepEqual((await run('vite')).executed, [])
})

test('an op in a bundle of a function whose name can\'t be told is refused, unless it is given one', async (t) => {
  const main = (made: string): string => program(
    `const memo = (fn: (x: number) => number) => ${made}\nconst f = memo(function f(x) { return x + 1 })`, 'return unwrap(f(1))')
  const { project, write, bundle, run } = makeProject(t, { 'src/main.ts': main('op(fn)') })
  const { status, output } = await execute([process.execPath, await bundle('esbuild, minified and split')], { cwd: project })
  assert.equal(status, 1)
  assert.match(output, /OP_INVALID[\s\S]*name it: op\("name", fn\)/)
  write({ 'src/main.ts': main("op('f', fn)") })
  assert.deepEqual(await run('esbuild, minified and split'), { result: 2, executed: ['f'], warnings: [] })
})

test('a file that another plugin changed first, and a folder that isn\'t there, end the build', async (t) => {
  const { project, bundle } = makeProject(t, { 'src/main.ts': TWO_OPS, 'src/scales.ts': SCALES(2) })
  const transform = (code: string, id: string): unknown => (id.endsWith('.ts') ? { code: `${code};`, map: null } : undefined)
  const other = { name: 'other', enforce: 'pre', transform }
  await assert.rejects(bundle('rollup', { plugins: [other] }), /another plugin changed src\/main\.ts first[\s\S]*put mandala before/)
  await assert.rejects(bundle('vite', { plugins: [other] }), /another plugin changed src\/main\.ts first/)
  const misspelt = plugin.esbuild({ root: project, deps: 'scr' })
  const options = { absWorkingDir: project, entryPoints: ['src/main.ts'], outdir: 'out', bundle: true, logLevel: 'silent', plugins: [misspelt] }
  await assert.rejects(loadTool('esbuild').build(options), /deps is "scr"/)
})

const SERVE = `import { createServer } from ${JSON.stringify(pathToFileURL(join(locateTool('vite'), 'dist/node/index.js')).href)}
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import mandala from 'mandala-ts/plugin'

const settings = { middlewareMode: true, ws: false, watch: null }
const server = await createServer({ configFile: false, logLevel: 'error', plugins: [mandala.vite()], server: settings })
const reports = []
for (const [factor, ...files] of [[2], [3, 'src/late.ts'], [3, 'src/table.ts'], [2, 'src/late.ts', 'src/table.ts']]) {
  for (const file of files) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\\* [23]/, '* ' + factor))
    server.environments.ssr.moduleGraph.onFileChange(resolve(file))
  }
  reports.push(await (await server.ssrLoadModule('/src/main.ts')).main())
}
await server.close()
console.log(JSON.stringify(reports))
`

test('a server of modules sees each file as it is, one too that only the call itself loads', async (t) => {
  const { start } = makeProject(t, {
    'serve.mjs': SERVE,
    'src/late.ts': 'export function scale(x: number) { return [x].map((each) => each * 2)[0] }\n',
    'src/table.ts': 'const make = (x: number) => () => x * 2\nexport const table = new Map([[1, make(1)]])\n',
    'src/main.ts': program(`import { table } from './table.ts'
const f = op(async function f(x: number) { const { scale } = await import('./late.ts'); return scale(x) })
const g = op(function g() { return table.get(1)!() })`, 'return [await unwrap(f(1)), await unwrap(g())]'),
  })
  const reports = await start(['serve.mjs'], { VITEST: 'no output' }) as unknown as Report[]
  assert.deepEqual(reports.map(({ result, executed }) => [result, executed]), [[[2, 2], ['f', 'g']], [[3, 2], ['f']], [[3, 3], ['g']], [[2, 2], []]])
})

test('a package that was built with the plugin counts as a package, under whatever names its files have', async (t) => {
  const made = makeProject(t, { 'src/main.ts': 'export const scale = (x: number) => [x].map((each) => each * 2)[0]\n', 'src/scales.ts': '' })
  const built = readFileSync(join(made.project, await made.bundle('esbuild')), 'utf8')
  const scaler = (version: string): Files => ({
    'node_modules/scaler/package.json': `{ "name": "scaler", "version": "${version}", "type": "module", "exports": "./index.js" }`,
    'node_modules/scaler/index.js': built,
  })
  const { write, start, run } = makeProject(t, {
    ...scaler('1.0.0'), 'src/main.ts': program("import { scale } from 'scaler'\nconst f = op(function f(x: number) { return scale(x) })", 'return unwrap(f(1))'),
  })
  const loader = ['--import', 'mandala-ts/register', 'src/main.ts']
  assert.deepEqual(await start(loader), { result: 2, executed: ['f'], warnings: [] })
  assert.deepEqual((await run('esbuild', { external: ['scaler'] })).executed, [])
  write(scaler('2.0.0'))
  assert.deepEqual((await start(loader)).executed, ['f'])
})

test('a file that is in a bundle and loaded from its source too must be the same in both', async (t) => {
  const { write, bundle, start, project } = makeProject(t, {
    'src/main.ts': program("const { scale } = await import('./scales.ts')\nconst f = op(function f(x: number) { return scale(x) })", 'return unwrap(f(1))'),
    'src/scales.ts': SCALES(2),
  })
  const file = await bundle('esbuild', { external: ['./scales.ts'] })
  write({ 'out/esbuild/scales.ts': "export * from '../../src/scales.ts'\n" })
  const both = ['--import', 'mandala-ts/register', file]
  assert.deepEqual(await start(both), { result: 2, executed: ['f'], warnings: [] })
  assert.deepEqual((await start(both)).executed, [])
  write({ 'src/scales.ts': SCALES(3) })
  const { status, output } = await execute([process.execPath, '--no-warnings', ...both], { cwd: project })
  assert.equal(status, 1)
  assert.match(output, /src\/scales\.ts is in a bundle and was loaded from its source too/)
})

const VITEST = (plugins: string): Files => ({
  'vitest.config.ts': `import mandala from 'mandala-ts/plugin'\n\nexport default { plugins: [${plugins}] }\n`,
  'src/config.ts': 'export const config = { factor: 2 }\nexport const scale = (x: number) => [x].map((each) => each * 2)[0]\n',
  'src/main.ts': program("import { config } from './config.ts'\nconst f = op(function f(x: number) { return x * config.factor })", 'return unwrap(f(1))'),
  'src/main.test.ts': `import { expect, test, vi } from 'vitest'
import { main } from './main.ts'
vi.mock('./config.ts', () => ({ config: { factor: Number(process.env.FACTOR) } }))
test('main', async () => { console.log(JSON.stringify(await main())); expect(1).toBe(1) })
`,
})

async function runVitest(project: string, env: Files): Promise<Report> {
  const output = await succeed([process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--disableConsoleIntercept'], { cwd: project, env })
  return JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? output) as Report
}

test('under Vitest a value that a mock puts in the place of another counts as what it is', async (t) => {
  const { project } = makeProject(t, VITEST('mandala.vite()'))
  symlinkSync(locateTool('vitest'), join(project, 'node_modules/vitest'), 'junction')
  assert.deepEqual(await runVitest(project, { FACTOR: '3' }), { result: 3, executed: ['f'], warnings: [] })
  assert.deepEqual(await runVitest(project, { FACTOR: '3' }), { result: 3, executed: [], warnings: [] })
  assert.deepEqual(await runVitest(project, { FACTOR: '4' }), { result: 4, executed: ['f'], warnings: [] })
})

test('under Vitest with the loader alone, which its files go past, no call is found, and that is said', async (t) => {
  const { project } = makeProject(t, VITEST(''))
  symlinkSync(locateTool('vitest'), join(project, 'node_modules/vitest'), 'junction')
  const env = { FACTOR: '3', NODE_OPTIONS: '--import mandala-ts/register' }
  assert.match((await runVitest(project, env)).warnings.join(), /f uses src\/main\.ts \(not tracked/)
  assert.deepEqual((await runVitest(project, env)).executed, ['f'])
  assert.equal((await runVitest(project, { ...env, FACTOR: '4' })).result, 4)
})
