import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../../helpers.ts'
import { makeSample, mandala } from './sample.ts'

const cli = resolve(import.meta.dirname, '../../../dist/cli/main.js')
const hasBash = process.platform !== 'win32' && spawnSync('bash', ['--version']).status === 0

/** What the shell is told for a line: the candidates, without their descriptions. */
async function complete(folder: string, ...line: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, stderr } = await mandala(folder, 'complete', '--', ...line)
  assert.deepEqual([status, stderr], [0, ''])
  return stdout.trimEnd().split('\n').slice(0, -1).map((each) => each.split('\t')[0] as string)
}

test('commands, options, choices, stores and the names of ops are completed', async (t) => {
  const folder = await makeSample(t)
  assert.deepEqual(await complete(folder, 'sh'), ['show'])
  assert.ok((await complete(folder, '')).includes('ls'))
  assert.deepEqual(await complete(folder, 'ls', '--so'), ['--sort'])
  assert.deepEqual(await complete(folder, 'graph', '--format', 's'), ['svg'])
  assert.deepEqual(await complete(folder, 'ls', '--store', ''), ['lab.db'])
  assert.deepEqual(await complete(folder, 'ls', ''), ['best', 'load', 'score', 'train'])
  assert.deepEqual(await complete(folder, 'graph', 's'), ['score'])
})

test('where there is no store, or a wrong file, nothing is offered and nothing is said', async (t) => {
  const folder = makeFolder(t)
  assert.deepEqual(await complete(folder, 'ls', ''), [])
  writeFileSync(join(folder, 'notes.db'), 'no store')
  assert.deepEqual(await complete(folder, 'ls', ''), [])
})

test('completion prints a script for each shell, and refuses others', async (t) => {
  const folder = makeFolder(t)
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) assert.match((await mandala(folder, 'completion', shell)).stdout, /mandala complete/)
  const said = await mandala(folder, 'completion', 'tcsh')
  assert.deepEqual([said.status, said.stdout], [2, ''])
  assert.match(said.stderr, /Allowed choices are zsh, bash, fish, powershell/)
})

test('bash completes a line with the script', { skip: !hasBash }, async (t) => {
  const folder = await makeSample(t)
  const bin = makeFolder(t)
  writeFileSync(join(bin, 'mandala'), `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${cli}" "$@"\n`)
  chmodSync(join(bin, 'mandala'), 0o755)
  writeFileSync(join(bin, 'script.bash'), (await mandala(folder, 'completion', 'bash')).stdout)
  // What bash-completion, which may not be installed here, gives a completion: the words of the line, and which of them is completed.
  const press = (line: string): string[] => execFileSync('bash', ['-c', `
    _get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur="\${COMP_WORDS[COMP_CWORD]}"; prev="\${COMP_WORDS[COMP_CWORD-1]}"; }
    compopt() { :; }
    source "$1"
    COMP_WORDS=($2); [[ "$2" == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    __mandala_complete
    printf '%s\\n' "\${COMPREPLY[@]}"
  `, 'bash', join(bin, 'script.bash'), line], { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: bin + delimiter + process.env['PATH'] } })
    .trim().split('\n').map((each) => each.trim().split(/\s/)[0] as string)
  assert.deepEqual(press('mandala ls s'), ['score'])
  assert.deepEqual(press('mandala ls '), ['best', 'load', 'score', 'train'])
  assert.deepEqual(press('mandala vers'), ['versions'])
})
