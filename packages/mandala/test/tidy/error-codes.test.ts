import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const src = resolve(import.meta.dirname, '../../src')
const docs = resolve(import.meta.dirname, '../../../../docs')

const declared = [...readFileSync(join(src, 'base/mandala-error.ts'), 'utf8').matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code as string)

test('every error code has a heading in the docs, and every heading a code', () => {
  const headings = [...readFileSync(join(docs, 'errors.md'), 'utf8').matchAll(/^## `([A-Z_]+)`/gm)].map(([, code]) => code as string)
  assert.deepEqual(headings.toSorted(), declared.toSorted())
})

test('every error code is raised somewhere', () => {
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && name !== 'base/mandala-error.ts')
  const text = sources.map((name) => readFileSync(join(src, name), 'utf8')).join('\n')
  assert.deepEqual(declared.filter((code) => !text.includes(`'${code}'`)), [])
})
