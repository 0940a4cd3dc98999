#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { addCheck } from './check.ts'
import { addCompletion } from './completion.ts'
import { addDiff } from './diff.ts'
import { addDoctor } from './doctor.ts'
import { addDrop } from './drop.ts'
import { addExplain } from './explain.ts'
import { addExport, addImport } from './export.ts'
import { addFailures } from './failures.ts'
import { addGc } from './gc.ts'
import { addGraph } from './graph.ts'
import { addLs } from './ls.ts'
import { addRename } from './rename.ts'
import { addRun } from './run.ts'
import { addShow } from './show.ts'
import { addMark, addStatus } from './status.ts'
import { addTag } from './tag.ts'
import { addVerify } from './verify.ts'
import { VERSION } from './version.ts'
import { addVersions } from './versions.ts'

/** By purpose, as the help lists them. Each is in a file of its own, which says what it is called and what it takes. */
const COMMANDS = {
  'Run:': [addRun],
  'Look:': [addLs, addShow, addGraph, addTag, addFailures],
  'Ask:': [addExplain, addDiff, addVerify],
  'Follow the code:': [addStatus, addMark, addVersions, addRename],
  'Clean up and move:': [addDrop, addGc, addExport, addImport],
  'Care:': [addCheck, addDoctor],
  'Set up:': [addCompletion],
}

const program = new Command('mandala')
  .description('Automatic saving, querying and versioning of computations.')
  .version(VERSION)
  .showHelpAfterError('(mandala --help shows what there is)')
  .addHelpText('after', '\nmandala <command> --help tells more, with an example.\n')
  // What comes after a command's file belongs to that.
  .enablePositionalOptions()
  .exitOverride()
for (const [purpose, commands] of Object.entries(COMMANDS)) {
  program.commandsGroup(purpose)
  for (const add of commands) add(program)
}

// Who reads may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })

try {
  await program.parseAsync()
} catch (thrown) {
  const error = firstOf(thrown)
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof MandalaError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else throw thrown
}

/** Closing a store after an error may fail, too. */
function firstOf(error: unknown): unknown {
  return error instanceof Error && 'suppressed' in error ? firstOf(error.suppressed) : error
}
