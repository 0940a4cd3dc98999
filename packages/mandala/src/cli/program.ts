import { existsSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MandalaError } from '../base/mandala-error.ts'
import { findUpwards } from '../base/this-process.ts'

/**
 * Loads the module that defines the ops, under the loader, so that its code counts. What it prints while it is loaded goes to standard error:
 * standard output is for the answer.
 */
export async function loadProgram(path: string): Promise<void> {
  if (!existsSync(path)) throw new MandalaError('NOT_FOUND', `there is no program ${path}`, { hint: `paths are seen from ${process.cwd()}` })
  process.env['MANDALA_ROOT'] ??= findUpwards(dirname(path), 'package.json') ?? dirname(path)
  await import(new URL(`../register${extname(import.meta.filename)}`, import.meta.url).href)
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  try {
    await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new MandalaError('PROGRAM_FAILED', `${path} can't be loaded: ${String(cause)}`, { hint: 'mend it, or name a module that only defines ops', cause })
  } finally {
    process.stdout.write = write
  }
}
