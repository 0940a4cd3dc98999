#!/usr/bin/env node
import { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { addCheck } from './check.ts'
import { addDoctor } from './doctor.ts'
import { addDrop } from './drop.ts'
import { addFailures } from './failures.ts'
import { addGc } from './gc.ts'
import { addExport, addImport } from './export.ts'
import { addLs } from './ls.ts'
import { addRename } from './rename.ts'
import { addRun } from './run.ts'
import { addStatus, addMark } from './status.ts'
import { addTag } from './tag.ts'
import { addVerify } from './verify.ts'
import { VERSION } from './version.ts'

/** Each in a file of its own, which says what it is called and what it takes. */
const COMMANDS = [
  addRun, addStatus, addMark, addLs, addTag, addRename, addVerify, addFailures, addDrop, addGc, addExport, addImport, addCheck, addDoctor,
]

const program = new Command('mandala')
  .description('Automatic saving, querying and versioning of computations.')
  .version(VERSION)
  .showHelpAfterError('(mandala --help shows what there is)')
  // What comes after a command's file belongs to that.
  .enablePositionalOptions()
for (const add of COMMANDS) add(program)

try {
  await program.parseAsync()
} catch (thrown) {
  const error = firstOf(thrown)
  if (!(error instanceof MandalaError)) throw thrown
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

/** Closing a store after an error may fail, too. */
function firstOf(error: unknown): unknown {
  return error instanceof Error && 'suppressed' in error ? firstOf(error.suppressed) : error
}
