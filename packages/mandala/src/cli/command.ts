import { existsSync, readdirSync } from 'node:fs'
import type { Command } from 'commander'
import type { Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { Storage } from '../storage/storage.ts'
import { findConfig, type MandalaConfig } from './config.ts'

/** What a command has to say. */
export interface Answer {
  /** For programs: printed by `--json`. */
  readonly data: unknown
  /** For people. */
  readonly text: string
  /** Whether the answer to what was asked is a no: the command ends with 1. */
  readonly isNo?: boolean
}

interface StoreCommand {
  readonly name: string
  readonly description: string
  /** A command line that works, with what comes of it in a few words. */
  readonly example: string
}

/** Options that every command on a store has. */
export interface StoreOptions {
  readonly store?: string
  readonly json?: boolean
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
    .addHelpText('after', `\nExample:\n  ${example}\n`)
}

/** Opens the store that a command is about, asks, prints. */
export async function answer({ store, json, deps }: StoreOptions & Pick<MandalaConfig, 'deps'>, ask: (setting: Setting) => Promise<Answer>): Promise<void> {
  const config = await findConfig(process.cwd())
  await using storage = new Storage({ path: expectStore(store ?? config.store ?? findOnly()), deps: deps ?? config.deps ?? false, logger })
  const { data, text, isNo } = await ask({ storage, config })
  process.stdout.write(`${json ? JSON.stringify(data, undefined, 2) : text}\n`)
  if (isNo) process.exitCode = 1
}

const toStandardError = (line: string): void => { process.stderr.write(`${line}\n`) }
/** Standard output is for the answer. */
export const logger: Logger = { warn: toStandardError, show: toStandardError, progress: toStandardError }

/** A storage would make the file: here it must be there. */
function expectStore(path: string): string {
  if (existsSync(path)) return path
  throw new MandalaError('NOT_FOUND', `there is no store ${path}`, { hint: `paths are seen from ${process.cwd()}` })
}

function findOnly(): string {
  const found = readdirSync('.').filter((name) => name.endsWith('.db'))
  if (found.length === 1) return found[0] as string
  throw new MandalaError('OPTION_INVALID', found.length === 0 ? 'which store?' : `which store: ${found.join(', ')}?`, {
    hint: "say --store <file>, or name it in a mandala.config.ts: export default { store: 'digits.db' }",
  })
}
