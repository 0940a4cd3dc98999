import { existsSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MandalaError } from '../base/mandala-error.ts'
import { findUpwards } from '../base/this-process.ts'

/** Follows the code under the nearest package of this folder, as it stands in the files: nothing is loaded. */
export async function followCode(): Promise<void> {
  await followFrom(process.cwd())
}

/**
 * Loads the module that defines the ops, under the loader, so that its code counts. What it prints while it is loaded goes to standard error:
 * standard output is for the answer.
 */
export async function loadProgram(file: string): Promise<void> {
  const path = resolve(file)
  if (!existsSync(path)) throw new MandalaError('NOT_FOUND', `there is no program ${file}`, { hint: `paths are seen from ${process.cwd()}` })
  await followFrom(dirname(path))
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  try {
    await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new MandalaError('PROGRAM_FAILED', `${file} can't be loaded: ${String(cause)}`, { hint: 'mend it, or name a module that only defines ops', cause })
  } finally {
    process.stdout.write = write
  }
}

async function followFrom(folder: string): Promise<void> {
  process.env['MANDALA_ROOT'] ??= findUpwards(folder, 'package.json') ?? folder
  await import(new URL(`../register${extname(import.meta.filename)}`, import.meta.url).href)
}
