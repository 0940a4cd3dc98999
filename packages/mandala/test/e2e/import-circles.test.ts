import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { makeProject, program } from './tracked-project.ts'

/** The rest of a module whose functions are called before its first line runs. */
const EARLY = `const N = 7
export function early(x: number): number { if (x > 3) { return x * 2 } return twice(x) }
function twice(x: number) { const doubled = x * 2; return doubled }
export const late = () => { const sum = early(N); return sum }
`
const CALLED = 'export const called = early(1) + early(10)\n'
const CALLER = `import { early } from './early.ts'\n${CALLED}`

type Files = Readonly<Record<string, string>>

/** Files by which `early.ts` is entered too early. */
const SHAPES: Readonly<Record<string, Files>> = {
  'two modules': { 'early.ts': `import { called } from './caller.ts'\n${EARLY}export { called }`, 'caller.ts': CALLER },
  'three modules': {
    'early.ts': `import { called } from './middle.ts'\n${EARLY}export { called }`, 'middle.ts': "import { called } from './caller.ts'\nexport { called }",
    'caller.ts': CALLER,
  },
  'a module that imports itself, too': {
    'early.ts': `import { called } from './caller.ts'\nimport * as self from './early.ts'\n${EARLY}export { called, self }`, 'caller.ts': CALLER,
  },
  '`export *`': {
    'early.ts': `export * from './caller.ts'\n${EARLY}`, 'caller.ts': `import { early } from './all.ts'\n${CALLED}`, 'all.ts': "export * from './early.ts'",
  },
  '`export * as`': {
    'early.ts': `export { called } from './caller.ts'\n${EARLY}`, 'caller.ts': `import { all } from './all.ts'\nconst { early } = all\n${CALLED}`,
    'all.ts': "export * as all from './early.ts'",
  },
  'an import of types in braces': {
    'early.ts': `import { type Called } from './caller.ts'\nimport { given } from './given.ts'\n${EARLY}export const { called } = given as Called`,
    'caller.ts': "import { early } from './early.ts'\nimport { given } from './given.ts'\n"
      + 'export interface Called { called: number }\ngiven.called = early(1) + early(10)',
    'given.ts': 'export const given = { called: 0 }',
  },
  'an alias': {
    '../package.json': '{ "name": "project", "type": "module", "imports": { "#caller": "./src/caller.ts" } }',
    'early.ts': `import { called } from '#caller'\n${EARLY}export { called }`, 'caller.ts': CALLER,
  },
  'the name of its own package': {
    '../package.json': '{ "name": "project", "type": "module", "exports": "./src/caller.ts" }',
    'early.ts': `import { called } from 'project'\n${EARLY}export { called }`, 'caller.ts': CALLER,
  },
  'a package that is linked': {
    '../linked/package.json': '{ "name": "linked", "type": "module", "exports": "./index.js" }',
    '../linked/index.js': 'export { called } from "../src/caller.ts"',
    'early.ts': `import { called } from 'linked'\n${EARLY}export { called }`, 'caller.ts': CALLER,
  },
  'a module that is no file': {
    'early.ts': `import { called } from 'data:text/javascript,export { called } from "ROOT/src/caller.ts"'\n${EARLY}export { called }`, 'caller.ts': CALLER,
  },
  'modules with a query': {
    'early.ts': `import { called } from './caller.ts?1'\n${EARLY}export { called }`, 'caller.ts': CALLER.replace('early.ts', 'early.ts?1'),
    'start.ts': "export * from './early.ts?1'",
  },
  'a module that waits': {
    'early.ts': `import { called } from './caller.ts'\n${EARLY}await null\nexport { called }`, 'caller.ts': `await null\n${CALLER}`,
  },
  // Node lets a module be required that imports one which is about to run, if it was linked with that.
  'CommonJS that requires a module': {
    'early.ts': `import required from './require.cjs'\n${EARLY}export const { called } = required`, 'require.cjs': "exports.called = require('./caller.ts').called",
    'caller.ts': CALLER, 'start.ts': "export * from './early.ts'\nimport './caller.ts'",
  },
  'a module that requires a module': {
    'early.ts': `import { called } from './require.ts'\n${EARLY}export { called }`,
    'require.ts': "import { createRequire } from 'node:module'\nexport const { called } = createRequire(import.meta.url)('./caller.ts')",
    'caller.ts': CALLER, 'start.ts': "export * from './early.ts'\nimport './caller.ts'",
  },
  'a module that requires a module without importing how': {
    'early.ts': `import { called } from './require.ts'\n${EARLY}export { called }`,
    'require.ts': "export const { called } = process.getBuiltinModule('module').createRequire(import.meta.url)('./caller.ts')",
    'caller.ts': CALLER, 'start.ts': "export * from './early.ts'\nimport './caller.ts'",
  },
}

/** Where a hook gave the text of an imported script, Node 22 can't require a module from it. */
const isMissing = (name: string): boolean => name.startsWith('CommonJS') && process.version.startsWith('v22.')

for (const [name, files] of Object.entries(SHAPES)) {
  test(`functions may be called before their module runs, in a circle by ${name}`, { skip: isMissing(name) }, async (t) => {
    const start = 'start.ts' in files ? './start.ts' : './early.ts'
    const main = program(`import { called, late } from '${start}'\nconst run = op(async function run() { return called + late() })`, 'return unwrap(run())')
    const { folder, write, run } = makeProject(t, { 'src/main.ts': main })
    symlinkSync(join(folder, 'linked'), join(folder, 'node_modules/linked'), 'junction')
    const placed = Object.entries(files).map(([file, text]) => [`src/${file}`, text.replace('ROOT', pathToFileURL(folder).href)] as const)
    for (const [file, text] of placed) write(file, text)
    const outcome = async () => {
      const { result, executed } = await run()
      return { result, executed }
    }
    assert.deepEqual(await outcome(), { result: 22 + 14, executed: ['run'] })
    assert.deepEqual(await outcome(), { result: 22 + 14, executed: [] })
    for (const [file, text] of placed) write(file, text.replace('N = 7', 'N = 8'))
    assert.deepEqual(await outcome(), { result: 22 + 16, executed: ['run'] })
  })
}
