import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Report } from './experiment.ts'
import { execute, findOldNode, hasOtherNodes, listNodes, locateTool, makeFolder, makeProject, pack, succeed, WAYS } from './project.ts'

const src = resolve(import.meta.dirname, '../../src')
const typescripts = [join(src, '../../../node_modules/typescript'), locateTool('typescript-5')]
const CHECKERS = [
  (file: string) => [process.execPath, join(locateTool('publint'), 'src/cli.js'), '--strict', file],
  (file: string) => [process.execPath, join(locateTool('@arethetypeswrong/cli'), 'dist/index.js'), file, '--profile', 'esm-only'],
]

const folder = makeFolder()
const installed = join(folder, 'project/node_modules/mandala-ts')
let tarball = ''
let project = ''

interface Start {
  readonly name: string
  readonly reports: readonly Report[]
}

/** Starts the program on these stores, by every way on every Node; Nodes at once, ways one after the other. */
async function startEverywhere(storesOf: (name: string) => readonly string[]): Promise<readonly Start[]> {
  const starts = await Promise.all(listNodes().map(async (node, i) => {
    const starts: Start[] = []
    for (const [way, args] of Object.entries(WAYS)) {
      const name = `${way}-${i}`
      const outcome = join(folder, `${name}.json`)
      rmSync(outcome, { force: true })
      const output = await succeed([node, ...args], { cwd: project, env: { STORES: storesOf(name).join('\n'), OUTCOME: outcome } })
      assert.doesNotMatch(output, /SQLite is an experimental/)
      const { version, reports } = JSON.parse(readFileSync(outcome, 'utf8')) as { version: string; reports: Report[] }
      starts.push({ name: `${way} on ${version}`, reports })
    }
    return starts
  }))
  return starts.flat()
}

interface Check {
  readonly typescript: string
  readonly resolution: string
  /** Whether Node's types are there; where they aren't, the library's declarations are checked themselves. */
  readonly hasNode: boolean
  readonly files: readonly string[]
}

/** Checks files of the project as strictly as a user may. */
async function checkTypes({ typescript, resolution, hasNode, files }: Check): ReturnType<typeof execute> {
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
  const compilerOptions = {
    noEmit: true, strict: true, allowImportingTsExtensions: true, target: 'es2024', module, moduleResolution: resolution,
    types: hasNode ? ['node'] : [], skipLibCheck: hasNode, skipDefaultLibCheck: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  return execute([process.execPath, join(typescript, 'bin/tsc'), '-p', 'tsconfig.json'], { cwd: project })
}

suite('the packed tarball', () => {
  before(async () => {
    tarball = await pack(folder)
    project = await makeProject(folder, tarball)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('holds what was built of today\'s sources, README and licence, and nothing else', () => {
    const list = (at: string): string[] => readdirSync(at, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1)).toSorted()
    const built = list(src).flatMap((name) => ['.d.ts', '.js'].map((end) => join('dist', name.replace(/\.ts$/, end))))
    assert.deepEqual(list(installed), [...built, 'LICENSE', 'README.md', 'package.json'].toSorted())
  })

  test('brings no install script and no native build into a project, nor do the dependencies of the repository', () => {
    const own = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { scripts: Record<string, string>; gypfile?: boolean }
    assert.deepEqual(Object.keys(own.scripts).toSorted(), ['build', 'prepack'])
    assert.equal(own.gypfile, undefined)
    for (const lock of [join(project, 'package-lock.json'), join(src, '../../../package-lock.json')]) {
      assert.doesNotMatch(readFileSync(lock, 'utf8'), /hasInstallScript/)
    }
    const brought = readdirSync(join(project, 'node_modules')).filter((name) => !/^\.|^@types$|^tsx$|^vitest$/.test(name))
    assert.deepEqual(brought, [
      '@babel', '@bomb.sh', '@jridgewell', '@oxc-transform', '@rolldown', '@uwdata', '@viz-js', 'acorn', 'arquero', 'commander', 'data-uri-to-buffer', 'diff',
      'fetch-blob', 'formdata-polyfill', 'get-east-asian-width', 'mandala-ts', 'node-domexception', 'node-fetch', 'oxc-transform', 'picomatch', 'unplugin',
      'web-streams-polyfill', 'webpack-virtual-modules',
    ])
  })

  test('is in order for publint and attw', async () => {
    for (const checker of CHECKERS) await succeed(checker(tarball), { cwd: project })
  })

  test('mandala run starts a program by every Node, under the name that npm gives it', async () => {
    for (const node of listNodes()) {
      const path = join(folder, 'run.json')
      rmSync(path, { force: true })
      await succeed([node, join(project, 'node_modules/.bin/mandala'), 'run', 'main.ts'], { cwd: project, env: { STORES: join(folder, 'run.db'), OUTCOME: path } })
      assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { reports: Report[] }).reports.length, 1)
    }
    assert.match(await succeed(['npx', '--no-install', 'mandala', '--help'], { cwd: project }), /run \[options\] <file>/)
  })

  test('a tarball whose types are missing is noticed by publint and attw', async () => {
    const broken = join(folder, 'broken')
    cpSync(installed, broken, { recursive: true })
    rmSync(join(broken, 'dist/index.d.ts'))
    await succeed(['npm', 'pack', '--ignore-scripts', '--pack-destination', broken], { cwd: broken })
    for (const checker of CHECKERS) assert.equal((await execute(checker(join(broken, basename(tarball))), { cwd: project })).status, 1)
  })

  for (const resolution of ['nodenext', 'bundler']) {
    test(`programs check against its types with ${resolution} resolution, with and without Node's types, and a wrong one doesn't`, async () => {
      for (const typescript of typescripts) {
        const right = await checkTypes({ typescript, resolution, hasNode: true, files: ['main.ts', 'types-op.test.ts', 'types-unwrap.test.ts'] })
        assert.deepEqual(right, { status: 0, output: '' })
        const { output } = await checkTypes({ typescript, resolution, hasNode: false, files: ['experiment.ts', 'wrong.ts'] })
        // Without `skipLibCheck` one line of Arquero's own types is an error.
        const ours = (output.match(/.*error TS\d+/g) ?? []).filter((line) => !line.startsWith('node_modules/arquero/'))
        assert.deepEqual(ours, ['wrong.ts(3,28): error TS2345'])
      }
    })
  }

  test('by plain node, tsx and vitest, on every Node, it makes the same ids, and finds every call that another saved', async () => {
    const stores = new Set<string>()
    const first = await startEverywhere((name) => {
      const path = join(folder, `${name}.db`)
      stores.add(path)
      return [path]
    })
    const expected = first[0]?.reports[0] as Report
    // 19 calls, of which one is a hit: a second limit is of no use for two classes, so the model is the one before.
    assert.equal(expected.executed, 18)
    for (const { name, reports } of first) assert.deepEqual(reports, [expected], name)
    const second = await startEverywhere(() => [...stores])
    assert.equal(second.length, stores.size)
    for (const { name, reports } of second) assert.deepEqual(reports, [...stores].map(() => ({ ...expected, executed: 0 })), name)
  })

  test('the Nodes are those that are promised', { skip: !hasOtherNodes && 'Node 22 and 26 are at hand on linux-x64 only' }, async () => {
    const versions = await Promise.all(listNodes().map((node) => succeed([node, '-p', 'process.versions.node'], { cwd: project })))
    assert.deepEqual(versions.map((version) => version.trim().replace(/^(2[46])\..*/, '$1')), ['22.18.0', '26', '24'])
  })

  test('imported or required, it prints nothing, though SQLite alone does on Node 22', async () => {
    if (hasOtherNodes) assert.match(await succeed([listNodes()[0] as string, '-e', "require('node:sqlite')"], { cwd: project }), /SQLite is an experimental/)
    for (const node of listNodes()) {
      for (const code of ["await import('mandala-ts')", "require('mandala-ts').op('one', () => 1)"]) {
        assert.equal(await succeed([node, '-e', code], { cwd: project }), '')
      }
    }
  })

  test('a warning that somebody else gives is still printed', async () => {
    for (const node of listNodes()) {
      const output = await succeed([node, '-e', "require('mandala-ts'); process.emitWarning('theirs', 'ExperimentalWarning')"], { cwd: project })
      assert.match(output, /ExperimentalWarning: theirs/)
    }
  })

  const oldNode = findOldNode()
  test('an older Node is told which one is needed', { skip: oldNode === undefined && 'there is no older Node on this machine' }, async () => {
    for (const args of [['--input-type=module', '-e', "await import('mandala-ts')"], ['--import', 'mandala-ts/register', '-e', '']]) {
      const { status, output } = await execute([oldNode as string, ...args], { cwd: project })
      assert.equal(status, 1)
      assert.match(output, /MandalaError: mandala-ts needs Node 22\.18, 24 or newer .*; this is Node \d+\..*\n {2}→ install a newer Node/)
    }
  })

  test('a Node without SQLite is told so', async () => {
    const { status, output } = await execute([process.execPath, '--no-experimental-sqlite', '-e', "require('mandala-ts')"], { cwd: project })
    assert.equal(status, 1)
    assert.match(output, /NODE_UNSUPPORTED/)
    assert.match(output, /→ start it without --no-experimental-sqlite/)
  })
})
