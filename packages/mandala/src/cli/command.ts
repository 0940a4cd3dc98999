import { existsSync, readdirSync } from 'node:fs'
import { InvalidArgumentError, type Command } from 'commander'
import type { Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { Storage } from '../storage/storage.ts'
import { findConfig, type MandalaConfig } from './config.ts'
import { followCode, loadProgram } from './load-program.ts'

/** What a command has to say. */
export interface Answer {
  /** For programs: printed by `--json`. */
  readonly data: unknown
  /** For people; may depend on how wide a line can be, which only a terminal limits. */
  readonly text: string | ((width: number | undefined) => string)
  /** Whether the answer to what was asked is a no: the command ends with 1. */
  readonly isNo?: boolean
  /** What is to be known of the answer, such as what is left out of it: for standard error. */
  readonly notice?: string | undefined
}

interface StoreCommand {
  readonly name: string
  readonly description: string
  /** A command line that works, or several. */
  readonly example: string | readonly string[]
}

/** Options that every command on a store has. */
export interface StoreOptions {
  readonly store?: string | undefined
  readonly json?: boolean | undefined
  /** A module that defines the ops. */
  readonly program?: string | undefined
}

export interface Question extends StoreOptions {
  /**
   * Whether it is about the code as it is now: that of the files, and of the program where one is named. `of a program`: only where one is, and
   * where stored calls know theirs.
   */
  readonly followsCode?: boolean | 'of a program'
}

export interface Setting {
  readonly storage: Storage
  readonly config: MandalaConfig
}

/**
 * Adds a command that answers something about a store. Only its answer goes to standard output; it ends with 0, with 1 for a no, with 2
 * where it can't answer.
 */
export function addStoreCommand(program: Command, { name, description, example }: StoreCommand): Command {
  return program.command(name)
    .description(description)
    .option('--store <file>', 'the store (default: that of the nearest mandala.config.ts, or the only *.db of this folder)')
    .option('--json', 'print the answer as JSON, for programs')
    .addHelpText('after', `\nExample:\n${[example].flat().map((line) => `  ${line}\n`).join('')}`)
}

type Ask = (setting: Setting) => Promise<Answer>

/** Opens the store that a command is about, asks, prints. */
export async function answer({ store, json, program, followsCode = false }: Question, ask: Ask): Promise<void> {
  const config = await findConfig(process.cwd())
  const path = findStore(store, config)
  const module = program ?? config.program
  const follows = followsCode === true || (followsCode === 'of a program' && module !== undefined)
  const deps = follows && (config.deps ?? (followsCode === true || (await knowsCode(path))))
  if (follows) await (module === undefined ? followCode() : loadProgram(module))
  const { overflow } = config
  await using storage = new Storage({ path, deps, logger, ...(overflow === undefined ? {} : { overflow: { dir: overflow } }) })
  print(await ask({ storage, config }), json)
}

/** Whether calls of a store know the code that they used. */
async function knowsCode(path: string): Promise<boolean> {
  await using storage = new Storage({ path, deps: false, logger })
  return (await storage.ops()).some(({ codeVersions }) => codeVersions > 0)
}

export function print({ data, text, isNo, notice }: Answer, json: boolean | undefined): void {
  if (notice !== undefined) toStandardError(notice)
  const { stdout } = process
  const render = (): string => (typeof text === 'string' ? text : text(stdout.isTTY ? stdout.columns : undefined))
  stdout.write(`${json ? JSON.stringify(data, undefined, 2) : render()}\n`)
  if (isNo) process.exitCode = 1
}

const toStandardError = (line: string): void => { process.stderr.write(`${line}\n`) }
/** Standard output is for the answer. */
export const logger: Logger = { warn: toStandardError, show: toStandardError, progress: toStandardError }

/** The path of the store that is named by an option, by the configuration, or by being the only one here. */
export function findStore(store: string | undefined, config: MandalaConfig): string {
  return expectStore(store ?? config.store ?? findOnly())
}

/** A storage would make the file: here it must be there. */
function expectStore(path: string): string {
  if (existsSync(path)) return path
  throw new MandalaError('NOT_FOUND', `there is no store ${path}`, { hint: `paths are seen from ${process.cwd()}` })
}

/** The only store of this folder. */
export function findOnly(): string {
  const found = readdirSync('.').filter((name) => name.endsWith('.db'))
  if (found.length === 1) return found[0] as string
  throw new MandalaError('OPTION_INVALID', found.length === 0 ? 'which store?' : `which store: ${found.join(', ')}?`, {
    hint: "say --store <file>, or name it in a mandala.config.ts: export default { store: 'digits.db' }",
  })
}

/** Reads the count that an option is given. */
export function toCount(given: string): number {
  if (/^\d+$/.test(given)) return Number(given)
  throw new InvalidArgumentError('It is a count: 0 or more.')
}

/** Gathers what an option is given each time. */
export function collect(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, given]
}
