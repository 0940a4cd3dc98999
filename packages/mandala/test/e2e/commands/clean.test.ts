import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Storage } from '../../../src/index.ts'
import { expectGolden, makeSample, mandala, type Said } from './sample.ts'

const cli = resolve(import.meta.dirname, '../../../dist/cli/main.js')

/** Refused with the reason on standard error, and nothing on standard output. */
async function expectRefused(folder: string, args: readonly string[], text: RegExp): Promise<void> {
  const { status, stdout, stderr } = await mandala(folder, ...args)
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(stderr, text)
}

test('drop shows what would go and takes nothing in a dry run; with --yes it takes it', async (t) => {
  const folder = await makeSample(t)
  const before = await mandala(folder, 'ls')
  expectGolden('drop-dry-run', await mandala(folder, 'drop', 'train', '--dry-run'))
  expectGolden('drop-dry-run-json', await mandala(folder, 'drop', 'train', '--dry-run', '--json'))
  assert.deepEqual(await mandala(folder, 'ls'), before)
  expectGolden('drop-no-dependents', await mandala(folder, 'drop', 'train', 'load', '--no-dependents', '--yes'))
  expectGolden('drop-json', await mandala(folder, 'drop', 'score', '--yes', '--json'))
  expectGolden('drop-nothing', await mandala(folder, 'drop', 'train'))
})

test('drop takes the id of a call', async (t) => {
  const folder = await makeSample(t)
  const storage = new Storage(join(folder, 'lab.db'))
  const [first] = await storage.calls('load')
  await storage.close()
  expectGolden('drop-call', await mandala(folder, 'drop', first?.hid as string, '--yes'))
})

test('drop asks first where it can, and refuses to guess where it can not', async (t) => {
  const folder = await makeSample(t)
  await expectRefused(folder, ['drop', 'train'], /no terminal[\s\S]*--yes/)
  await expectRefused(folder, ['drop', 'trian', '--yes'], /no call, version or op trian[\s\S]*train/)
  await expectRefused(folder, ['drop', '0123456789', '--yes'], /No call and no ref has an id that begins with/)
  assert.equal((await mandala(folder, 'drop')).stdout, '')
})

/** Runs `mandala` in a terminal of its own, with what somebody types there. */
async function inTerminal(folder: string, typed: string, ...args: readonly string[]): Promise<Omit<Said, 'stderr'>> {
  const command = [process.execPath, '--no-warnings', cli, ...args].map((each) => `'${each}'`).join(' ')
  const env = { ...process.env, TZ: 'UTC', NO_COLOR: '1', NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: folder, env })
  let stdout = ''
  let isAsked = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (isAsked || !stdout.includes('[y]es')) return
    isAsked = true
    child.stdin.write(typed)
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout }
}

const needsScript = (t: TestContext): boolean => {
  const isThere = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false
  if (!isThere) t.skip('`script` of util-linux makes the terminal')
  return !isThere
}

test('in a terminal, a no or the end of the input leaves everything, and a yes drops', async (t) => {
  if (needsScript(t)) return
  const folder = await makeSample(t)
  const before = await mandala(folder, 'ls')
  const no = await inTerminal(folder, 'perhaps\nno\n', 'drop', 'train')
  assert.equal(no.status, 1)
  assert.match(no.stdout, /would drop 10 calls[\s\S]*Drop them\?[\s\S]*Drop them\?[\s\S]*nothing was dropped/)
  assert.equal((await inTerminal(folder, '\u0004', 'drop', 'train')).status, 1)
  assert.deepEqual(await mandala(folder, 'ls'), before)
  const yes = await inTerminal(folder, 'y\n', 'drop', 'train')
  assert.equal(yes.status, 0)
  assert.match(yes.stdout, /Drop them\?[\s\S]*dropped 10 calls/)
  assert.doesNotMatch((await mandala(folder, 'ls')).stdout, /train/)
})

test('gc collects by age, use and size', async (t) => {
  const folder = await makeSample(t)
  expectGolden('gc-dry-run', await mandala(folder, 'gc', '--older-than', '2026-03-01T12:08', '--dry-run'))
  expectGolden('gc-dry-run-json', await mandala(folder, 'gc', '--max-bytes', '0.3 kB', '--dry-run', '--json'))
  expectGolden('gc-size', await mandala(folder, 'gc', '--max-bytes', '300B'))
  expectGolden('gc-all', await mandala(folder, 'gc', '--unused-since', '1min'))
  expectGolden('gc-nothing', await mandala(folder, 'gc'))
})

test('gc refuses sizes and times that are none, and takes nothing', async (t) => {
  const folder = await makeSample(t)
  const before = await mandala(folder, 'ls')
  await expectRefused(folder, ['gc', '--max-bytes', 'lots'], /--max-bytes is "lots"[\s\S]*1\.5GB/)
  await expectRefused(folder, ['gc', '--max-bytes', '5'], /--max-bytes is "5"/)
  await expectRefused(folder, ['gc', '--older-than', '30'], /--older-than is "30"[\s\S]*30d/)
  await expectRefused(folder, ['gc', '--unused-since', '2026-13-45'], /--unused-since/)
  await expectRefused(folder, ['gc', '--unused-since', 'constructor'], /--unused-since/)
  assert.deepEqual(await mandala(folder, 'ls'), before)
})

test('failures lists what failed, with where it was thrown if asked', async (t) => {
  const folder = await makeSample(t)
  expectGolden('failures', await mandala(folder, 'failures'))
  expectGolden('failures-stack', await mandala(folder, 'failures', 'fail', '--stack'))
  expectGolden('failures-json', await mandala(folder, 'failures', '--json'))
  expectGolden('failures-none', await mandala(folder, 'failures', 'train'))
  await expectRefused(folder, ['failures', 'fial'], /no op "fial"[\s\S]*fail/)
})

for (const command of ['drop', 'gc', 'failures']) {
  test(`${command} --help has an example`, async (t) => {
    const { status, stdout } = await mandala(await makeSample(t), command, '--help')
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`Example:\\n {2}mandala ${command} `))
  })
}
