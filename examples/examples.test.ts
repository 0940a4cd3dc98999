import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

const examples = import.meta.dirname

/** A folder with a copy of the examples, which a test may edit as a user would. */
function makeCopy(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['package.json', 'digits', 'spam', 'versions']) cpSync(join(examples, name), join(folder, name), { recursive: true })
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
  readonly failed: number
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
  const { executed, failed, loaded } = /^executed (?<executed>\d+)(?: · failed (?<failed>\d+))? · loaded (?<loaded>\d+) · saved /.exec(summary)?.groups ?? {}
  assert.ok(executed !== undefined, summary)
  return { lines, summary, executed: Number(executed), failed: Number(failed ?? 0), loaded: Number(loaded) }
}

async function killAfter(folder: string, example: string, lineCount: number): Promise<string[]> {
  const { output, exit } = await start(folder, example, lineCount)
  assert.equal(exit, 'SIGKILL')
  return output.split('\n').slice(0, -1)
}

/** Runs the example on versions, and gives the ops whose functions ran. */
async function runVersions(folder: string): Promise<{ readonly executed: string; readonly lines: readonly string[] }> {
  const options = { cwd: folder, env: { ...process.env, STORE: join(folder, 'versions.db') } }
  const { stdout } = await execute(process.execPath, ['--import', 'mandala-ts/register', join(folder, 'versions', 'main.ts')], options)
  const lines = stdout.trim().split('\n')
  return { executed: lines.find((line) => line.startsWith('executed: '))?.slice('executed: '.length) ?? '', lines }
}

const execute = promisify(execFile)

suite('examples', { concurrency: true }, () => {
  test('digits executes 27 calls, then none, then only those of a longer loop', async (t) => {
    const folder = makeSmallDigits(t)
    const first = await run(folder, 'digits')
    assert.equal(first.summary, 'executed 27 · loaded 0 · saved 0 s')
    const second = await run(folder, 'digits')
    assert.deepEqual(second.lines, first.lines)
    assert.equal(second.executed, 0)
    assert.ok(second.loaded <= 12, second.summary)
    const env = { ...process.env, STORE: join(folder, 'digits.db'), PICTURE: join(folder, 'digits.svg') }
    const { stdout } = await execute(process.execPath, [join(folder, 'digits', 'look.ts')], { env })
    const readme = readFileSync(join(examples, '..', 'README.md'), 'utf8')
    // The README shows the same experiment with more pictures: other accuracies, the same frame.
    assert.ok(readme.includes(stdout.slice(0, stdout.indexOf('\n\n'))), stdout)
    assert.match(stdout, /\nnClass  nEstimators  maxDepth +acc\n(.*\n){13}$/)
    assert.match(readFileSync(join(folder, 'digits.svg'), 'utf8'), /<svg [^]*getAcc[^]*<\/svg>/)
    edit(join(folder, 'digits', 'main.ts'), ['TREES = [', 'TREES = [1, '])
    const longer = await run(folder, 'digits')
    assert.equal(longer.executed, 3 * 2 * 2)
    assert.deepEqual(longer.lines.filter((line) => first.lines.includes(line)), first.lines)
  })

  test('digits scores stored models anew as they scored when they were trained, and trains none again', async (t) => {
    const folder = makeSmallDigits(t)
    const first = await run(folder, 'digits')
    edit(join(folder, 'digits', 'main.ts'), ["{ output: 'acc' }", "{ output: 'acc', version: 1 }"])
    const again = await run(folder, 'digits')
    assert.deepEqual(again.lines, first.lines)
    assert.equal(again.executed, 12)
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

  test('versions executes just the calls that a change of the code touches, and none when the code is as it was', async (t) => {
    const folder = makeCopy(t)
    const [data, model, main] = ['data.ts', 'model.ts', 'main.ts'].map((name) => join(folder, 'versions', name)) as [string, string, string]
    const first = await runVersions(folder)
    assert.equal(first.executed, 'loadData, loadData, trainModel, evalModel, trainModel, evalModel')
    assert.deepEqual(first.lines.filter((line) => /^(train|eval)Model/.test(line)).map((line) => /used: (.*)/.exec(line)?.[1]), [
      'data.ts#N_CLASS (value), main.ts#trainModel, model.ts#findCentroids',
      'data.ts#N_CLASS (value), main.ts#trainModel, model.ts#findCentroids, model.ts#scaleData',
      'main.ts#evalModel, model.ts#predict', 'main.ts#evalModel, model.ts#predict, model.ts#scaleData',
    ])
    assert.equal((await runVersions(folder)).executed, 'nothing')
    edit(main, ['return X.filter((picture, i)', '// cosmetic\n  return X.filter(( picture , i)'])
    assert.equal((await runVersions(folder)).executed, 'nothing')
    edit(model, ['pixel / sum', 'pixel / (sum + 1)'])
    assert.equal((await runVersions(folder)).executed, 'trainModel, evalModel')
    edit(data, ['N_CLASS = 10', 'N_CLASS = 5'])
    assert.equal((await runVersions(folder)).executed, 'loadData, loadData, trainModel, evalModel, trainModel, evalModel')
    edit(data, ['N_CLASS = 5', 'N_CLASS = 10'])
    edit(model, ['pixel / (sum + 1)', 'pixel / sum'])
    const last = await runVersions(folder)
    assert.equal(last.executed, 'nothing')
    assert.deepEqual(last.lines.slice(0, 2), first.lines.slice(0, 2))
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
    assert.deepEqual([second.executed, second.failed], [0, 2 * refused])
    edit(join(folder, 'spam', 'main.ts'), ['SMOOTHINGS = [', 'SMOOTHINGS = [10, '])
    const longer = await run(folder, 'spam')
    // For either minimum a cross-validation and an average; for each fold a model, two guesses and a score, and four sets of vectors again.
    const most = 2 * (2 + 5 * (1 + 2 + 1 + 4))
    // Guesses may come out as with another smoothing: then the score is a hit by content.
    assert.ok(longer.executed <= most && longer.executed >= most - 12, `executed ${longer.executed} of ${most}`)
    assert.deepEqual(longer.lines.filter((line) => first.lines.includes(line)), first.lines)
  })
})
