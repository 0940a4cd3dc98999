import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../../helpers.ts'
import { makeSample, mandala } from './sample.ts'

/** The commands, as the overview lists them under what they are for. */
async function listCommands(): Promise<Map<string, string[]>> {
  const { stdout } = await mandala('.', '--help')
  const commands = new Map<string, string[]>()
  let purpose = ''
  for (const line of stdout.split('\n')) {
    const [, heading, name] = /^(?:(\S.*):|  ([a-z]+) .*)$/.exec(line) ?? []
    if (heading !== undefined) purpose = heading
    else if (name !== undefined) commands.set(purpose, [...(commands.get(purpose) ?? []), name])
  }
  commands.delete('Options')
  commands.delete('Commands')
  return commands
}

/** Splits a line as a shell does, as far as examples need it. */
const splitLine = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string))

const commands = await listCommands()

test('the overview lists the commands by what they are for', () => {
  assert.deepEqual(commands.get('Run'), ['run'])
  assert.ok(commands.get('Look')?.includes('ls'))
  assert.equal(commands.has(''), false)
})

/** Their examples need a program whose code is known: they are tried with one, in tests of their own. */
const WITH_PROGRAM: ReadonlySet<string> = new Set(['status', 'mark', 'verify', 'explain'])

for (const name of [...commands.values()].flat()) {
  test(`mandala ${name} --help has examples, each of which works`, async (t) => {
    const { status, stdout, stderr } = await mandala('.', name, '--help')
    assert.deepEqual([status, stderr], [0, ''])
    const examples = [...stdout.slice(stdout.indexOf('\nExample')).matchAll(/^ {2}mandala (.+)$/gm)].map(([, line]) => splitLine(line as string))
    assert.notDeepEqual(examples, [])
    for (const args of WITH_PROGRAM.has(name) ? [] : examples) {
      const folder = await makeSample(t)
      // Examples name the store as they like.
      for (const copy of ['digits.db', 'bundle.db']) copyFileSync(join(folder, 'lab.db'), join(folder, copy))
      writeFileSync(join(folder, 'mandala.config.mjs'), "export default { store: 'lab.db' }\n")
      writeFileSync(join(folder, 'experiment.ts'), 'process.exitCode = process.argv.length === 4 ? 0 : 2\n')
      const said = await mandala(folder, ...args)
      assert.ok((said.status === 0 || said.status === 1) && said.stderr === '', `mandala ${args.join(' ')} ends with ${said.status}:\n${said.stderr}`)
    }
  })
}

test('an unknown command is told the nearest one, with 2', async (t) => {
  const said = await mandala(makeFolder(t), 'shwo')
  assert.deepEqual([said.status, said.stdout], [2, ''])
  assert.match(said.stderr, /unknown command 'shwo'[\s\S]*Did you mean show\?/)
})

test('a configuration that is wrong is told kindly, by its path', async (t) => {
  const folder = await makeSample(t)
  const wrong: readonly (readonly [text: string, says: RegExp])[] = [
    ["export default { stroe: 'lab.db' }", /mandala\.config\.mjs: there is no option "stroe"[\s\S]*store, deps, program/],
    ['export default { store: 5 }', /mandala\.config\.mjs: store is 5/], ['export default 5', /mandala\.config\.mjs: its options are 5/],
    ['export default {', /mandala\.config\.mjs can't be loaded[\s\S]*--store/], ["throw new Error('no')", /can't be loaded: no/],
    ["export default { store: 'labs.db' }", /there is no store .*labs\.db/],
  ]
  for (const [text, says] of wrong) {
    writeFileSync(join(folder, 'mandala.config.mjs'), text)
    const said = await mandala(folder, 'ls')
    assert.deepEqual([said.status, said.stdout], [2, ''])
    assert.match(said.stderr, says)
  }
})
