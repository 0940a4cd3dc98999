import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'

const examples = import.meta.dirname

/** A folder with a copy of the examples, which a test may edit as a user would. */
function makeCopy(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['package.json', 'digits', 'spam']) cpSync(join(examples, name), join(folder, name), { recursive: true })
  symlinkSync(join(examples, '..', 'node_modules'), join(folder, 'node_modules'), 'junction')
  return folder
}

function edit(file: string, [from, to]: [from: string, to: string]): void {
  const text = readFileSync(file, 'utf8')
  assert.ok(text.includes(from), `${file} has no ${from}`)
  writeFileSync(file, text.replace(from, to))
}

/** The digits experiment with fewer pictures: the same calls in less time. */
function makeSmallDigits(t: TestContext): string {
  const folder = makeCopy(t)
  edit(join(folder, 'digits', 'main.ts'), ['perClass: number = 30', 'perClass: number = 12'])
  return folder
}

interface Run {
  readonly lines: readonly string[]
  readonly summary: string
  readonly executed: number
  readonly loaded: number
}

interface Outcome { readonly output: string; readonly exit: number | string | null }

/** Runs an example; kills it with SIGKILL as soon as it has printed so many lines. */
async function start(folder: string, example: string, killAfterLines = Infinity): Promise<Outcome> {
  const env = { ...process.env, STORE: join(folder, `${example}.db`) }
  const child = spawn(process.execPath, [join(folder, example, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.split('\n').length > killAfterLines) child.kill('SIGKILL')
  })
  const [code, signal] = await once(child, 'close') as [number | null, string | null]
  return { output, exit: code ?? signal }
}

async function run(folder: string, example: string): Promise<Run> {
  const { output, exit } = await start(folder, example)
  assert.equal(exit, 0)
  const lines = output.trim().split('\n')
  const summary = lines.pop() ?? ''
  const [executed, loaded] = /^executed (\d+) · loaded (\d+) · saved /.exec(summary)?.slice(1).map(Number) ?? []
  assert.ok(executed !== undefined && loaded !== undefined, summary)
  return { lines, summary, executed, loaded }
}

async function killAfter(folder: string, example: string, lineCount: number): Promise<string[]> {
  const { output, exit } = await start(folder, example, lineCount)
  assert.equal(exit, 'SIGKILL')
  return output.split('\n').slice(0, -1)
}

suite('examples', { concurrency: true }, () => {
  test('digits executes 27 calls, then none, then only those of a longer loop', async (t) => {
    const folder = makeSmallDigits(t)
    const first = await run(folder, 'digits')
    assert.equal(first.summary, 'executed 27 · loaded 0 · saved 0 s')
    const second = await run(folder, 'digits')
    assert.deepEqual(second.lines, first.lines)
    assert.equal(second.executed, 0)
    assert.ok(second.loaded <= 12, second.summary)
    edit(join(folder, 'digits', 'main.ts'), ['TREES = [', 'TREES = [1, '])
    const longer = await run(folder, 'digits')
    assert.equal(longer.executed, 3 * 2 * 2)
    assert.deepEqual(longer.lines.filter((line) => first.lines.includes(line)), first.lines)
  })

  test('digits goes on exactly where it was killed', async (t) => {
    const folder = makeSmallDigits(t)
    const printed = await killAfter(folder, 'digits', 7)
    const rest = await run(folder, 'digits')
    assert.deepEqual(rest.lines.slice(0, printed.length), printed)
    // Stored by then: a model and its accuracy for each line below the heading, and the digits for every four of them.
    const done = printed.length - 1
    const left = 27 - 2 * done - Math.ceil(done / 4)
    assert.ok(rest.executed === left || rest.executed === left - 1, `executed ${rest.executed}, ${left} were left`)
  })

  test('digits: the table of all accuracies comes from one of them', async (t) => {
    const folder = makeSmallDigits(t)
    const main = join(folder, 'digits', 'main.ts')
    const printed = (await run(folder, 'digits')).lines.slice(1).map((line) => line.split(/ +/))
    edit(main, ['Storage, unwrap }', 'Storage, unwrap, wrap }'])
    edit(main, ['console.log(String(storage.summary()))', `
      await storage.run({ newCalls: 'error' }, async () => {
        const [nClass, nEstimators, maxDepth] = [wrap(5), wrap(5), wrap(8)]
        const { trainX, testX, y } = await loadDigits(nClass)
        const acc = await getAcc(trainModel(trainX, y, nEstimators, maxDepth), testX, y)
        const table = await storage.similar({ nClass, nEstimators, maxDepth, acc })
        for (const row of table.objects()) console.log(['row', row.nClass, row.nEstimators, row.maxDepth, row.acc.toFixed(3)].join(' '))
      })
      console.log(String(storage.summary()))`])
    const { lines } = await run(folder, 'digits')
    const rows = lines.filter((line) => line.startsWith('row ')).map((line) => line.split(' ').slice(1))
    assert.deepEqual(rows.sort(), printed.sort())
  })

  test('spam repeats only the calls that throw, and makes vectors again for a new experiment', async (t) => {
    const folder = makeCopy(t)
    const first = await run(folder, 'spam')
    const refused = first.lines.filter((line) => line.includes('encoding is not supported')).length
    assert.ok(refused > 0)
    const second = await run(folder, 'spam')
    assert.deepEqual(second.lines, first.lines)
    // In each a call inside a call throws.
    assert.equal(second.executed, 2 * refused)
    edit(join(folder, 'spam', 'main.ts'), ['SMOOTHINGS = [', 'SMOOTHINGS = [10, '])
    const longer = await run(folder, 'spam')
    // For either minimum a cross-validation and an average; for each fold a model, two guesses and a score, and four sets of vectors again.
    const most = 2 * refused + 2 * (2 + 5 * (1 + 2 + 1 + 4))
    // Guesses may come out as with another smoothing: then the score is a hit by content.
    assert.ok(longer.executed <= most && longer.executed >= most - 12, `executed ${longer.executed} of ${most}`)
    assert.deepEqual(longer.lines.filter((line) => first.lines.includes(line)), first.lines)
  })
})
