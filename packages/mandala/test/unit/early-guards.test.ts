import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { SourceLoader } from '../../src/code/source-loader.ts'
import { makeFolder } from '../helpers.ts'

type Files = Readonly<Record<string, string>>

/** A module with a declared function that has something to report. */
const module = (...lines: string[]): string => [...lines, 'const N: number = 1', 'export function f() { return Math.max(N, 2) }', ''].join('\n')
const importing = (...sources: string[]): string => module(...sources.map((source) => `import ${JSON.stringify(source)}`))

function makeLoader(t: TestContext, files: Files): { loader: SourceLoader; folder: string; warnings: string[] } {
  const folder = makeFolder(t)
  const all = {
    'app/package.json': '{ "name": "app", "type": "module", "exports": "./main.ts" }',
    'app/node_modules/chunks/package.json': '{ "name": "chunks", "version": "1.0.0" }',
    'linked/package.json': '{ "name": "linked", "version": "1.0.0" }', 'outside.ts': importing('./app/main.ts'), ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    const path = join(folder, name in files ? join('app', name) : name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  symlinkSync(join(folder, 'linked'), join(folder, 'app/node_modules/linked'), 'junction')
  const warnings: string[] = []
  return { loader: new SourceLoader(join(folder, 'app'), (text) => warnings.push(text)), folder, warnings }
}

const isGuarded = (loader: SourceLoader, file: string): boolean => {
  const code = loader.load(file)?.code.replace(/\s/g, '') ?? ''
  assert.match(code, /functionf\(\)\{.*\$mdb\[0\]&&/)
  return code.includes('!==void0&&')
}

const listGuarded = (loader: SourceLoader, files: Files): string[] =>
  Object.keys(files).filter((file) => /\.[mc]?[jt]sx?$/.test(file) && files[file]?.includes('export function f') && isGuarded(loader, file))

/** Programs, and which of their modules may be entered before their first line runs. */
const PROGRAMS: Readonly<Record<string, readonly [files: Files, guarded: readonly string[]]>> = {
  'one that imports nothing': [{ 'main.ts': importing() }, []],
  'a chain': [{ 'main.ts': importing('./a.ts'), 'a.ts': importing('./b.ts'), 'b.ts': importing() }, []],
  'two that import the same': [{ 'main.ts': importing('./a.ts', './b.ts'), 'a.ts': importing('./c.ts'), 'b.ts': importing('./c.ts'), 'c.ts': importing() }, []],
  'one that imports itself': [{ 'main.ts': importing('./main.ts') }, ['main.ts']],
  'a circle of two, which another imports, and which imports another': [
    { 'main.ts': importing('./a.ts'), 'a.ts': importing('./b.ts', './c.ts'), 'b.ts': importing('./a.ts'), 'c.ts': importing() }, ['a.ts', 'b.ts']],
  'a circle of three': [{ 'main.ts': importing('./a.ts'), 'a.ts': importing('./b.ts'), 'b.ts': importing('./main.ts') }, ['main.ts', 'a.ts', 'b.ts']],
  'two circles that meet, and one beyond': [
    {
      'main.ts': importing('./a.ts', './b.ts'), 'a.ts': importing('./main.ts'), 'b.ts': importing('./main.ts', './c.ts'), 'c.ts': importing('./d.ts'),
      'd.ts': importing('./e.ts'), 'e.ts': importing('./d.ts'),
    }, ['main.ts', 'a.ts', 'b.ts', 'd.ts', 'e.ts']],
  'a circle by `export *`': [{ 'main.ts': module("export * from './a.ts'"), 'a.ts': module("export * as main from './main.ts'") }, ['main.ts', 'a.ts']],
  'a circle by `export { … } from`': [{ 'main.ts': module("export { f as g } from './a.ts'"), 'a.ts': importing('./main.ts') }, ['main.ts', 'a.ts']],
  'a circle by paths of other kinds': [{ 'main.ts': importing('./src/../a.ts?x=1'), 'a.ts': importing('././main.js#x') }, ['main.ts', 'a.ts']],
  'types alone': [{ 'main.ts': module("import type { N } from './a.ts'", "export type { T } from './a.ts'"), 'a.ts': importing('./main.ts') }, []],
  'types in braces, which leave the import': [{ 'main.ts': module("import { type T } from './a.ts'"), 'a.ts': importing('./main.ts') }, ['main.ts', 'a.ts']],
  'an import when it runs': [{ 'main.ts': importing('./a.ts'), 'a.ts': module("await import('./main.ts')") }, []],
  'data': [{ 'main.ts': module('import data from "./d.json" with { type: "json" }'), 'd.json': '{}' }, []],
  'packages, built-in modules and the library': [{ 'main.ts': importing('chunks', 'chunks/sub.js', 'node:fs', 'path', 'mandala-ts', 'mandala-ts/plugin') }, []],
  'a package that is linked': [{ 'main.ts': importing('./a.ts', './b.ts'), 'a.ts': importing('linked'), 'b.ts': importing() }, ['main.ts', 'a.ts']],
  'a package that isn\'t there': [{ 'main.ts': importing('./a.ts'), 'a.ts': importing('missing') }, ['main.ts', 'a.ts']],
  'its own package': [{ 'main.ts': importing('app'), 'node_modules/app/package.json': '{ "name": "app" }' }, ['main.ts']],
  'an alias': [{ 'main.ts': importing('./a.ts'), 'a.ts': importing('./b.ts', '#x'), 'b.ts': importing() }, ['main.ts', 'a.ts']],
  'an address': [{ 'main.ts': importing('data:text/javascript,0') }, ['main.ts']],
  'a file that isn\'t there': [{ 'main.ts': importing('./missing.ts') }, ['main.ts']],
  'a file of another kind': [{ 'main.ts': importing('./a.wasm', './a.ts'), 'a.wasm': '', 'a.ts': importing() }, ['main.ts']],
  'a file out of the root': [{ 'main.ts': importing('../outside.ts') }, ['main.ts']],
  'a file that can\'t be parsed': [{ 'main.ts': importing('./a.ts'), 'a.ts': importing('./broken.ts'), 'broken.ts': 'export const = 1' }, ['main.ts', 'a.ts']],
  'a file with TypeScript beside it': [{ 'main.ts': importing('./a.js'), 'a.ts': importing(), 'a.js': '' }, ['main.ts']],
  'JSX': [{ 'main.ts': importing('./a.tsx'), 'a.tsx': importing() }, ['main.ts', 'a.tsx']],
  'CommonJS': [{ 'main.ts': importing('./a.ts', './b.ts'), 'a.ts': importing('./old.cjs'), 'old.cjs': '', 'b.ts': importing() }, ['main.ts', 'a.ts']],
  'a module that can require': [
    { 'main.ts': importing('./a.ts', './b.ts'), 'a.ts': importing('node:module'), 'b.ts': importing('./c.ts'), 'c.ts': module("process.getBuiltinModule('module')") },
    ['main.ts', 'b.ts']],
  'a module that finds a `require`': [
    {
      'main.ts': importing('./a.ts', './b.ts', './c.ts', './d.ts'), 'a.ts': importing('./util.ts'), 'util.ts': module("globalThis.module?.require('util')"),
      'b.ts': importing('./file.ts'), 'file.ts': module("globalThis.require?.('./x.ts')"),
      'c.ts': importing('./any.ts'), 'any.ts': module("globalThis.require('./' + 'x.ts')"), 'd.ts': importing('./how.ts'), 'how.ts': module("require('node:module')"),
    }, ['main.ts', 'b.ts', 'c.ts', 'd.ts']],
}

for (const [name, [files, guarded]] of Object.entries(PROGRAMS)) {
  test(`what is entered early is guarded: ${name}`, (t) => {
    assert.deepEqual(listGuarded(makeLoader(t, files).loader, files), guarded)
    // Whichever is loaded first.
    const reversed = Object.fromEntries(Object.entries(files).toReversed())
    assert.deepEqual(listGuarded(makeLoader(t, reversed).loader, reversed).sort(), guarded.toSorted())
  })
}

test('a file that is known by another path too may be another one there', (t) => {
  const files = { 'main.ts': importing('./link/a.ts'), 'real/a.ts': importing() }
  const { loader, folder } = makeLoader(t, files)
  symlinkSync(join(folder, 'app/real'), join(folder, 'app/link'), 'junction')
  assert.deepEqual(listGuarded(loader, files), ['main.ts'])
})

test('in a package that was installed, others may import it', (t) => {
  const { folder } = makeLoader(t, { 'node_modules/chunks/main.ts': importing('other'), 'node_modules/other/package.json': '{ "name": "other" }' })
  assert.equal(isGuarded(new SourceLoader(join(folder, 'app/node_modules/chunks'), () => {}), 'main.ts'), true)
})

test('a file that was edited is followed again, and so are those that import it', (t) => {
  const files = { 'main.ts': importing('./a.ts'), 'a.ts': importing() }
  const { loader } = makeLoader(t, files)
  assert.deepEqual(listGuarded(loader, files), [])
  writeFileSync(loader.pathOf('a.ts'), importing('./main.ts'))
  assert.deepEqual(listGuarded(loader, files), [], 'as long as it runs as it was')
  loader.forget('a.ts')
  assert.deepEqual(listGuarded(loader, files), ['main.ts', 'a.ts'])
})

test('that a file can\'t be parsed is said once', (t) => {
  const { loader, warnings } = makeLoader(t, { 'main.ts': importing('./broken.ts'), 'a.ts': importing('./broken.ts'), 'broken.ts': 'export const = 1' })
  for (const file of ['main.ts', 'a.ts', 'broken.ts']) loader.load(file)
  assert.equal(warnings.length, 1)
})
