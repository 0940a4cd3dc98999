import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../../../..')
const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]

interface Block {
  readonly code: string
  readonly output: readonly string[]
}

/**
 * The blocks of a page. What one prints is in the `text` block behind it, or in the comments behind its `console.log`s, up to a colon followed
 * by prose. A block that imports nothing goes on where the one before it ended.
 */
function listBlocks(page: string): Block[] {
  const blocks: Block[] = []
  for (const [, code = '', text] of page.matchAll(/^```ts\n(.*?)^```(?:\n\n```text\n(.*?)^```)?/gms)) {
    const before = /^import /m.test(code) ? undefined : blocks.at(-1)
    const output = text === undefined ? commentsOf(code) : text.trimEnd().split('\n')
    blocks.push({ code: (before?.code ?? '') + code, output: [...(before?.output ?? []), ...output] })
  }
  return blocks
}

function commentsOf(code: string): string[] {
  return [...code.matchAll(/^\s*console\.log\(.*?\)\s+\/\/ (.+)$/gm)].map(([, line]) => (line as string).replace(/: .*$/, ''))
}

for (const page of pages) {
  for (const [i, { code, output }] of listBlocks(readFileSync(join(root, page), 'utf8')).entries()) {
    test(`${page}, block ${i + 1} runs and prints what it says`, (t) => {
      const file = join(import.meta.dirname, `block-${process.pid}-${i}.ts`)
      writeFileSync(file, code)
      t.after(() => rmSync(file))
      const child = spawnSync(process.execPath, [file], { encoding: 'utf8' })
      assert.equal(child.status, 0, child.stderr)
      const printed = child.stdout.trimEnd()
      assert.deepEqual(printed === '' ? [] : printed.split('\n').map((line) => line.trimEnd()), output)
    })
  }
}

test('a block that prints something else is noticed', () => {
  assert.deepEqual(listBlocks("```ts\nimport 'x'\nconsole.log(1)   // 1\nconsole.log('a')  // a: prose\n```\n\n```ts\ngoOn()\n```\n\n```text\nb\n```\n"), [
    { code: "import 'x'\nconsole.log(1)   // 1\nconsole.log('a')  // a: prose\n", output: ['1', 'a'] },
    { code: "import 'x'\nconsole.log(1)   // 1\nconsole.log('a')  // a: prose\ngoOn()\n", output: ['1', 'a', 'b'] },
  ])
})
