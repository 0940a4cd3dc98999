import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { writeProject } from './bundlers.ts'
import { execute } from './project.ts'

const cli = resolve(import.meta.dirname, '../../dist/cli/main.js')

const FILES: Readonly<Record<string, string>> = {
  'experiment.ts': `import { op, Storage, unwrap } from 'mandala-ts'
import { FACTOR } from './src/factor.ts'
const scale = op(function scale(x: number) { return x * FACTOR })
const storage = new Storage()
const result = await storage.run(() => unwrap(scale(Number(process.argv[2]))))
const [version] = await storage.versions(scale)
console.log(JSON.stringify({ result, args: process.argv.slice(2), isMain: import.meta.main, used: version?.dependencies.map(({ component }) => component) }))
process.exitCode = Number(process.argv[3] ?? 0)
`,
  'src/factor.ts': 'export const FACTOR = 10\n',
  'wait.ts': "process.on('SIGTERM', () => { console.log('asked'); process.exit(7) })\nsetInterval(() => {}, 1000)\nconsole.log('ready')\n",
  'die.ts': "process.kill(process.pid, 'SIGKILL')\n",
}

function makeProject(t: TestContext) {
  const project = makeFolder(t)
  writeProject(project, FILES)
  return { project, mandala: (...args: string[]) => execute([process.execPath, cli, ...args], { cwd: project, env: { NODE_OPTIONS: '--no-warnings' } }) }
}

test('mandala run starts a program that tracks its code, hands on its arguments, options too, and its exit code', async (t) => {
  const { mandala } = makeProject(t)
  const { status, output } = await mandala('run', 'experiment.ts', '4', '3', '--help', '--root', 'x')
  assert.deepEqual([status, JSON.parse(output)], [3, {
    result: 40, args: ['4', '3', '--help', '--root', 'x'], isMain: true, used: ['experiment.ts#scale', 'src/factor.ts#FACTOR (value)'],
  }])
})

test('--root names the folder whose files are tracked', async (t) => {
  const { project, mandala } = makeProject(t)
  const { output } = await mandala('run', '--root', join(project, 'src'), 'experiment.ts', '4')
  assert.deepEqual((JSON.parse(output) as { used: string[] }).used, ['op#scale'])
  assert.deepEqual(await mandala('run', '--root', 'nowhere', 'experiment.ts'), {
    status: 2, output: `mandala run: there is no folder nowhere, which --root names\n  → paths are seen from ${project}\n`,
  })
})

test('a program that isn\'t there is told kindly', async (t) => {
  const { project, mandala } = makeProject(t)
  assert.deepEqual(await mandala('run', 'experiments.ts'), { status: 2, output: `mandala run: there is no experiments.ts\n  → paths are seen from ${project}\n` })
  assert.match((await mandala('run', 'experiment')).output, /there is no experiment\n {2}→ there is experiment\.ts: mandala run experiment\.ts/)
  assert.match((await mandala('run', 'src')).output, /src is a folder/)
})

test('help shows the commands, and an example of each; what doesn\'t exist is refused', async (t) => {
  const { mandala } = makeProject(t)
  assert.match((await mandala('--help')).output, /Usage: mandala[\s\S]*run \[options\] <file> \[args\.\.\.\]/)
  const help = await mandala('run', '--help')
  assert.equal(help.status, 0)
  assert.match(help.output, /Example:\n {2}mandala run experiment\.ts --rounds 3/)
  assert.match((await mandala('--version')).output, /^\d+\.\d+\.\d+\n$/)
  const { status, output } = await mandala('runn', 'experiment.ts')
  assert.equal(status, 2)
  assert.match(output, /unknown command 'runn'[\s\S]*Did you mean run/)
  assert.match((await mandala('run')).output, /missing required argument 'file'/)
})

test('signals reach the program, which decides; one that it dies of is that of the command', async (t) => {
  const { project, mandala } = makeProject(t)
  const env = { ...process.env, NODE_OPTIONS: '--no-warnings' }
  const child = spawn(process.execPath, [cli, 'run', 'wait.ts'], { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text as string
    if (output === 'ready\n') child.kill('SIGTERM')
  }
  const [status] = child.exitCode === null ? await once(child, 'exit') as [number] : [child.exitCode]
  assert.deepEqual([status, output], [7, 'ready\nasked\n'])
  assert.equal((await mandala('run', 'die.ts')).status, null)
})
