#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { addDiff } from './diff.ts'
import { addExplain } from './explain.ts'
import { addLs } from './ls.ts'
import { addRun } from './run.ts'

/** Each in a file of its own, which says what it is called and what it takes. */
const COMMANDS = [addRun, addLs, addExplain, addDiff]

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const program = new Command('mandala')
  .description('Automatic saving, querying and versioning of computations.')
  .version(version)
  .showHelpAfterError('(mandala --help shows what there is)')
  // What comes after a command's file belongs to that.
  .enablePositionalOptions()
for (const add of COMMANDS) add(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof MandalaError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
