import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { BundledSource, type BundledFile, type FileContent } from '../../src/code/bundled-source.ts'
import type { ProgramSource } from '../../src/code/program.ts'
import { transform, TRANSFORM_VERSION } from '../../src/code/transform.ts'
import { hasCode, makeFolder } from '../helpers.ts'

const NOTHING: ProgramSource = {
  loadFacts: () => undefined, resolveModule: () => ({ kind: 'unknown' }), findVersion: () => undefined, findSource: () => undefined, hasFolder: () => false,
}

function bundled(file: string, source: string, { links = [], version = TRANSFORM_VERSION }: { links?: (BundledFile | undefined)[]; version?: string } = {}): BundledFile {
  const { facts } = transform({ file, source, kind: 'module' })
  const content: FileContent = { facts, source, resolved: { tool: { kind: 'package', name: 'tool', version: '1.0.0' } }, packages: { tool: '1.0.0' }, signatures: {} }
  return { file, version, packed: deflateRawSync(JSON.stringify(content)).toString('base64'), links: () => links }
}

test('a file is known with those that it refers to, round a circle too', () => {
  const links: BundledFile[] = []
  const a = bundled('src/a.ts', 'export const a = 1', { links })
  links.push(bundled('src/b.ts', 'export const b = 2', { links: [a] }))
  const source = new BundledSource(NOTHING)
  assert.deepEqual(source.add(a, '/out/main.mjs'), ['src/a.ts', 'src/b.ts'])
  assert.equal(source.findSource('src/b.ts'), 'export const b = 2')
  assert.deepEqual([source.hasFolder('src'), source.hasFolder('.'), source.hasFolder('sr')], [true, true, false])
})

test('what a file refers to, in a part of the bundle that has not run yet, is known when another file comes', () => {
  const links: (BundledFile | undefined)[] = [undefined]
  const source = new BundledSource(NOTHING)
  assert.deepEqual(source.add(bundled('a.ts', 'export const a = 1', { links }), '/out/first.mjs'), ['a.ts'])
  links[0] = bundled('data.json', '')
  assert.deepEqual(source.add(bundled('b.ts', ''), '/out/second.mjs'), ['b.ts', 'data.json'])
  assert.deepEqual(source.add(bundled('c.ts', ''), '/out/second.mjs'), ['c.ts'])
})

test('what came with its own code is not replaced by what another file refers to', () => {
  const source = new BundledSource(NOTHING)
  source.add(bundled('a.ts', 'export const a = 2'), '/out/new.mjs')
  const old = bundled('a.ts', 'export const a = 1')
  assert.deepEqual(source.add(bundled('b.ts', '', { links: [old] }), '/out/old.mjs'), ['b.ts'])
  assert.equal(source.findSource('a.ts'), 'export const a = 2')
  // A bundle that was made again may be loaded again; two that tell different things of one name may not.
  assert.deepEqual(source.add(old, '/out/new.mjs'), ['a.ts'])
  assert.equal(source.findSource('a.ts'), 'export const a = 1')
  assert.throws(() => source.add(bundled('a.ts', 'export const a = 3'), '/out/old.mjs'), hasCode('BUNDLE_OUTDATED'))
})

test('a bundle that describes code otherwise is refused', () => {
  const source = new BundledSource(NOTHING)
  assert.throws(() => source.add(bundled('a.ts', '', { version: 'another' }), '/out/main.mjs'), hasCode('BUNDLE_OUTDATED'))
})

test('a package that lies beside the bundle in another version than when it was made has a version that only this bundle has', (t) => {
  const folder = makeFolder(t)
  const path = join(folder, 'main.mjs')
  writeFileSync(path, 'one')
  const versionIn = (at: string): string | undefined => {
    const source = new BundledSource(NOTHING)
    source.add(bundled('a.ts', ''), at)
    return source.findVersion('tool')
  }
  assert.equal(versionIn(path), '1.0.0')
  const beside = makeFolder(t)
  mkdirSync(join(beside, 'node_modules/tool'), { recursive: true })
  writeFileSync(join(beside, 'node_modules/tool/package.json'), '{ "name": "tool", "version": "2.0.0" }')
  for (const text of ['one', 'two']) writeFileSync(join(beside, `${text}.mjs`), text)
  const versions = ['one', 'two'].map((text) => versionIn(join(beside, `${text}.mjs`)))
  assert.equal(new Set([...versions, '1.0.0', '2.0.0']).size, 4)
})
