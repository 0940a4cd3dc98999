import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../../../..')
const LINES_MAX = 500
const LINE_LENGTH_MAX = 170

function listSources(): string[] {
  return ['packages/mandala/src', 'packages/mandala/test', 'examples', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
      .map((name) => join(folder, name)))
}

function findOversized(name: string, text: string): string[] {
  const lines = text.split('\n')
  const faults = lines.flatMap((line, i) => (line.length > LINE_LENGTH_MAX ? [`${name}:${i + 1} has ${line.length} characters`] : []))
  return lines.length > LINES_MAX ? [...faults, `${name} has ${lines.length} lines`] : faults
}

test('no file and no line is too long', () => {
  assert.deepEqual(listSources().flatMap((name) => findOversized(name, readFileSync(join(root, name), 'utf8'))), [])
  assert.equal(findOversized('long.ts', '\n'.repeat(600)).length, 1)
})

test('files are named in kebab-case', () => {
  const isKebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/
  assert.deepEqual(listSources().filter((name) => !isKebab.test(name.split('/').at(-1) as string)), [])
  assert.equal(isKebab.test('CamelCase.ts'), false)
})
