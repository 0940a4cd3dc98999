import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { findUpwards } from '../base/this-process.ts'
import { renderVerification } from '../render/verification.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'
import { parseCount } from './numbers.ts'
import type { Answered, Asked } from './verify-process.ts'

interface Options extends StoreOptions {
  readonly program?: string
  readonly sample?: number
  readonly all?: boolean
  readonly seed?: number
}

const NOTES = `
The program is a module that defines the ops. It is loaded in a process of its own, so that nothing but its code and
the stored inputs count; what it does when it is loaded happens, so keep ops in a module of their own.
`

/** `mandala verify [op]`: executes stored calls again in a clean process. */
export function addVerify(program: Command): void {
  addStoreCommand(program, {
    name: 'verify', description: 'execute stored calls again in a clean process, and say which give other results',
    example: 'mandala verify score --program src/ops.ts --sample 20',
  })
    .argument('[op]', 'the op whose calls are executed (default: all that the program defines)')
    .option('--program <file>', 'the module that defines the ops (default: that of mandala.config.ts)')
    .option('--sample <calls>', 'how many calls, spread evenly over the ops (default: 100)', parseCount)
    .option('--all', 'all calls: takes as long as they did')
    .option('--seed <number>', 'another number chooses other calls (default: 0)', parseCount)
    .addHelpText('after', NOTES)
    .action((op: string | undefined, options: Options) => answer(options, async ({ storage, config }) => {
      const file = findProgram(options.program === undefined ? config.program : resolve(options.program))
      // Where the code of calls is known, those of other code must be told apart.
      const isTracked = (await storage.ops()).some(({ codeVersions }) => codeVersions > 0)
      const { all, sample, seed } = options
      const report = await askCleanProcess({
        program: file, store: resolve(storage.path), deps: config.deps ?? isTracked, op, sample: all ? 'all' : sample, seed,
      })
      return { data: report, text: renderVerification(report), isNo: !report.isTrue }
    }))
}

function findProgram(path: string | undefined): string {
  if (path === undefined) {
    throw new MandalaError('OPTION_INVALID', 'mandala verify: which module defines the ops?', {
      hint: "say --program <file>, or name it in mandala.config.ts: export default { program: 'src/ops.ts' }",
    })
  }
  if (existsSync(path)) return path
  throw new MandalaError('NOT_FOUND', `mandala verify: there is no ${path}`, { hint: `paths are seen from ${process.cwd()}` })
}

/** What a program prints goes to standard error: standard output is for the answer. */
async function askCleanProcess(asked: Asked): Promise<Extract<Answered, { kind: 'report' }>['report']> {
  const folder = findUpwards(dirname(asked.program), 'package.json') ?? dirname(asked.program)
  const loader = asked.deps === false ? [] : ['--import', locate('mandala-ts/register', asked.program) ?? own('../register')]
  const child = fork(new URL(own('./verify-process')), {
    execArgv: [...process.execArgv, ...loader], env: { MANDALA_ROOT: folder, ...process.env }, stdio: ['ignore', 2, 2, 'ipc'],
  })
  child.send({ ...asked, library: locate('mandala-ts', asked.program) ?? own('../index') })
  const answered = await new Promise<Answered>((done, fail) => {
    child.once('message', (message) => done(message as Answered))
    child.once('error', fail)
    child.once('close', (code, signal) => done({ kind: 'ended', how: signal ?? `exit code ${code}` }))
  })
  child.kill()
  switch (answered.kind) {
    case 'report': return answered.report
    case 'refused': throw new MandalaError(answered.code, answered.message, { hint: answered.hint })
    case 'ended': throw new MandalaError('PROGRAM_FAILED', `${asked.program} ended its process (${answered.how}) before the calls were verified`, {
      hint: 'name a module that only defines ops',
    })
  }
}

/** The package as the program finds it: ops are known to that one alone. */
function locate(name: string, program: string): string | undefined {
  try {
    return pathToFileURL(createRequire(program).resolve(name)).href
  } catch {
    return undefined
  }
}

const own = (path: string): string => new URL(path + extname(import.meta.filename), import.meta.url).href
