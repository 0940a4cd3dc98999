import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala, type Said } from './sample.ts'

/** Without what is another thing on every machine. */
function withoutMachine({ status, stdout, stderr }: Said, folder: string): Said {
  const { node, sqlite } = process.versions
  const text = stdout.replaceAll(folder, '<folder>').replace(node, '<node>').replace(sqlite as string, '<sqlite>')
    .replace(/(?<=mandala-ts\W.*?)\d+\.\d+\.\d+/s, '<version>').replace(/[\d.]+ [kMGT]?B free/, '<n> free').replaceAll(/[\d.]+ [kM]B/g, '<n> kB')
  return { status, stderr, stdout: text.replace(/^\w+ +file system .*\n/m, '').replace(/ {2}\{[^{]*"file system"[^}]*\},\n/, '') }
}

/** What doctor says of some subjects. */
const linesOf = (said: Said, ...subjects: readonly string[]): string[] =>
  said.stdout.split('\n').filter((line) => subjects.some((subject) => new RegExp(`^\\w+ +${subject} `).test(line))).map((line) => line.replaceAll(/ {2,}/g, ' '))

test('doctor looks at everything, each with its verdict, and ends with 0 where nothing is wrong', async (t) => {
  const folder = await makeSample(t)
  writeFileSync(join(folder, 'package.json'), '{ "name": "lab", "type": "module" }')
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(folder, '.git/HEAD'), '0123456789abcdef0123456789abcdef01234567\n')
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'mandala.config.ts'), "export default { store: 'lab.db', deps: 'src' }")
  expectGolden('doctor', withoutMachine(await mandala(folder, 'doctor'), folder))
  expectGolden('doctor-json', withoutMachine(await mandala(folder, 'doctor', '--json'), folder))
})

test('doctor works without a store, and with one that is not there yet', async (t) => {
  const folder = makeFolder(t)
  const without = await mandala(folder, 'doctor')
  assert.deepEqual([without.status, linesOf(without, 'store', 'config')], [0, [
    'ok config no mandala.config.ts, which is optional', 'ok store none looked at: say --store <file>',
  ]])
  const missing = await mandala(folder, 'doctor', '--store', 'lab.db')
  assert.deepEqual([missing.status, linesOf(missing, 'store')], [0, ['warning store lab.db is not there yet → the first run makes it; or check the path']])
})

test('doctor goes on where something is wrong, says the next step, and ends with 1', async (t) => {
  const folder = await makeSample(t)
  writeFileSync(join(folder, 'mandala.config.ts'), "export default { store: 'lab.db', program: 'opz.ts', deps: 'sources' }")
  const db = new DatabaseSync(join(folder, 'lab.db'))
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 99')
  db.close()
  const said = await mandala(folder, 'doctor')
  assert.deepEqual([said.status, linesOf(said, 'config', 'deps', 'format', 'journal')], [1, [
    `ok config ${folder}/mandala.config.ts`, `problem config its program ${folder}/opz.ts is not there → name the module that defines the ops`,
    'problem deps there is no folder sources in the package → name the folder that holds your code, seen from package.json',
    'problem format 99; this release knows formats up to 4 → update mandala-ts',
    'warning journal delete: another tool changed it, and processes wait for each other → sqlite3 <file> "PRAGMA journal_mode = wal"',
  ]])
  writeFileSync(join(folder, 'mandala.config.ts'), 'export default { shop: 1 }')
  assert.match(linesOf(await mandala(folder, 'doctor'), 'config')[0] as string, /^problem config .*there is no option "shop" → the options are store, deps, program/)
})

test('doctor tells a file that is none of ours, and one that is damaged', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'notes.db'), 'notes '.repeat(2000))
  new DatabaseSync(join(folder, 'other.db')).exec('CREATE TABLE a (b)')
  const [notes, other] = [await mandala(folder, 'doctor', '--store', 'notes.db'), await mandala(folder, 'doctor', '--store', 'other.db')]
  assert.deepEqual([notes.status, linesOf(notes, 'store')], [1, ['problem store notes.db is not a mandala store → give another path: the file was left untouched']])
  assert.deepEqual([other.status, linesOf(other, 'store')], [1, ['problem store other.db is not a mandala store → give another path: the file was left untouched']])
})

const hasMemoryFolder = existsSync('/dev/shm') && statfsSync('/dev/shm').type === 0x01021994

test('doctor warns of a store in memory, which a restart takes away', { skip: !hasMemoryFolder && 'no such folder here' }, async (t) => {
  const path = `/dev/shm/mandala-doctor-${process.pid}.db`
  t.after(() => rmSync(path, { force: true }))
  new DatabaseSync(path).exec(`PRAGMA application_id = ${0x6d6e646c}`)
  assert.match(linesOf(await mandala(makeFolder(t), 'doctor', '--store', path), 'file system')[0] as string, /^warning file system tmpfs: gone when the machine restarts/)
})

test('doctor says where a store may only be read', { skip: process.getuid?.() === 0 ? 'an administrator may write to all' : false }, async (t) => {
  const folder = await makeSample(t)
  chmodSync(join(folder, 'lab.db'), 0o444)
  assert.match(linesOf(await mandala(folder, 'doctor'), 'access')[0] as string, /^warning access may only be read/)
})

test('the help of doctor has an example, and unknown options are refused', async (t) => {
  const folder = makeFolder(t)
  assert.match((await mandala(folder, 'doctor', '--help')).stdout, /Example:\n {2}mandala doctor/)
  assert.match((await mandala(folder, 'doctor', '--fix')).stderr, /unknown option '--fix'/)
})
