import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'

const EXAMPLE = `
Example:
  mandala run experiment.ts --rounds 3
  is, with nothing else to install or to configure,
  node --import mandala-ts/register experiment.ts --rounds 3
`

const ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs']
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `mandala run experiment.ts`: a program that tracks its code, under the Node that runs this. */
export function addRun(program: Command): void {
  program.command('run')
    .description('run a program, in TypeScript or JavaScript, so that its calls know the code that they use')
    .argument('<file>', 'the program')
    .argument('[args...]', 'what the program is given')
    .option('--root <folder>', 'the folder whose files are tracked, and that their names are relative to (default: that of the nearest package.json)')
    .option('--explain', 'say of each call that is executed why it is no hit, on standard error')
    .passThroughOptions()
    .addHelpText('after', EXAMPLE)
    .action((file: string, args: readonly string[], { root, explain }: Options) => run(findProgram(file), args, {
      ...(root === undefined ? {} : { MANDALA_ROOT: findRoot(root) }), ...(explain ? { MANDALA_EXPLAIN: '1' } : {}),
    }))
}

interface Options {
  readonly root?: string
  readonly explain?: boolean
}

/** @param settings what its environment has beside this one's */
async function run(path: string, args: readonly string[], settings: Readonly<Record<string, string>>): Promise<void> {
  const loader = new URL(`../register${extname(import.meta.filename)}`, import.meta.url).href
  const child = spawn(process.execPath, [...process.execArgv, '--import', loader, path, ...args], { stdio: 'inherit', env: { ...process.env, ...settings } })
  // When to end is the program's business. A terminal has told it already.
  for (const signal of SIGNALS) process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal) })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...ending) => { resolve(ending) })
  })
  if (signal === null) process.exitCode = code ?? 1
  else {
    for (const each of SIGNALS) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  }
}

function findProgram(file: string): string {
  const path = resolve(file)
  if (isKind(path, 'isFile')) return path
  const meant = ENDINGS.find((ending) => isKind(path + ending, 'isFile'))
  const hint = meant === undefined ? `paths are seen from ${process.cwd()}` : `there is ${file}${meant}: mandala run ${file}${meant}`
  throw new MandalaError('NOT_FOUND', isKind(path, 'isDirectory') ? `mandala run: ${file} is a folder` : `mandala run: there is no ${file}`, { hint })
}

function findRoot(folder: string): string {
  const path = resolve(folder)
  if (isKind(path, 'isDirectory')) return path
  throw new MandalaError('OPTION_INVALID', `mandala run: there is no folder ${folder}, which --root names`, { hint: `paths are seen from ${process.cwd()}` })
}

function isKind(path: string, kind: 'isFile' | 'isDirectory'): boolean {
  return statSync(path, { throwIfNoEntry: false })?.[kind]() ?? false
}
