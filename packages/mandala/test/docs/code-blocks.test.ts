import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../../../..')
const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]

/** Lines that a block promises to print: the comments behind its `console.log`s, up to a colon followed by prose. */
function expectedLines(code: string): string[] {
  return [...code.matchAll(/^\s*console\.log\(.*?\)\s+\/\/ (.+)$/gm)].map(([, line]) => (line as string).replace(/: .*$/, ''))
}

for (const page of pages) {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string)
  for (const [i, code] of blocks.entries()) {
    test(`${page}, block ${i + 1} runs and prints what it says`, (t) => {
      const file = join(import.meta.dirname, `block-${process.pid}-${i}.ts`)
      writeFileSync(file, code)
      t.after(() => rmSync(file))
      const child = spawnSync(process.execPath, [file], { encoding: 'utf8' })
      assert.equal(child.status, 0, child.stderr)
      assert.deepEqual(child.stdout.trim().split('\n'), expectedLines(code))
    })
  }
}

test('a block that prints something else is noticed', () => {
  assert.deepEqual(expectedLines("console.log(1)   // 1\nconsole.log('a')  // a: prose\n"), ['1', 'a'])
})
